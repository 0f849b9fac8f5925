import { quoteIdentifier } from "../../base/identifier.ts";
import { sequenceDefaults } from "../shared/sequence-spec.ts";
import { type ColumnSpec, type IdentitySpec, identityOptions } from "./column-spec.ts";

/** `name type …` as CREATE TABLE and ADD COLUMN take it. `later` leaves out what depends on what is not there yet. */
export function columnDefinition(spec: ColumnSpec, options: { later: boolean } = { later: false }): string {
  return [
    quoteIdentifier(spec.name),
    spec.type,
    ...(spec.collation ? [`COLLATE ${spec.collation}`] : []),
    ...(spec.generated ? [`GENERATED ALWAYS AS (${spec.generated.sql}) ${spec.virtual ? "VIRTUAL" : "STORED"}`] : []),
    ...(spec.default && !options.later ? [`DEFAULT ${spec.default.sql}`] : []),
    ...(spec.identity ? [identityClause(spec)] : []),
    ...(spec.notNull ? ["NOT NULL"] : []),
  ].join(" ");
}

/** `GENERATED ALWAYS AS IDENTITY (…)`, with the options that are not the default. */
export function identityClause(spec: Pick<ColumnSpec, "identity" | "type">): string {
  if (!spec.identity) throw new Error("not an identity");
  const options = optionList(identityOptions(sequenceDefaults("", "", spec.type)), spec.identity.options);
  return `GENERATED ${spec.identity.mode.toUpperCase()} AS IDENTITY${options.length > 0 ? ` (${options.join(" ")})` : ""}`;
}

/** The SET clauses that turn one identity into another. */
export function identityDifference(from: IdentitySpec, to: IdentitySpec): string {
  const mode = from.mode === to.mode ? [] : [`SET GENERATED ${to.mode.toUpperCase()}`];
  return [...mode, ...optionList(from.options, to.options).map((option) => `SET ${option}`)].join(" ");
}

function optionList(from: IdentitySpec["options"], to: IdentitySpec["options"]): string[] {
  const out: string[] = [];
  if (from.increment !== to.increment) out.push(`INCREMENT BY ${to.increment}`);
  if (from.min !== to.min) out.push(to.min === "" ? "NO MINVALUE" : `MINVALUE ${to.min}`);
  if (from.max !== to.max) out.push(to.max === "" ? "NO MAXVALUE" : `MAXVALUE ${to.max}`);
  if (from.start !== to.start) out.push(`START WITH ${to.start}`);
  if (from.cache !== to.cache) out.push(`CACHE ${to.cache}`);
  if (from.cycle !== to.cycle) out.push(to.cycle ? "CYCLE" : "NO CYCLE");
  return out;
}

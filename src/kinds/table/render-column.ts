import { quoteIdentifier } from "../../base/identifier.ts";
import { inParentheses } from "../shared/bare-expression.ts";
import { optionsClause } from "../shared/generic-options.ts";
import { sequenceDefaults } from "../shared/sequence-spec.ts";
import { type ColumnSpec, type IdentitySpec, identityOptions } from "./column-spec.ts";

/** Where and how a column is said. */
interface Manner {
  /** The default is left to another statement: what it needs is not there yet. */
  readonly later?: boolean;
  /** NOT NULL is left to a constraint of the table, which says it by name. */
  readonly notNullElsewhere?: boolean;
  /** NOT NULL has this name. */
  readonly notNullAs?: { readonly name: string; readonly noInherit: boolean };
  /** The server's major: from 16 on a definition may say the storage. Left out: it is left to another statement. */
  readonly major?: number;
}

/** `name type …` as CREATE TABLE and ADD COLUMN take it. */
export function columnDefinition(spec: ColumnSpec, manner: Manner = {}): string {
  return [
    quoteIdentifier(spec.name),
    spec.type,
    ...(spec.storage && (manner.major ?? 0) >= 16 ? [`STORAGE ${spec.storage.toUpperCase()}`] : []),
    ...(spec.compression && spec.compression !== "default" ? [`COMPRESSION ${spec.compression}`] : []),
    ...(spec.options ? [optionsClause(spec.options)] : []),
    ...(spec.collation ? [`COLLATE ${spec.collation}`] : []),
    ...columnClauses(spec, manner),
  ].join(" ");
}

/** The same for a column that a parent or a type gives: `name WITH OPTIONS …`; null when it has nothing that CREATE TABLE can say. */
export function columnOptions(spec: ColumnSpec, manner: Manner = {}): string | null {
  const clauses = columnClauses(spec, manner);
  return clauses.length > 0 ? `${quoteIdentifier(spec.name)} WITH OPTIONS ${clauses.join(" ")}` : null;
}

function columnClauses(spec: ColumnSpec, manner: Manner): string[] {
  return [
    ...(spec.generated
      ? [`GENERATED ALWAYS AS ${inParentheses(spec.generated.sql)} ${spec.virtual ? "VIRTUAL" : "STORED"}`]
      : []),
    ...(spec.default && !manner.later ? [`DEFAULT ${spec.default.sql}`] : []),
    ...(spec.identity ? [identityClause(spec)] : []),
    ...(spec.notNull && !manner.notNullElsewhere ? [notNullClause(manner)] : []),
  ];
}

function notNullClause({ notNullAs }: Manner): string {
  if (!notNullAs) return "NOT NULL";
  return `CONSTRAINT ${quoteIdentifier(notNullAs.name)} NOT NULL${notNullAs.noInherit ? " NO INHERIT" : ""}`;
}

/** `GENERATED ALWAYS AS IDENTITY (…)`, with the options that are not the default. */
export function identityClause(spec: Pick<ColumnSpec, "identity" | "type">): string {
  if (!spec.identity) throw new Error("not an identity");
  const options = [
    ...(spec.identity.sequence === null ? [] : [`SEQUENCE NAME ${spec.identity.sequence}`]),
    ...optionList(identityOptions(sequenceDefaults("", "", spec.type)), spec.identity.options),
  ];
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

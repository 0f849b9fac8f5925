import { qualifiedName } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import { objectId } from "../../model/object-id.ts";
import type { Node } from "../../sql/parser.ts";
import { canonicalType } from "../../sql/type-name.ts";
import { makeFact } from "./fact.ts";

/** A sequence. Numbers are text: they may exceed what JavaScript counts exactly. */
export type SequenceSpec = {
  readonly schema: string;
  readonly name: string;
  readonly type: string;
  readonly start: string;
  readonly increment: string;
  readonly min: string;
  readonly max: string;
  readonly cache: string;
  readonly cycle: boolean;
  /** Null as long as nothing is said: then that of the table of its column. */
  readonly unlogged: boolean | null;
  readonly ownedBy: { readonly schema: string; readonly table: string; readonly column: string } | null;
};

const limits: Readonly<Record<string, readonly [string, string]>> = {
  smallint: ["-32768", "32767"],
  integer: ["-2147483648", "2147483647"],
  bigint: ["-9223372036854775808", "9223372036854775807"],
};

/** The fact of a sequence; an owned one vanishes with its column. */
export function sequenceFact(spec: SequenceSpec, rest: Pick<Fact, "at" | "renamedFrom" | "owner">): Fact<SequenceSpec> {
  const owner = spec.ownedBy;
  return makeFact({
    kind: "sequence",
    names: [spec.schema, spec.name],
    schema: spec.schema,
    parent: owner ? objectId("column", qualifiedName(owner.schema, owner.table, owner.column)) : null,
    spec,
    ...rest,
  });
}

/** What CREATE SEQUENCE makes when nothing is said (manual, CREATE SEQUENCE). */
export function sequenceDefaults(schema: string, name: string, type = "bigint"): SequenceSpec {
  return {
    schema,
    name,
    type,
    start: "1",
    increment: "1",
    min: "1",
    max: limits[type]?.[1] ?? "",
    cache: "1",
    cycle: false,
    unlogged: null,
    ownedBy: null,
  };
}

/** Options of CREATE SEQUENCE and of identity columns: DefElem nodes to a spec, defaults filled in. */
export function sequenceOptions(schema: string, name: string, options: readonly Node[], fixedType?: string): SequenceSpec {
  const option = (key: string): Node => options.find((candidate) => candidate.DefElem?.defname === key)?.DefElem;
  const number = (key: string): string | undefined => numberOf(option(key)?.arg);
  const typeArg = option("as")?.arg;
  const type = fixedType ?? (typeArg ? canonicalType(typeArg.TypeName ?? typeArg) : "bigint");
  const increment = number("increment") ?? "1";
  const descending = increment.startsWith("-");
  const [least, greatest] = limits[type] ?? ["", ""];
  const min = number("minvalue") ?? (descending ? least : "1");
  const max = number("maxvalue") ?? (descending ? "-1" : greatest);
  return {
    ...sequenceDefaults(schema, name, type),
    increment,
    min,
    max,
    start: number("start") ?? (descending ? max : min),
    cache: number("cache") ?? "1",
    cycle: option("cycle")?.arg?.Boolean?.boolval === true,
  };
}

function numberOf(arg: Node): string | undefined {
  if (arg?.Integer) return String(arg.Integer.ival ?? 0);
  if (arg?.Float) return String(arg.Float.fval);
  return undefined;
}

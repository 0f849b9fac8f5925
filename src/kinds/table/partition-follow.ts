import { generatedName } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { Following, FollowSides, Lookup } from "../../model/kind.ts";
import type { ObjectId } from "../../model/object-id.ts";
import type { SqlText } from "../../model/spec.ts";
import { makeFact } from "../shared/fact.ts";
import { partitionIndexName, sameKeys } from "../shared/index-names.ts";
import { textOf } from "../shared/index-spec.ts";
import { notNullFact, notNullOf } from "../shared/not-null-spec.ts";
import type { Column } from "./column-change.ts";
import { effectiveColumn, inheritedColumn, nullDefault, settleInherited } from "./inherited-column.ts";
import { columnsOf } from "./partition-columns.ts";
import type { Table } from "./table-spec.ts";

/**
 * What a table has of its own when it is no partition any more, and what it must have when it becomes one: its columns and its parts
 * are compared with the files as they are after that, so that nothing is dropped and made anew.
 */

export function followPartition(live: Table, desired: Table, sides: FollowSides): Following {
  if (live.parent === desired.parent) return { live: [], desired: [], settled: [] };
  const own = live.parent === null ? sides.live : ownParts(live, sides);
  const left = live.parent === null ? [] : partsOf(live.id, own);
  const as = { ...live, parent: desired.parent, spec: { ...live.spec, partitionOf: desired.spec.partitionOf } };
  if (desired.parent === null) return { live: left, desired: [], settled: [], as };
  const columns = settledColumns(live, desired, own, sides);
  return {
    live: [...left.filter((fact) => fact.kind !== "column"), ...notNulls(desired, own, sides), ...columns.kept],
    desired: [...constraintsFor(desired, sides), ...indexesFor(desired, sides), ...notNullsFor(desired, own, sides)],
    settled: columns.own,
    as,
  };
}

const partKinds = ["column", "constraint", "index", "not_null"];

function partsOf(table: ObjectId, look: Lookup): Fact[] {
  return partKinds.flatMap((kind) => look.children(table, kind));
}

/** A partition's parts as they are once it is detached: all its own. */
function ownParts(live: Table, sides: FollowSides): Lookup {
  const names = columnsOf(live, sides.live);
  const columns = names.flatMap((name) => {
    const found = effectiveColumn(sides.live, live.id, name);
    return found ? [{ ...found, spec: { ...found.spec, local: true, inherited: false } }] : [];
  });
  const both = (kind: string): Fact[] => [...sides.implied.children(live.id, kind), ...sides.live.children(live.id, kind)];
  const alone = (fact: Fact): Fact => {
    const { implied: _, ...rest } = fact;
    return { ...rest, spec: { ...fact.spec, ...("attachedTo" in fact.spec ? { attachedTo: null } : {}) } };
  };
  const parts: Readonly<Record<string, readonly Fact[]>> = {
    column: columns,
    constraint: both("constraint").map(alone),
    index: both("index").map(alone),
    not_null: both("not_null")
      .map(alone)
      .map((fact) => ({ ...fact, spec: { ...fact.spec, implicit: false, inherited: false } })),
  };
  return {
    fact: (id) => sides.live.fact(id),
    children: (id, kind) => (id === live.id && parts[kind] ? (parts[kind] ?? []) : sides.live.children(id, kind)),
  };
}

/**
 * NOT NULL of a table that becomes a partition is called as PARTITION OF would have called it (18): as the parent's. While it is attached
 * no name can change, so it gets that before. Only 18 has names of them.
 */
function notNullsFor(table: Table, own: Lookup, sides: FollowSides): Fact[] {
  const parent = table.parent === null ? undefined : sides.desired.fact(table.parent);
  if (!parent) return [];
  const hasName = ({ spec }: Fact): boolean => typeof spec["notNullName"] === "string";
  const isNamed = [...own.children(table.id, "column"), ...sides.live.children(parent.id, "column")].some(hasName);
  if (!isNamed) return [];
  return columnsOf(parent as Table, sides.desired).flatMap((column) => {
    const given = effectiveColumn(sides.desired, parent.id, column);
    if (given?.spec.notNull !== true || notNullOf(sides.desired, table.id, column)) return [];
    const name = nameGiven(parent, column, sides.desired);
    const place = { schema: table.spec.schema, table: table.spec.name, name, column };
    return [notNullFact({ ...place, noInherit: false, validated: true, implicit: true, inherited: false }, table.at)];
  });
}

/** What the NOT NULL of a column is called in a table's partitions. */
function nameGiven(table: Fact, column: string, look: Lookup): string {
  const [named, parent] = [notNullOf(look, table.id, column), table.parent === null ? undefined : look.fact(table.parent)];
  if (named) return named.spec.name;
  return parent ? nameGiven(parent, column, look) : generatedName(String(table.spec["name"]), column, "not_null");
}

/** NOT NULL constraints keep their names in a partition; nobody need declare them where the column is to be NOT NULL at all. */
function notNulls(desired: Table, own: Lookup, sides: FollowSides): Fact[] {
  return own.children(desired.id, "not_null").map((fact) => {
    const implicit = effectiveColumn(sides.desired, desired.id, String(fact.spec["column"]))?.spec.notNull === true;
    return { ...fact, spec: { ...fact.spec, implicit } };
  });
}

/** Columns that the new parent gives: facts no more, but for what they have of their own. */
function settledColumns(
  live: Table,
  desired: Table,
  own: Lookup,
  sides: FollowSides,
): { readonly own: readonly Fact[]; readonly kept: readonly Fact[] } {
  const look: Lookup = {
    fact: (id) => (id === desired.id ? desired : (sides.live.fact(id) ?? sides.desired.fact(id))),
    children: (id, kind) => (sides.live.fact(id) ? sides.live.children(id, kind) : sides.desired.children(id, kind)),
  };
  const found: Fact[] = [];
  const kept: Fact[] = [];
  for (const column of own.children(live.id, "column") as readonly Column[]) {
    // The parent may get it in the same plan, or lose it: then it is not given.
    const wanted = inheritedColumn(sides.desired, desired.id, column.spec.name);
    const given = wanted && (inheritedColumn(look, desired.id, column.spec.name) ?? wanted);
    if (!given) continue;
    found.push(column);
    // What has no default where its parent has one says so.
    const none = column.spec.default === null && given.spec.default !== null && column.spec.generated === null;
    const own = { ...column.spec, local: false, ...(none ? { default: nullDefault } : {}) };
    const settled = settleInherited({ ...column, spec: own }, given, true, 18);
    const satellites = ["comment", "grant"].some((kind) => sides.live.children(column.id, kind).length > 0);
    const loosens = column.spec.notNull && !wanted.spec.notNull;
    if (satellites || loosens || sides.desired.fact(column.id) || saysMore(settled, column))
      kept.push({ ...settled, spec: { ...settled.spec, notNull: false } });
  }
  return { own: found, kept };
}

function saysMore({ spec }: Column, before: Column): boolean {
  const { identity, statistics, nDistinct, nDistinctInherited } = before.spec;
  const own = [spec.default, spec.generated, spec.storage, spec.compression, identity, statistics, nDistinct, nDistinctInherited];
  return own.some((value) => value !== null);
}

/** A part of another table as this one has it. */
function asOf(fact: Fact, table: Table, name: string, more: Readonly<Record<string, null | undefined | readonly never[]>>): Fact {
  const { schema, name: own } = table.spec;
  return makeFact({
    kind: fact.kind,
    names: fact.kind === "index" ? [schema, name] : [schema, own, name],
    schema,
    parent: table.id,
    spec: { ...fact.spec, schema, table: own, name, ...more },
    at: table.at,
  });
}

/** The tables above, the next first. */
function above(table: Fact, look: Pick<Lookup, "fact">): Fact[] {
  const parent = table.parent === null ? undefined : look.fact(table.parent);
  return parent ? [parent, ...above(parent, look)] : [];
}

const labels: Readonly<Record<string, string>> = { "primary key": "pkey", unique: "key", exclude: "excl" };

/** As they will be: what a parent changes in the same plan, the table needs in its new form. */
function parts(table: Table, kind: string, sides: FollowSides): Fact[] {
  const declared = sides.desired.children(table.id, kind);
  return above(table, sides.desired).flatMap((parent) =>
    sides.desired.children(parent.id, kind).filter((fact) => !declared.some((own) => isSame(own, fact))),
  );
}

function isSame(own: Fact, fact: Fact): boolean {
  if (own.spec["name"] === fact.spec["name"]) return true;
  if (own.kind === "index") return sameKeys(textOf(own), textOf(fact));
  const tell = ({ spec }: Fact): string => JSON.stringify([spec["type"], spec["columns"]]);
  return own.spec["type"] !== "check" && tell(own) === tell(fact);
}

/** Checks, keys and foreign keys that a partition has from its parents, under the names that PostgreSQL gives them. */
function constraintsFor(table: Table, sides: FollowSides): Fact[] {
  return parts(table, "constraint", sides)
    .filter((fact) => fact.spec["noInherit"] !== true)
    .map((fact) => {
      const label = labels[String(fact.spec["type"])];
      const columns = fact.spec["type"] === "primary key" ? [] : (fact.spec["columns"] as readonly string[]);
      const name = label ? generatedName(table.spec.name, columns.join("_"), label) : String(fact.spec["name"]);
      return asOf(fact, table, name, { attached: [], attachedTo: null });
    });
}

function indexesFor(table: Table, sides: FollowSides): Fact[] {
  const own = sides.live.children(table.id, "index");
  const taken = new Set(sides.desired.children(table.id, "index").map((fact) => String(fact.spec["name"])));
  return parts(table, "index", sides)
    .filter((fact) => fact.spec["valid"] === true)
    .map((fact) => {
      const inTheWay = own.filter((other) => !sameKeys(textOf(other), textOf(fact))).map((other) => String(other.spec["name"]));
      const name = partitionIndexName(
        table.spec.name,
        (fact.spec["definition"] as SqlText).sql,
        new Set([...taken, ...inTheWay]),
      );
      taken.add(name);
      return asOf(fact, table, name, { attached: [], attachedTo: null });
    });
}

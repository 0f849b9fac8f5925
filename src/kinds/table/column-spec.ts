import { qualifiedName } from "../../base/identifier.ts";
import type { Fact, SourceRef } from "../../model/database.ts";
import { objectId } from "../../model/object-id.ts";
import { type SqlText, sqlText } from "../../model/spec.ts";
import { namesOf } from "../../sql/names.ts";
import { parseFragment } from "../../sql/parser.ts";
import { canonicalType } from "../../sql/type-name.ts";
import { makeFact } from "../shared/fact.ts";
import type { GenericOptions } from "../shared/generic-options.ts";
import { type SequenceSpec, sequenceDefaults } from "../shared/sequence-spec.ts";

/** A column of a table (manual, CREATE TABLE and 53.7). */
export type ColumnSpec = {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  /** Canonical spelling, as format_type prints it. */
  readonly type: string;
  /** Qualified name when it is not the type's own. */
  readonly collation: string | null;
  readonly notNull: boolean;
  /** Name of the NOT NULL constraint, PostgreSQL 18; null before, and on what the files say. */
  readonly notNullName: string | null;
  readonly default: SqlText | null;
  /** Expression of GENERATED ALWAYS AS (…). */
  readonly generated: SqlText | null;
  /** Computed when read instead of stored: PostgreSQL 18 and later. */
  readonly virtual: boolean;
  readonly identity: IdentitySpec | null;
  /** True for a column that a parent or a type gives: what is null or false here is as it is there (see inherited-column.ts). */
  readonly inherited: boolean;
  /** False for what only a parent or a type defines. */
  readonly local: boolean;
  /** Null for the type's own. */
  readonly storage: string | null;
  /** `pglz` or `lz4`; null for the server's default. Inherited columns: `default` where the parent has another. */
  readonly compression: string | null;
  /** Settings of the planner as pg_attribute.attoptions has them. */
  readonly nDistinct: string | null;
  readonly nDistinctInherited: string | null;
  /** Live columns: what the type's own is; null on what the files say. */
  readonly typeStorage: string | null;
  readonly statistics: number | null;
  /** Columns of foreign tables: OPTIONS; null when there are none. */
  readonly options: GenericOptions | null;
  /** Place in the table, counted from 1; only new tables follow it. */
  readonly position: number;
  /** Written as serial: its sequence goes with it. */
  readonly serial: boolean;
  /** Live columns: the sequence behind an identity, or owned; null on what the files say. */
  readonly sequence: string | null;
};

export type IdentitySpec = {
  readonly mode: "always" | "by default";
  /** Path of its sequence where that is not the name PostgreSQL makes of table and column. */
  readonly sequence: string | null;
  readonly options: SequenceOptions;
};

type SequenceOptions = Pick<SequenceSpec, "start" | "increment" | "min" | "max" | "cache" | "cycle">;

/** The options of an identity out of a sequence's. A limit that is the type's own is empty: it follows when the type changes. */
export function identityOptions(spec: SequenceSpec): SequenceOptions {
  const own = sequenceDefaults("", "", spec.type);
  return {
    start: spec.start,
    increment: spec.increment,
    min: spec.min === own.min ? "" : spec.min,
    max: spec.max === own.max ? "" : spec.max,
    cache: spec.cache,
    cycle: spec.cycle,
  };
}

/** A column of which nothing is known but its name. */
export function emptyColumn(schema: string, table: string, name: string): ColumnSpec {
  return {
    ...{ schema, table, name, type: "", collation: null },
    ...{ notNull: false, notNullName: null, default: null, generated: null, virtual: false, identity: null },
    ...{ inherited: false, local: true, storage: null, typeStorage: null, compression: null },
    ...{ statistics: null, nDistinct: null, nDistinctInherited: null, options: null },
    ...{ position: 0, serial: false, sequence: null },
  };
}

/** The fact of a column. */
export function columnFact(spec: ColumnSpec, at?: SourceRef, renamedFrom?: string): Fact<ColumnSpec> {
  return makeFact({
    kind: "column",
    names: [spec.schema, spec.table, spec.name],
    schema: spec.schema,
    parent: objectId("table", qualifiedName(spec.schema, spec.table)),
    spec,
    at,
    ...(renamedFrom ? { renamedFrom: objectId("column", qualifiedName(spec.schema, spec.table, renamedFrom)) } : {}),
  });
}

/**
 * A default in the form in which it is compared. PostgreSQL prints a literal with the type of its column behind it
 * (`'draft'::app.status`): that cast says nothing, the literal has no other way to be read. Null for DEFAULT NULL, which it does not store.
 */
export function canonicalDefault(sql: SqlText, type: string): SqlText | null {
  const value = parseFragment("expression", sql.sql).SelectStmt?.targetList?.[0]?.ResTarget?.val;
  const cast = value?.TypeCast;
  const constant = value?.A_Const ?? cast?.arg?.A_Const;
  if (!constant) return sql;
  const bare = (name: string): string => name.replace(/\([^)]*\)/, "");
  const sameType = !cast || bare(canonicalType(cast.typeName)) === bare(type);
  if (constant.isnull) return sameType ? null : sql;
  if (!sameType || typeof constant.sval?.sval !== "string" || namesOf(cast?.typeName?.names).length === 0) return sql;
  return sqlText("expression", `'${constant.sval.sval.replaceAll("'", "''")}'`);
}

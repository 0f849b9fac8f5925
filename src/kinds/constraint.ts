import { qualifiedName, quoteIdentifier } from "../base/identifier.ts";
import type { Fact } from "../model/database.ts";
import type {
  CatalogContext,
  KindModule,
  Lookup,
  PlanContext,
  ReadContext,
  Reference,
  Row,
  WriteContext,
  WrittenEntry,
  YamlEntry,
} from "../model/kind.ts";
import { objectId } from "../model/object-id.ts";
import { sqlText } from "../model/spec.ts";
import { namesOf } from "../sql/names.ts";
import { type Node, parseFragment, parseWrapped, SqlSyntaxError } from "../sql/parser.ts";
import { columnNames, references } from "../sql/references.ts";
import { bareExpression } from "./shared/bare-expression.ts";
import { address, notExtensionOwned, optionalText, text, userSchema } from "./shared/catalog.ts";
import { alterConstraint } from "./shared/constraint-alter.ts";
import { createConstraint, dropConstraint, renameConstraint } from "./shared/constraint-change.ts";
import { type ConstraintSpec, constraintFact, constraintFromNode, foreignAction } from "./shared/constraint-spec.ts";
import { withoutIndexClauses } from "./shared/exclude-text.ts";
import { sparingRows } from "./shared/foreign-rows.ts";
import type { IndexOptions } from "./shared/index-options.ts";
import { afterLeaving } from "./shared/leaving-heirs.ts";
import { isMergedAway } from "./shared/merged-keys.ts";
import { attachedIndexes } from "./shared/part-index.ts";
import { dropPartitionKey, keyAbove, keysNamedBeneath, loosenColumns, partitionKeyName } from "./shared/partition-key.ts";
import { partitionOf } from "./shared/partition-tree.ts";
import { constraintDefinition, writtenConstraint } from "./shared/render-constraint.ts";
import { temporaryName, temporaryPrefix } from "./shared/temporary-name.ts";
import { definition, entryName, nestedKey, scalarField, shortOrLong } from "./shared/yaml-entry.ts";

/** Constraints of tables: primary key, unique, foreign key, check, exclude (manual, 5.5). NOT NULL belongs to the column. */

// ---- YAML

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const scalar = definition(entry);
  const table = context.parent;
  if (!scalar || !table) return [];
  const name = entryName(entry.key);
  const before = `ALTER TABLE x ADD CONSTRAINT ${quoteIdentifier(name)} `;
  let node: Node;
  try {
    node = parseWrapped(before, scalar.text, "").node.AlterTableStmt?.cmds?.[0]?.AlterTableCmd?.def?.Constraint;
  } catch (error) {
    if (!(error instanceof SqlSyntaxError)) throw error;
    context.problem(
      scalar.atOffset(error.offset),
      "sql-syntax",
      `${error.message} in constraint ${name}`,
      "write what follows CONSTRAINT name, e.g. check (total >= 0)",
    );
    return [];
  }
  const place = {
    schema: table.schema ?? context.schema,
    table: String(table.spec["name"]),
    column: null,
    at: entry.at,
    taken: new Set<string>(),
  };
  const tablespace = scalarField(entry.value, "tablespace")?.text;
  const attributes = {
    deferrable: node?.deferrable === true,
    deferred: node?.initdeferred === true,
    ...(tablespace ? { tablespace } : {}),
  };
  const source = { scalar, start: 0, end: scalar.text.length };
  const fact = node ? constraintFromNode(node, source, place, attributes, context, name) : null;
  if (!fact) {
    if (node?.contype === "CONSTR_NOTNULL")
      context.problem(entry.at, "not-null-constraint", "write NOT NULL in the definition of the column");
    return [];
  }
  const renamed = scalarField(entry.value, "renamed_from")?.text;
  return [renamed ? constraintFact(fact.spec, entry.at, renamed) : fact];
}

function write(fact: Fact<ConstraintSpec>, context: WriteContext): WrittenEntry {
  const spec = fact.spec;
  // Only in the default schema does a bare name mean what lies beside it.
  const near = spec.schema === context.schema ? context.schema : "";
  return shortOrLong(nestedKey(spec.name), writtenConstraint(spec, near), {
    tablespace: spec.tablespace ?? undefined,
  });
}

// ---- catalog

/** The key of the highest table above that one of a partition hangs on. */
const attachedKey = `(select quote_ident(un.nspname) || '.' || quote_ident(uc.relname) || '.' || quote_ident(up.conname)
      from pg_constraint up join pg_class uc on uc.oid = up.conrelid join pg_namespace un on un.oid = uc.relnamespace
      where xc.relispartition and up.contype in ('p', 'u', 'x') and up.conindid = pg_partition_root(xc.oid))`;

/** What the key of a partition says that the one it hangs on does not. */
const saysMore = `(exists (select from pg_class above join pg_inherits h on h.inhparent = above.oid where h.inhrelid = xc.oid
        and (above.reloptions is distinct from xc.reloptions or above.reltablespace <> xc.reltablespace or not (select ax.indisvalid from pg_index ax where ax.indexrelid = above.oid)))
      or con.conparentid <> 0 and exists (select from pg_description d where d.classoid = 'pg_constraint'::regclass and d.objoid = con.oid))`;

function catalogSql(major: number): string {
  const setColumns = major >= 15 ? "con.confdelsetcols" : "null::int2[]";
  const distinct = major >= 15 ? "coalesce(x.indnullsnotdistinct, false)" : "false";
  const recent = major >= 18 ? "con.conenforced as enforced, con.conperiod as temporal" : "true as enforced, false as temporal";
  const names = (keys: string, relation: string): string =>
    `(select coalesce(array_agg(a.attname::text order by k.n), '{}') from unnest(${keys}) with ordinality k(num, n) join pg_attribute a on a.attrelid = ${relation} and a.attnum = k.num)`;
  return `select ${address("pg_constraint", "con.oid")}, n.nspname as schema, c.relname as table, con.conname as name, con.contype::text as type,
    ${names("con.conkey", "con.conrelid")} as columns, ${names("con.confkey", "con.confrelid")} as ref_columns, ${names(setColumns, "con.conrelid")} as set_columns,
    case when con.contype in ('p', 'u') then (select coalesce(array_agg(a.attname::text order by k.n), '{}') from unnest(x.indkey::int2[]) with ordinality k(num, n)
      join pg_attribute a on a.attrelid = con.conrelid and a.attnum = k.num where k.n > x.indnkeyatts) else '{}' end as include,
    ${distinct} as nulls_not_distinct, ${recent}, xc.reloptions as options, ts.spcname::text as tablespace, rn.nspname as ref_schema, r.relname as ref_table, con.confupdtype::text as on_update, con.confdeltype::text as on_delete,
    con.confmatchtype::text as match, con.condeferrable as deferrable, con.condeferred as deferred, con.convalidated as validated, con.connoinherit as no_inherit,
    case con.contype when 'c' then pg_get_expr(con.conbin, con.conrelid) when 'x' then pg_get_constraintdef(con.oid) end as definition,
    ${attachedIndexes("x.indexrelid")} as attached, ${attachedKey} as attached_to,
    con.conparentid <> 0 or con.coninhcount > 0 and not con.conislocal as inherited, ${saysMore} as says_more
  from pg_constraint con join pg_class c on c.oid = con.conrelid join pg_namespace n on n.oid = c.relnamespace
    left join pg_class r on r.oid = con.confrelid left join pg_namespace rn on rn.oid = r.relnamespace left join pg_index x on x.indexrelid = con.conindid and con.contype in ('p', 'u', 'x')
    left join pg_class xc on xc.oid = x.indexrelid left join pg_tablespace ts on ts.oid = xc.reltablespace
  where ${userSchema("n.nspname")} and c.relkind in ('r', 'p', 'f') and con.contype in ('p', 'u', 'f', 'c', 'x')
    and not exists (select from pg_constraint up where up.oid = con.conparentid and up.conrelid = con.conrelid)
    and ${notExtensionOwned("pg_class", "c.oid")}`;
}

const types: Readonly<Record<string, ConstraintSpec["type"]>> = {
  p: "primary key",
  u: "unique",
  f: "foreign key",
  c: "check",
  x: "exclude",
};

function fromRow(row: Row, _context: CatalogContext): Fact<ConstraintSpec> {
  const type = types[text(row, "type")] ?? "check";
  const isCheck = type === "check";
  const refTable = optionalText(row, "ref_table");
  const fact = constraintFact({
    schema: text(row, "schema"),
    table: text(row, "table"),
    name: text(row, "name"),
    type,
    columns: isCheck || type === "exclude" ? [] : (row["columns"] as string[]),
    include: row["include"] as string[],
    nullsNotDistinct: row["nulls_not_distinct"] === true,
    temporal: row["temporal"] === true,
    definition:
      isCheck || type === "exclude"
        ? sqlText(
            isCheck ? "expression" : "constraint",
            isCheck ? bareExpression(text(row, "definition")) : withoutIndexClauses(withoutAttributes(text(row, "definition"))),
          )
        : null,
    noInherit: isCheck && row["no_inherit"] === true,
    references:
      refTable === null || type !== "foreign key"
        ? null
        : {
            schema: text(row, "ref_schema"),
            table: refTable,
            columns: row["ref_columns"] as string[],
            onUpdate: foreignAction(row["on_update"]),
            onDelete: foreignAction(row["on_delete"]),
            setColumns: row["set_columns"] as string[],
            match: row["match"] === "f" ? "full" : "simple",
          },
    deferrable: row["deferrable"] === true,
    deferred: row["deferred"] === true,
    validated: row["validated"] === true,
    enforced: row["enforced"] === true,
    options: storedOptions(row["options"]),
    tablespace: optionalText(row, "tablespace"),
    attached: row["attached"] as ConstraintSpec["attached"],
    attachedTo: optionalText(row, "attached_to"),
  });
  return isImplied(fact, row) ? { ...fact, implied: true } : fact;
}

/** What a partition, or a child of INHERITS, has from its parent and says nothing of. */
function isImplied({ spec }: Fact<ConstraintSpec>, row: Row): boolean {
  if (row["inherited"] !== true || row["says_more"] === true) return false;
  return spec.attachedTo == null || spec.name === partitionKeyName(spec.table, spec);
}

/** pg_class.reloptions: `fillfactor=70`. */
function storedOptions(value: unknown): IndexOptions {
  const items = Array.isArray(value) ? value.map(String) : [];
  return Object.fromEntries(items.map((item) => [item.slice(0, item.indexOf("=")), item.slice(item.indexOf("=") + 1)]));
}

/** pg_get_constraintdef of EXCLUDE ends in DEFERRABLE, which is a field of its own here. */
function withoutAttributes(sql: string): string {
  return sql.replace(/( DEFERRABLE)?( INITIALLY DEFERRED)?( NOT VALID)?$/, "");
}

// ---- identity

/** A foreign key that names no columns points at the primary key of its table; the key of a partition hangs on that of its parent. */
function settle(fact: Fact<ConstraintSpec>, _major: number, look: Lookup): Fact<ConstraintSpec> {
  const spec = fact.spec.attachedTo === undefined ? { ...fact.spec, attachedTo: keyAbove(fact, look) } : fact.spec;
  const target = spec.references;
  const table = target && objectId("table", qualifiedName(target.schema, target.table));
  const key = table && look.children(table, "constraint").find((candidate) => candidate.spec["type"] === "primary key");
  if (!target || target.columns.length > 0 || !key) return { ...fact, spec };
  return { ...fact, spec: { ...spec, references: { ...target, columns: key.spec["columns"] as readonly string[] } } };
}

function dependsOn(fact: Fact<ConstraintSpec>): Reference[] {
  const spec = fact.spec;
  const own = (column: string): string => objectId("column", qualifiedName(spec.schema, spec.table, column));
  const named = spec.definition ? [...columnNames(spec.definition.as, spec.definition.sql), ...includedBy(spec)] : [];
  const out = [...spec.columns, ...spec.include, ...named].map(own);
  if (spec.definition) out.push(...references(spec.definition.as, spec.definition.sql));
  const target = spec.references;
  if (target) {
    out.push(`relation ${qualifiedName(target.schema, target.table)}`);
    out.push(...target.columns.map((column) => objectId("column", qualifiedName(target.schema, target.table, column))));
  }
  return out;
}

/** Columns that EXCLUDE … INCLUDE names. */
function includedBy(spec: ConstraintSpec): string[] {
  if (spec.type !== "exclude" || spec.definition === null) return [];
  const node = parseFragment("constraint", spec.definition.sql).AlterTableStmt?.cmds?.[0]?.AlterTableCmd?.def?.Constraint;
  return namesOf(node?.including);
}

// ---- change

/** A check that a killed run left as the proof of a NOT NULL which is still wanted is used, not dropped. */
function provesNotNull(fact: Fact<ConstraintSpec>, context: PlanContext): boolean {
  if (!fact.spec.name.startsWith(temporaryPrefix)) return false;
  return context
    .children("desired", fact.parent ?? "", "column")
    .some(
      (column) =>
        column.spec["notNull"] === true &&
        context.live.facts.get(column.id)?.spec["notNull"] === false &&
        temporaryName("not null", column.object) === fact.spec.name,
    );
}

/** The key of a new partition that its parent's key makes. */
function comesWithParents({ spec }: Fact<ConstraintSpec>, context: PlanContext): boolean {
  const above = typeof spec.attachedTo === "string" ? objectId("constraint", spec.attachedTo) : null;
  return above !== null && context.live.facts.has(above) && !context.isNew(above);
}

function inline(fact: Fact<ConstraintSpec>, context: PlanContext): string | null {
  const waits = !fact.spec.validated && fact.spec.enforced;
  if (fact.spec.type === "foreign key" || waits || context.comesLater(fact.id)) return null;
  if (keysNamedBeneath(fact, context).length > 0 || comesWithParents(fact, context) || isMergedAway(fact, context)) return null;
  // Inside PARTITION OF a primary key would give the NOT NULL constraints of its columns other names (18, measured).
  if (fact.spec.type === "primary key" && partitionOf(context.final(fact.parent ?? "")) !== null) return null;
  return `CONSTRAINT ${quoteIdentifier(fact.spec.name)} ${constraintDefinition(fact.spec)}`;
}

/** A check that a parent has too: the table has it as its own and from there, and cannot lose it alone. */
function isInheritedCheck({ spec, parent }: Pick<Fact<ConstraintSpec>, "spec" | "parent">, desired: Lookup): boolean {
  const inherits = (desired.fact(parent ?? "")?.spec["inherits"] ?? []) as readonly string[];
  return (
    spec.type === "check" &&
    inherits.some((path) => {
      const above = desired.fact(objectId("constraint", `${path}.${quoteIdentifier(spec.name)}`)) as
        | Fact<ConstraintSpec>
        | undefined;
      if (above) return above.spec.type === "check" && !above.spec.noInherit;
      return isInheritedCheck({ spec, parent: objectId("table", path) }, desired);
    })
  );
}

export const constraint: KindModule<ConstraintSpec> = {
  kind: "constraint",
  rank: 60,
  scope: "exact",
  serverFields: ["tablespace"],
  notCompared: ["attached"],
  rebuiltBy: ["replace"],
  renameByDefinition: true,
  mayBeNamed: (implied) => typeof implied.spec.attachedTo === "string",
  partOfParent: true,
  forItselfAlone: (fact) => fact.spec.type === "foreign key" || fact.spec.type === "check",
  partIndexes: (fact) => fact.spec.attached,
  ownTransaction: (fact) => fact.spec.type === "foreign key",
  undeclared: (live, desired) => (isInheritedCheck(live, desired) ? "keep" : "drop"),
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["table"],
    key: "constraints",
    style: "map",
    files: ["schema"],
    accepts: (def) => !/^\s*not\s+null\b/i.test(def),
    shape: {
      description: "What follows CONSTRAINT name: check (…), unique (…), foreign key (…) references …",
      scalar: true,
      properties: {
        def: { type: "string" },
        renamed_from: { type: "string" },
        tablespace: { type: "string", description: "Where the index of a key or an exclusion constraint lies." },
      },
      required: ["def"],
    },
    read,
    write,
  },
  statements: {},
  settle,
  indexName: (fact) =>
    ["primary key", "unique", "exclude"].includes(fact.spec.type) ? [qualifiedName(fact.spec.schema, fact.spec.name)] : [],
  needsMajor({ spec }) {
    if (!spec.enforced) return { major: 18, what: "NOT ENFORCED" };
    if (spec.temporal) return { major: 18, what: spec.type === "foreign key" ? "PERIOD" : "WITHOUT OVERLAPS" };
    if (spec.nullsNotDistinct) return { major: 15, what: "NULLS NOT DISTINCT" };
    return (spec.references?.setColumns.length ?? 0) > 0 ? { major: 15, what: "SET NULL and SET DEFAULT with columns" } : null;
  },
  // Its index has its name.
  answersTo: (fact) => [fact.id, objectId("index", qualifiedName(fact.spec.schema, fact.spec.name))],
  dependsOn,
  inline,
  create: (fact, context) =>
    context.isNew(fact.parent ?? "") && inline(fact, context) !== null
      ? []
      : afterLeaving(sparingRows(createConstraint(fact, context), fact.parent, context), fact.parent ?? "", context),
  alter: (live, desired, fields, context) =>
    sparingRows(alterConstraint(live, desired, fields, context), desired.parent, context),
  rename: renameConstraint,
  drop: (fact, context) =>
    provesNotNull(fact, context)
      ? []
      : (dropPartitionKey(fact, context) ??
        afterLeaving([...dropConstraint(fact, context), ...loosenColumns(fact, context)], fact.parent ?? "", context)),
};

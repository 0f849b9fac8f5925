import { quoteIdentifier } from "../base/identifier.ts";
import type { Fact } from "../model/database.ts";
import type {
  KindModule,
  PlanContext,
  ReadContext,
  Replace,
  Row,
  SqlStatement,
  WriteContext,
  WrittenEntry,
  YamlEntry,
} from "../model/kind.ts";
import { kindOf, objectId, schemaId } from "../model/object-id.ts";
import type { Lock, StepDraft } from "../model/step.ts";
import type { Node } from "../sql/parser.ts";
import { references } from "../sql/references.ts";
import { address, notExtensionOwned, optionalText, text, userSchema } from "./shared/catalog.ts";
import { swapComposite } from "./shared/composite-swap.ts";
import { draft, noWork } from "./shared/draft.ts";
import { makeFact } from "./shared/fact.ts";
import { createDraft, dropDraft, identityFields, nameOf, renameDraft } from "./shared/named-object.ts";
import { carriedComment, saidOfParts } from "./shared/named-part.ts";
import { collationName, collationReferences, collationSql, parseScalar, readType } from "./shared/sql-piece.ts";
import { withTypedTables } from "./shared/typed-tables.ts";
import { definition, entryKey, entryName, entryNames, renamedFromPath, shortOrLong } from "./shared/yaml-entry.ts";

type Attribute = {
  readonly name: string;
  readonly type: string;
  readonly collation: string | null;
};

/** A composite type (manual, 8.16). */
export type CompositeSpec = {
  readonly schema: string;
  readonly name: string;
  readonly attributes: readonly Attribute[];
  /** New name → old name, as the files say. */
  readonly renames: { readonly [attribute: string]: string };
};

function compositeFact(spec: CompositeSpec, rest: Pick<Fact, "at" | "renamedFrom" | "owner">): Fact<CompositeSpec> {
  return makeFact({ kind: "composite", names: [spec.schema, spec.name], schema: spec.schema, spec, ...rest });
}

// YAML

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const names = entryNames(entry.key, context);
  const scalar = definition(entry);
  if (!scalar) return [];
  const body = parseScalar("CREATE TYPE x AS ", scalar, context, 'write its attributes: "(street text, zip text)"')?.node
    .CompositeTypeStmt;
  if (!body) return [];
  const renamed = renamedFromPath(entry.value, names.schema);
  const renamedFrom = renamed && objectId("composite", renamed);
  return [
    compositeFact(
      { ...names, attributes: readAttributes(body, context), renames: readRenames(entry) },
      { at: entry.at, ...(renamedFrom ? { renamedFrom } : {}) },
    ),
  ];
}

function readRenames(entry: YamlEntry): { readonly [attribute: string]: string } {
  return Object.fromEntries(saidOfParts(entry, "attributes", "renamed_from").map(([name, said]) => [name, entryName(said.text)]));
}

function readAttributes(body: Node, context: ReadContext): Attribute[] {
  return (body.coldeflist ?? []).map(({ ColumnDef: column }: Node) => ({
    name: column.colname,
    type: readType(column.typeName, context),
    collation: collationName(column.collClause, context),
  }));
}

function write(fact: Fact<CompositeSpec>, context: WriteContext): WrittenEntry {
  const { schema, name, attributes } = fact.spec;
  return shortOrLong(
    entryKey(schema, name, context),
    `(${attributes.map((attribute) => attributeSql(attribute, "collate")).join(", ")})`,
    {},
  );
}

function fromStatement(statement: SqlStatement, context: ReadContext): readonly Fact[] {
  const body = statement.node.CompositeTypeStmt;
  const spec = {
    schema: body.typevar.schemaname ?? context.schema,
    name: body.typevar.relname,
    attributes: readAttributes(body, context),
    renames: {},
  };
  return [compositeFact(spec, { at: statement.scalar.at })];
}

// catalog

function catalogSql(): string {
  return `select ${address("pg_type", "t.oid")}, n.nspname as schema, t.typname as name, pg_get_userbyid(t.typowner) as owner,
      (select coalesce(json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
          'collation', ${collationSql("a.attcollation", "b.typcollation")}) order by a.attnum), '[]')
        from pg_attribute a join pg_type b on b.oid = a.atttypid
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as attributes
    from pg_type t join pg_namespace n on n.oid = t.typnamespace join pg_class c on c.oid = t.typrelid and c.relkind = 'c'
    where t.typtype = 'c' and ${userSchema("n.nspname")} and ${notExtensionOwned("pg_type", "t.oid")}`;
}

function fromRow(row: Row): Fact<CompositeSpec> {
  const attributes = (row.attributes as readonly Row[]).map((attribute) => ({
    name: text(attribute, "name"),
    type: text(attribute, "type"),
    collation: optionalText(attribute, "collation"),
  }));
  return compositeFact(
    { schema: text(row, "schema"), name: text(row, "name"), attributes, renames: {} },
    { owner: text(row, "owner") },
  );
}

// change

function alter(
  live: Fact<CompositeSpec>,
  desired: Fact<CompositeSpec>,
  _fields: readonly string[],
  context: PlanContext,
): readonly StepDraft[] | Replace {
  const renamed = renameAttributes(live, desired, context);
  const names = new Map(declaredRenames(live, desired).map(([from, to]) => [from, to]));
  const wanted = desired.spec.attributes;
  const old = live.spec.attributes.map((attribute) => ({ ...attribute, name: names.get(attribute.name) ?? attribute.name }));
  const stays = old.filter((attribute) => wanted.some((other) => other.name === attribute.name));
  const comes = wanted.filter((attribute) => !old.some((other) => other.name === attribute.name));
  const order = [...stays, ...comes].map((attribute) => attribute.name);
  const swapped = (why: string): StepDraft[] | Replace => {
    const before = { ...live, spec: { ...live.spec, attributes: old } };
    const create = { live: createSql(before.spec), desired: createSql(desired.spec) };
    const swap = swapComposite(before, desired, create, why, context);
    return swap === null ? { replace: why } : [...renamed, swap];
  };
  if (order.some((name, index) => wanted[index]?.name !== name)) return swapped("the order of its attributes changes");
  const used = context.dependents(live.id).some((id) => kindOf(id) === "column");
  const retyped = stays.filter((attribute) =>
    wanted.some((other) => other.name === attribute.name && !sameType(attribute, other)),
  );
  if (used && retyped.length > 0) {
    return swapped(`the type of ${retyped.map((attribute) => attribute.name).join(", ")} changes and columns use it`);
  }
  const gone = old.filter((attribute) => !stays.includes(attribute));
  return [
    ...renamed,
    ...gone.map((attribute) =>
      withTypedTables(desired.id, dropAttribute(desired, attribute, used), columnChange("DROP", attribute), context),
    ),
    ...retyped.map((attribute) => {
      const to = wanted.find((other) => other.name === attribute.name) ?? attribute;
      return withTypedTables(desired.id, alterAttribute(desired, attribute, to), columnChange("ALTER", attribute, to), context);
    }),
    ...comes.map((attribute) =>
      withTypedTables(desired.id, addAttribute(desired, attribute, used), columnChange("ADD", attribute), context),
    ),
  ];
}

/** What the same is in ALTER TABLE, for tables of the type. */
function columnChange(
  what: "ADD" | "DROP" | "ALTER",
  attribute: Attribute,
  to = attribute,
): Parameters<typeof withTypedTables>[2] {
  const name = quoteIdentifier(attribute.name);
  const retype = (other: Attribute): string => `ALTER COLUMN ${name} TYPE ${typed(other)}`;
  if (what === "ALTER") {
    const retypes = { name: attribute.name, from: attribute.type, to: to.type };
    return { forth: retype(to), back: retype(attribute), retypes };
  }
  const [add, drop] = [`ADD COLUMN ${attributeSql(attribute)}`, `DROP COLUMN ${name}`];
  return what === "ADD" ? { forth: add, back: drop } : { forth: drop, back: add };
}

/** Old and new names of the attributes that the files rename and the type still has. */
function declaredRenames(live: Fact<CompositeSpec>, desired: Fact<CompositeSpec>): (readonly [from: string, to: string])[] {
  const has = (name: string): boolean => live.spec.attributes.some((attribute) => attribute.name === name);
  return Object.entries(desired.spec.renames).flatMap(([to, from]) => (has(from) && !has(to) ? [[from, to] as const] : []));
}

function renameAttributes(live: Fact<CompositeSpec>, desired: Fact<CompositeSpec>, context: PlanContext): StepDraft[] {
  return declaredRenames(live, desired).map(([from, to]) => {
    const sql = (old: string, name: string): string =>
      alterText(desired, `RENAME ATTRIBUTE ${quoteIdentifier(old)} TO ${quoteIdentifier(name)}`);
    const column = (old: string, name: string): string => `RENAME COLUMN ${quoteIdentifier(old)} TO ${quoteIdentifier(name)}`;
    const step = draft(desired, {
      action: "rename",
      sql: [sql(from, to), carriedComment("attribute", desired, from, to, context) ?? ""].join("\n").trim(),
      phase: "contract",
      why: `attribute ${from} is renamed to ${to}`,
      locks: ownLock(desired),
      work: noWork,
      dataLoss: "never",
      undo: { sql: sql(to, from) },
      breaks: "old",
    });
    return withTypedTables(desired.id, step, { forth: column(from, to), back: column(to, from) }, context);
  });
}

const sameType = (a: Attribute, b: Attribute): boolean => a.type === b.type && a.collation === b.collation;

/** ACCESS EXCLUSIVE on the type's own relation, which no application reads: nobody waits (measured). */
const ownLock = (fact: Fact): Lock[] => [{ relation: fact.object, mode: "AccessExclusiveLock", blocks: "none" }];

const alterText = (fact: Fact<CompositeSpec>, action: string): string => `ALTER TYPE ${nameOf(fact.spec)} ${action};`;
const addText = (attribute: Attribute): string => `ADD ATTRIBUTE ${attributeSql(attribute)}`;
const dropText = (attribute: Attribute): string => `DROP ATTRIBUTE ${quoteIdentifier(attribute.name)}`;
const typeText = (attribute: Attribute): string => `ALTER ATTRIBUTE ${quoteIdentifier(attribute.name)} TYPE ${typed(attribute)}`;
const typed = (attribute: Attribute, word = "COLLATE"): string =>
  `${attribute.type}${attribute.collation === null ? "" : ` ${word} ${attribute.collation}`}`;

function addAttribute(desired: Fact<CompositeSpec>, attribute: Attribute, used: boolean): StepDraft {
  return draft(desired, {
    action: "alter",
    sql: alterText(desired, addText(attribute)),
    // Rows that the old application writes as ROW(…) lack the new attribute.
    phase: used ? "contract" : "expand",
    why: `attribute ${attribute.name} is added`,
    locks: ownLock(desired),
    work: noWork,
    dataLoss: "never",
    undo: { sql: alterText(desired, dropText(attribute)) },
    breaks: used ? "old" : "none",
    needs: references("type", attribute.type),
  });
}

function dropAttribute(desired: Fact<CompositeSpec>, attribute: Attribute, used: boolean): StepDraft {
  return draft(desired, {
    action: "alter",
    sql: alterText(desired, dropText(attribute)),
    phase: "contract",
    why: `attribute ${attribute.name} is no longer in the files`,
    locks: ownLock(desired),
    work: noWork,
    dataLoss: used ? "always" : "never",
    undo: used ? { none: "its values in the columns of this type are gone" } : { sql: alterText(desired, addText(attribute)) },
    breaks: "old",
  });
}

function alterAttribute(desired: Fact<CompositeSpec>, from: Attribute, to: Attribute): StepDraft {
  return draft(desired, {
    action: "alter",
    sql: alterText(desired, typeText(to)),
    phase: "contract",
    why: `type of attribute ${to.name} changes from ${typed(from)} to ${typed(to)}`,
    locks: ownLock(desired),
    work: noWork,
    dataLoss: "never",
    undo: { sql: alterText(desired, typeText(from)) },
    breaks: "old",
    needs: references("type", to.type),
  });
}

// render

function attributeSql(attribute: Attribute, word = "COLLATE"): string {
  return `${quoteIdentifier(attribute.name)} ${typed(attribute, word)}`;
}

const createSql = (spec: CompositeSpec): string =>
  `CREATE TYPE ${nameOf(spec)} AS (${spec.attributes.map((attribute) => attributeSql(attribute)).join(", ")});`;
const dropSql = (spec: CompositeSpec): string => `DROP TYPE ${nameOf(spec)};`;

export const composite: KindModule<CompositeSpec> = {
  kind: "composite",
  rank: 40,
  scope: "exact",
  notCompared: [...identityFields, "renames"],
  rebuiltBy: ["replace"],
  renameByDefinition: false,
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["root"],
    key: "types",
    style: "map",
    files: ["schema"],
    // Range and base types begin with a word.
    accepts: (def) => !/^\s*[a-z]/i.test(def),
    shape: {
      description: 'A composite type, "(street text, zip text)", or a range type, "range (subtype = integer)".',
      scalar: true,
      properties: {
        def: { type: "string", description: "The attributes in parentheses." },
        renamed_from: { type: "string", description: "The type's name until now." },
      },
      required: ["def"],
    },
    read,
    write,
  },
  statements: { CompositeTypeStmt: fromStatement },
  answersTo: (fact) => [`type ${fact.object}`],
  givenColumns: (fact) => fact.spec.attributes.map(({ name }) => name),
  dependsOn: (fact) => [
    schemaId(fact.spec.schema),
    ...fact.spec.attributes.flatMap((attribute) => [
      ...references("type", attribute.type),
      ...collationReferences(attribute.collation),
    ]),
  ],
  inline: () => null,
  create: (fact, context) => createDraft(fact, createSql(fact.spec), dropSql(fact.spec), context),
  alter,
  partRenames: renameAttributes,
  rename: (live, desired) => renameDraft(live, desired, "TYPE", ownLock(live)),
  drop: (fact) => dropDraft(fact, dropSql(fact.spec), createSql(fact.spec), ownLock(fact)),
};

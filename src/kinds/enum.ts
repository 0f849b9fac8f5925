import type { Fact } from "../model/database.ts";
import type {
  KindModule,
  ReadContext,
  Row,
  SqlStatement,
  WriteContext,
  WrittenEntry,
  YamlEntry,
  YamlValue,
} from "../model/kind.ts";
import { objectId, schemaId } from "../model/object-id.ts";
import { namesOf } from "../sql/names.ts";
import { address, notExtensionOwned, text, userSchema } from "./shared/catalog.ts";
import { alterEnum, createEnum } from "./shared/enum-change.ts";
import { makeFact } from "./shared/fact.ts";
import { createDraft, dropDraft, identityFields, nameOf, renameDraft } from "./shared/named-object.ts";
import { entryKey, entryNames, field, renamedFromPath, scalarField } from "./shared/yaml-entry.ts";

/** An enumerated type (manual, 8.7). `renames`: new label → old label, as the files say. */
export type EnumSpec = {
  readonly schema: string;
  readonly name: string;
  readonly values: readonly string[];
  readonly renames: { readonly [label: string]: string };
};

function enumFact(spec: EnumSpec, rest: Pick<Fact, "at" | "renamedFrom" | "owner">): Fact<EnumSpec> {
  return makeFact({ kind: "enum", names: [spec.schema, spec.name], schema: spec.schema, spec, ...rest });
}

// YAML

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const names = entryNames(entry.key, context);
  const list = entry.value.type === "list" ? entry.value : field(entry.value, "def");
  // No prototype: `constructor` is a label like any other.
  const renames: Record<string, string> = Object.create(null);
  const values: string[] = [];
  for (const item of list?.type === "list" ? list.items : []) {
    const label = readLabel(item, renames);
    if (label === null) context.problem(item.at, "enum-value", "a value of an enum is a text", "quote it: 'null'");
    else if (values.includes(label)) context.problem(item.at, "duplicate-enum-value", `the value ${label} is there twice`);
    else values.push(label);
  }
  const renamed = renamedFromPath(entry.value, names.schema);
  const renamedFrom = renamed && objectId("enum", renamed);
  return [enumFact({ ...names, values, renames }, { at: entry.at, ...(renamedFrom ? { renamedFrom } : {}) })];
}

function readLabel(item: YamlValue, renames: Record<string, string>): string | null {
  if (item.type === "scalar") return item.text;
  const value = scalarField(item, "value");
  if (!value) return null;
  const from = scalarField(item, "renamed_from");
  if (from) renames[value.text] = from.text;
  return value.text;
}

function write(fact: Fact<EnumSpec>, context: WriteContext): WrittenEntry {
  const { schema, name, values, renames } = fact.spec;
  const items = values.map((value) => {
    const from = Object.hasOwn(renames, value) ? renames[value] : undefined;
    return from === undefined ? value : { value, renamed_from: from };
  });
  return { key: entryKey(schema, name, context), value: items };
}

function fromStatement(statement: SqlStatement, context: ReadContext): readonly Fact[] {
  const body = statement.node.CreateEnumStmt;
  const names = namesOf(body.typeName);
  const spec = {
    schema: names.length > 1 ? (names.at(-2) ?? "") : context.schema,
    name: names.at(-1) ?? "",
    values: namesOf(body.vals),
    renames: {},
  };
  return [enumFact(spec, { at: statement.scalar.at })];
}

// catalog

function catalogSql(): string {
  return `select ${address("pg_type", "t.oid")}, n.nspname as schema, t.typname as name, pg_get_userbyid(t.typowner) as owner,
      array(select e.enumlabel::text from pg_enum e where e.enumtypid = t.oid order by e.enumsortorder) as values
    from pg_type t join pg_namespace n on n.oid = t.typnamespace
    where t.typtype = 'e' and ${userSchema("n.nspname")} and ${notExtensionOwned("pg_type", "t.oid")}`;
}

function fromRow(row: Row): Fact<EnumSpec> {
  const spec = { schema: text(row, "schema"), name: text(row, "name"), values: row.values as readonly string[], renames: {} };
  return enumFact(spec, { owner: text(row, "owner") });
}

// identity

/**
 * Values that went and came at the same place between the same neighbours, which may be renames that nobody declared.
 * In: the live and the desired spec. Out: pairs of old and new label.
 */
function suspectValueRenames(live: EnumSpec, desired: EnumSpec): { readonly from: string; readonly to: string }[] {
  const known = live.values.map((label) => desired.values.find((value) => desired.renames[value] === label) ?? label);
  const gaps = (values: readonly string[], other: readonly string[]): string[][] => {
    const found: string[][] = [[]];
    for (const value of values) {
      if (other.includes(value)) found.push([]);
      else found.at(-1)?.push(value);
    }
    return found;
  };
  const gone = gaps(known, desired.values);
  return gaps(desired.values, known).flatMap((come, index) =>
    come.flatMap((to, place) => {
      const from = gone[index]?.[place];
      return from === undefined ? [] : [{ from, to }];
    }),
  );
}

// change and render

const dropSql = (spec: EnumSpec): string => `DROP TYPE ${nameOf(spec)};`;

const valueSchema = {
  type: "array",
  items: {
    anyOf: [
      { type: ["string", "number", "boolean"] },
      {
        type: "object",
        properties: { value: { type: ["string", "number", "boolean"] }, renamed_from: { type: ["string", "number", "boolean"] } },
        required: ["value"],
        additionalProperties: false,
      },
    ],
  },
};

export const enumKind: KindModule<EnumSpec> = {
  kind: "enum",
  rank: 30,
  scope: "exact",
  notCompared: [...identityFields, "renames"],
  rebuiltBy: [],
  renameByDefinition: false,
  suspectParts: (live, desired) => suspectValueRenames(live.spec, desired.spec),
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["root"],
    key: "enums",
    style: "map",
    files: ["schema"],
    shape: {
      description: "An enumerated type: its values in order.",
      scalar: false,
      list: valueSchema,
      properties: {
        def: { ...valueSchema, description: "The values in order." },
        renamed_from: { type: "string", description: "The type's name until now." },
      },
      required: ["def"],
    },
    read,
    write,
  },
  statements: { CreateEnumStmt: fromStatement },
  answersTo: (fact) => [`type ${fact.object}`],
  dependsOn: (fact) => [schemaId(fact.spec.schema)],
  inline: () => null,
  create: (fact, context) => createDraft(fact, createEnum(fact.spec, fact.spec.values), dropSql(fact.spec), context),
  alter: (live, desired, _fields, context) => alterEnum(live, desired, context),
  partRenames: (live, desired, context) => alterEnum(live, desired, context).filter((step) => step.action === "rename"),
  rename: (live, desired) => renameDraft(live, desired, "TYPE", []),
  drop: (fact) => dropDraft(fact, dropSql(fact.spec), createEnum(fact.spec, fact.spec.values), []),
};

import { qualifiedName, quoteIdentifier } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type {
  JsonSchema,
  KindModule,
  PlanContext,
  ReadContext,
  Row,
  WrittenEntry,
  YamlEntry,
  YamlScalar,
} from "../../model/kind.ts";
import { objectId } from "../../model/object-id.ts";
import type { SpecValue } from "../../model/spec.ts";
import { optionalText, text } from "./catalog.ts";
import { commentSql } from "./comment-sql.ts";
import { makeFact } from "./fact.ts";
import { relationNames, targetPhrase } from "./target.ts";
import { entryName, field, nestedKey, scalarField } from "./yaml-entry.ts";

/**
 * Parts that PostgreSQL makes with what they lie in (columns of views, attributes of types), and of which only a comment makes
 * facts. They come and go with no statement; what is said of them has its own.
 */

/** `default` is what the catalog says of a live one, for writing: it is compared with the view. */
export type NamedPart = {
  readonly schema: string;
  readonly name: string;
  readonly default: string | null;
  /** The same of what lies beside it: a column's statistics target. */
  readonly said: { readonly [key: string]: string | number };
};

interface PartKind {
  readonly kind: string;
  readonly rank: number;
  readonly parents: readonly string[];
  readonly key: string;
  readonly description: string;
  readonly properties: Readonly<Record<string, JsonSchema>>;
  /** Whether what it lies in, as the files say it, still has a part of that name; true where nobody can tell. */
  has(holder: Fact, name: string): boolean;
  /** Columns: the address, schema, holder, holder_kind, name, default. */
  catalogSql(): string;
}

type MakePart = (parent: string, holder: string, part: NamedPart, at?: Fact["at"]) => Fact<NamedPart>;

function readPart(entry: YamlEntry, context: ReadContext, input: PartKind, fact: MakePart): readonly Fact[] {
  const { parent } = context;
  if (!parent) return [];
  const name = entryName(entry.key);
  if (!input.has(parent, name)) {
    const message = `${parent.kind.replaceAll("_", " ")} ${parent.object} has no "${name}" of which something could be said`;
    context.problem(entry.at, "unknown-reference", message, "correct the name, or declare it");
    return [];
  }
  refuseUnread(entry, name, parent, input, context);
  const said = scalarField(entry.value, "default");
  if (said === undefined && (scalarField(entry.value, "comment")?.text ?? "") === "") return [];
  if (said && parent.kind === "materialized_view") {
    context.problem(
      said.at,
      "view-default",
      "nobody inserts into a materialized view: its columns have no defaults",
      "leave it out",
    );
    return [];
  }
  const place = relationNames(parent.object);
  return [fact(parent.id, place.name, { schema: place.schema, name, default: said?.text ?? null, said: {} }, entry.at)];
}

/** Attributes lie in the materialized view: what it did not read (its definition is in a .sql file, or it is a view) would be lost. */
function refuseUnread(entry: YamlEntry, name: string, parent: Fact, input: PartKind, context: ReadContext): void {
  const known = (parent.spec["columnAttributes"] ?? {}) as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  for (const key of Object.keys(input.properties)) {
    const said = scalarField(entry.value, key);
    if (key === "default" || key === "renamed_from" || !said || known[name]?.[key] !== undefined || said.text === "-1") continue;
    const message = `${key} is for columns of a materialized view whose definition stands in the same entry`;
    context.problem(said.at, "not-here", message, "write the definition under `def:`, or leave it out");
  }
}

/** The module of such a kind. */
export function namedPart(input: PartKind): KindModule<NamedPart> {
  const fact: MakePart = (parent, holder, part, at) =>
    makeFact({ kind: input.kind, names: [part.schema, holder, part.name], schema: part.schema, parent, spec: part, at });
  const fromRow = (row: Row): Fact<NamedPart> => {
    const [schema, holder] = [text(row, "schema"), text(row, "holder")];
    const parent = objectId(text(row, "holder_kind"), qualifiedName(schema, holder));
    const beside = (row["said"] ?? {}) as NamedPart["said"];
    return fact(parent, holder, { schema, name: text(row, "name"), default: optionalText(row, "default"), said: beside });
  };
  return {
    kind: input.kind,
    rank: input.rank,
    scope: "exact",
    // Where the part stays, its comment has a statement of its own; where it goes, the comment goes along.
    undeclared: (part, desired) => {
      const holder = part.parent === null ? undefined : desired.fact(part.parent);
      return holder === undefined || input.has(holder, part.spec.name) ? "keep" : "drop";
    },
    notCompared: ["schema", "name", "default", "said"],
    rebuiltBy: [],
    renameByDefinition: false,
    catalog: { sql: input.catalogSql, fromRow },
    yaml: {
      parents: input.parents,
      key: input.key,
      style: "map",
      files: ["schema"],
      shape: { description: input.description, scalar: false, properties: input.properties },
      read: (entry, context) => readPart(entry, context, input, fact),
      write: writePart,
    },
    statements: {},
    answersTo: () => [],
    dependsOn: () => [],
    inline: () => null,
    create: () => [],
    alter: () => [],
    rename: () => [],
    drop: () => [],
  };
}

function writePart({ spec }: Fact<NamedPart>): WrittenEntry {
  return {
    key: nestedKey(spec.name),
    value: { ...(spec.default === null ? {} : { default: spec.default }), ...numbered(spec.said) },
  };
}

/** Numbers as such. */
function numbered(said: NamedPart["said"]): NamedPart["said"] {
  return Object.fromEntries(
    Object.entries(said).map(([key, value]) => [key, String(Number(value)) === String(value) ? Number(value) : value]),
  );
}

/**
 * What takes away the comment that a renamed part brings along, where the files have none for its new name; null when there is
 * nothing to take away. In: the kind of the part, what it lies in, both names.
 */
export function carriedComment(kind: string, holder: Fact, from: string, to: string, context: PlanContext): string | null {
  const id = (name: string): string => objectId(kind, `${holder.object}.${quoteIdentifier(name)}`);
  const carried = context.live.facts.has(objectId("comment", id(from))) && !context.desired(objectId("comment", id(to)));
  const part = { kind, object: `${holder.object}.${quoteIdentifier(to)}`, parent: holder.id, spec: {} };
  return carried ? commentSql(targetPhrase(part), null) : null;
}

/** The keys that entries of `columns:` or `attributes:` say themselves: `default`, `renamed_from` by name. */
export function saidOfParts(entry: YamlEntry, slot: string, key: string): readonly (readonly [name: string, said: YamlScalar])[] {
  const parts = field(entry.value, slot);
  if (parts?.type !== "map") return [];
  return parts.entries.flatMap((part) => {
    const said = scalarField(part.value, key);
    return said ? [[entryName(part.key), said] as const] : [];
  });
}

/** Names in a list of a spec: attributes, checks. */
export function partNames(list: SpecValue): string[] {
  return Array.isArray(list) ? list.map((item) => String((item as { readonly name?: unknown }).name)) : [];
}

import { qualifiedName } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { JsonSchema, KindModule, ReadContext, Row, WrittenEntry, YamlEntry, YamlScalar } from "../../model/kind.ts";
import { objectId } from "../../model/object-id.ts";
import { optionalText, text } from "./catalog.ts";
import { makeFact } from "./fact.ts";
import { relationNames } from "./target.ts";
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
  /** Columns: the address, schema, holder, holder_kind, name, default. */
  catalogSql(): string;
}

/** The module of such a kind. */
export function namedPart(input: PartKind): KindModule<NamedPart> {
  const fact = (parent: string, holder: string, part: NamedPart, at?: Fact["at"]): Fact<NamedPart> =>
    makeFact({
      kind: input.kind,
      names: [part.schema, holder, part.name],
      schema: part.schema,
      parent,
      spec: part,
      at,
    });
  const read = (entry: YamlEntry, context: ReadContext): readonly Fact[] => {
    const { parent } = context;
    const said = scalarField(entry.value, "default");
    if (!parent || (said === undefined && (scalarField(entry.value, "comment")?.text ?? "") === "")) return [];
    if (said && parent.kind === "materialized_view") {
      context.problem(said.at, "view-default", "nobody inserts into a materialized view: its columns have no defaults", "leave it out");
      return [];
    }
    const { schema, name } = relationNames(parent.object);
    return [fact(parent.id, name, { schema, name: entryName(entry.key), default: said?.text ?? null, said: {} }, entry.at)];
  };
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
    // It goes with its comment, which has a statement of its own, or with what it lies in.
    undeclared: () => "keep",
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
      read,
      write: (part): WrittenEntry => ({
        key: nestedKey(part.spec.name),
        value: { ...(part.spec.default === null ? {} : { default: part.spec.default }), ...numbered(part.spec.said) },
      }),
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

/** Numbers as such. */
function numbered(said: NamedPart["said"]): NamedPart["said"] {
  return Object.fromEntries(
    Object.entries(said).map(([key, value]) => [key, String(Number(value)) === String(value) ? Number(value) : value]),
  );
}

/** The keys that entries of `columns:` or `attributes:` say themselves: `default`, `renamed_from` by name. */
export function saidOfParts(
  entry: YamlEntry,
  slot: string,
  key: string,
): readonly (readonly [name: string, said: YamlScalar])[] {
  const parts = field(entry.value, slot);
  if (parts?.type !== "map") return [];
  return parts.entries.flatMap((part) => {
    const said = scalarField(part.value, key);
    return said ? [[entryName(part.key), said] as const] : [];
  });
}

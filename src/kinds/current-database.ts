import type { Fact } from "../model/database.ts";
import type { KindModule, Row, YamlEntry } from "../model/kind.ts";
import { text } from "./shared/catalog.ts";
import { currentDatabaseId } from "./shared/target.ts";

/** The database itself, under whatever name: it carries a comment, an owner and grants, compared only where the files say them. */
type DatabaseSpec = { readonly [key: string]: never };

function databaseFact(rest: Pick<Fact, "at" | "owner">): Fact<DatabaseSpec> {
  const path = currentDatabaseId.slice(currentDatabaseId.indexOf(" ") + 1);
  return { kind: "current_database", id: currentDatabaseId, object: path, schema: null, parent: null, spec: {}, ...rest };
}

const read = (entry: YamlEntry): readonly Fact<DatabaseSpec>[] => [databaseFact({ at: entry.at })];

const fromRow = (row: Row): Fact<DatabaseSpec> => databaseFact({ owner: text(row, "owner") });

export const currentDatabase: KindModule<DatabaseSpec> = {
  kind: "current_database",
  rank: 8,
  scope: "declared",
  optIn: true,
  outsideSchemas: true,
  notCompared: [],
  rebuiltBy: [],
  renameByDefinition: false,
  catalog: {
    sql: () =>
      `select 'pg_database'::regclass::oid::int8::float8 as class_id, d.oid::int8::float8 as object_id, 0 as sub_id, pg_get_userbyid(d.datdba) as owner
        from pg_database d where d.datname = current_database()`,
    fromRow,
  },
  yaml: {
    parents: ["root"],
    key: "database",
    style: "value",
    files: ["schema"],
    shape: { description: "What is said of the database itself: comment, owner, grants.", scalar: false, properties: {} },
    read,
    write: () => null,
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

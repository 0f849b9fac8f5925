import { qualifiedName, quoteIdentifier } from "../base/identifier.ts";
import type { Fact } from "../model/database.ts";
import type { KindModule, ReadContext, Row, SqlStatement, WrittenEntry, YamlEntry, YamlScalar } from "../model/kind.ts";
import { objectId } from "../model/object-id.ts";
import { type SqlText, sqlText } from "../model/spec.ts";
import { parseStatements, SqlSyntaxError, scanTokens } from "../sql/parser.ts";
import { qualify } from "../sql/qualify.ts";
import { address, notExtensionOwned, optionalText, text, userSchema } from "./shared/catalog.ts";
import { relationNames } from "./shared/target.ts";
import { alterTrigger, createTrigger, dropTrigger, renameTrigger, triggerReferences } from "./shared/trigger-change.ts";
import { createClone, dropClone, triggerAbove } from "./shared/trigger-clone.ts";
import { type TriggerSpec, type TriggerState, triggerFact, triggerStates } from "./shared/trigger-spec.ts";
import { cutTrigger, shortTrigger, triggerStatement, unnamedTrigger } from "./shared/trigger-text.ts";
import { definition, entryName, nestedKey, scalarField, shortOrLong } from "./shared/yaml-entry.ts";

/** Triggers of tables and views (manual, CREATE TRIGGER). */

// ---- YAML

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const parent = context.parent;
  const scalar = definition(entry);
  if (!parent || !scalar) return [];
  const enabled = triggerStates.find((state) => state === (scalarField(entry.value, "enabled")?.text ?? "origin"));
  const def = readDefinition(scalar, 0, parent.object, context);
  if (!enabled || !def) return [];
  if (parent.kind === "view" && enabled !== "origin") {
    context.problem(entry.at, "invalid-trigger", "PostgreSQL cannot disable a trigger of a view", "leave out `enabled`");
    return [];
  }
  const { schema, name: table } = relationNames(parent.object);
  const renamed = scalarField(entry.value, "renamed_from")?.text;
  const spec: TriggerSpec = { schema, table, name: entryName(entry.key), def, enabled };
  return [triggerFact(parent.id, spec, { at: entry.at, renamedFrom: renamed === undefined ? undefined : entryName(renamed) })];
}

/** Reads what follows the name in CREATE TRIGGER, from `start` on, for a table given by its path. */
function readDefinition(
  scalar: YamlScalar,
  start: number,
  table: string,
  context: ReadContext,
  constraint = false,
): SqlText | null {
  const hint = "write what follows CREATE TRIGGER name, e.g. before update for each row execute function f()";
  if (scalar.text.trim() === "") {
    context.problem(scalar.at, "sql-syntax", "SQL is missing", hint);
    return null;
  }
  let offsetOf = (offset: number): number => offset;
  try {
    const cut = cutTrigger(scalar.text, start);
    const parts = { ...cut, constraint: cut.constraint || constraint };
    if (!fitsTable(parts.table, table, context)) {
      context.problem(
        scalar.atOffset(parts.head[1]),
        "invalid-trigger",
        `the trigger stands under ${table} but says ON ${parts.table?.join(".")}`,
        "leave out the ON clause",
      );
      return null;
    }
    const whole = triggerStatement(scalar.text, parts, table);
    offsetOf = whole.offsetOf;
    const statements = parseStatements(whole.sql);
    if (statements.length !== 1 || !statements[0]?.node.CreateTrigStmt)
      throw new SqlSyntaxError("one trigger expected", whole.sql.length);
    return sqlText(
      "statement",
      qualifyReferenced(
        qualify("statement", whole.sql, (space, name) => context.resolve(space, name)),
        context,
      ),
    );
  } catch (error) {
    if (!(error instanceof SqlSyntaxError)) throw error;
    context.problem(scalar.atOffset(Math.min(offsetOf(error.offset), scalar.text.length)), "sql-syntax", error.message, hint);
    return null;
  }
}

function fitsTable(names: readonly string[] | null, table: string, context: ReadContext): boolean {
  if (names === null) return true;
  const name = names.at(-1) ?? "";
  const schema = names.length > 1 ? names.at(-2) : (context.resolve("relation", name) ?? context.schema);
  return qualifiedName(schema ?? "", name) === table;
}

/** FROM of a constraint trigger names another table; the general pass does not look there. */
function qualifyReferenced(sql: string, context: ReadContext): string {
  const from = parseStatements(sql)[0]?.node.CreateTrigStmt?.constrrel;
  if (!from || from.schemaname) return sql;
  const schema = context.resolve("relation", from.relname);
  const at = scanTokens(sql).find((token) => token.text.toLowerCase() === "from")?.end;
  return schema === null || at === undefined
    ? sql
    : `${sql.slice(0, at)} ${quoteIdentifier(schema)}.${sql.slice(at).trimStart()}`;
}

/** CREATE TRIGGER of a `.sql` file. */
function readStatement(statement: SqlStatement, context: ReadContext): readonly Fact[] {
  const body = statement.node.CreateTrigStmt;
  const schema = body.relation.schemaname ?? context.resolve("relation", body.relation.relname) ?? context.schema;
  const path = qualifiedName(schema, body.relation.relname);
  const tokens = scanTokens(statement.scalar.text).filter((token) => !token.name.endsWith("COMMENT"));
  const name = tokens[tokens.findIndex((token) => token.text.toLowerCase() === "trigger") + 1];
  const def = readDefinition(statement.scalar, name?.end ?? 0, path, context, body.isconstraint === true);
  if (!def) return [];
  const parent = objectId(context.resolve("view", body.relation.relname) === schema ? "view" : "table", path);
  return [
    triggerFact(
      parent,
      { schema, table: body.relation.relname, name: body.trigname, def, enabled: "origin" },
      { at: statement.scalar.at },
    ),
  ];
}

function write(fact: Fact<TriggerSpec>): WrittenEntry {
  const { name, def, enabled } = fact.spec;
  return shortOrLong(nestedKey(name), shortTrigger(def.sql), { enabled: enabled === "origin" ? undefined : enabled });
}

// ---- catalog

/** Without those of foreign keys, and without the copies that a partitioned table's trigger has on partitions, unless they fire otherwise. */
function catalogSql(major: number): string {
  // Before 15 a copy counts as internal; the triggers of foreign keys are no copies there.
  const own = major < 15 ? "(not t.tgisinternal or t.tgparentid <> 0)" : "not t.tgisinternal";
  return `select ${address("pg_trigger", "t.oid")}, n.nspname as schema, c.relname as table, c.relkind::text as relkind, t.tgname as name,
      quote_ident(t.tgname) as quoted, pg_get_triggerdef(t.oid) as def, t.tgenabled::text as enabled, o.rolname as owner, t.tgparentid <> 0 as cloned
    from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace join pg_roles o on o.oid = c.relowner
    where ${own} and (t.tgparentid = 0 or exists (select from pg_trigger up where up.oid = t.tgparentid and up.tgenabled <> t.tgenabled)) and c.relkind in ('r', 'p', 'v', 'f') and ${userSchema("n.nspname")}
      and ${notExtensionOwned("pg_trigger", "t.oid")} and ${notExtensionOwned("pg_class", "c.oid")}`;
}

const stateOf: Readonly<Record<string, TriggerState>> = { O: "origin", D: "disabled", R: "replica", A: "always" };

function fromRow(row: Row): Fact<TriggerSpec> {
  const spec: TriggerSpec = {
    schema: text(row, "schema"),
    table: text(row, "table"),
    name: text(row, "name"),
    def: sqlText("statement", unnamedTrigger(text(row, "def"), text(row, "quoted"))),
    enabled: stateOf[text(row, "enabled")] ?? "origin",
    cloned: row["cloned"] === true,
  };
  const parent = objectId(row["relkind"] === "v" ? "view" : "table", qualifiedName(spec.schema, spec.table));
  const owner = optionalText(row, "owner");
  return { ...triggerFact(parent, spec, {}), ...(owner === null ? {} : { owner }) };
}

// ---- change

export const trigger: KindModule<TriggerSpec> = {
  kind: "trigger",
  rank: 120,
  scope: "exact",
  notCompared: ["schema", "table"],
  rebuiltBy: ["column", "replace"],
  renameByDefinition: true,
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["table", "view"],
    key: "triggers",
    style: "map",
    files: ["schema"],
    shape: {
      description:
        "What follows CREATE TRIGGER name, without the table: before update for each row execute function f(); constraint triggers start with constraint.",
      scalar: true,
      properties: {
        def: { type: "string" },
        enabled: { enum: triggerStates, description: "When it fires: origin (default), disabled, replica, always" },
        renamed_from: { type: "string", description: "The trigger's old name" },
      },
      required: ["def"],
    },
    read,
    write,
  },
  statements: { CreateTrigStmt: readStatement },
  answersTo: (fact) => [fact.id],
  dependsOn: triggerReferences,
  inline: () => null,
  settle: (fact, _major, look) => ({
    ...fact,
    spec: { ...fact.spec, cloned: fact.spec.cloned ?? triggerAbove(fact, look) !== null },
  }),
  create: (fact, context) => createClone(fact, context) ?? createTrigger(fact, context),
  alter: alterTrigger,
  rename: renameTrigger,
  drop: (fact, context) => dropClone(fact, context) ?? dropTrigger(fact, context),
};

import { qualifiedName, quoteIdentifier } from "../base/identifier.ts";
import type { Fact } from "../model/database.ts";
import type {
  KindModule,
  PlanContext,
  ReadContext,
  Row,
  SqlStatement,
  WrittenEntry,
  YamlEntry,
  YamlScalar,
} from "../model/kind.ts";
import { objectId, pathOf } from "../model/object-id.ts";
import { type SqlText, sqlText } from "../model/spec.ts";
import type { Lock, StepDraft } from "../model/step.ts";
import { type Node, parseFragment, parseStatements, SqlSyntaxError, scanTokens } from "../sql/parser.ts";
import { qualify } from "../sql/qualify.ts";
import { references } from "../sql/references.ts";
import { address, notExtensionOwned, text, userSchema } from "./shared/catalog.ts";
import { keptComment } from "./shared/comment-sql.ts";
import { draft, noWork } from "./shared/draft.ts";
import { lockOn } from "./shared/locks.ts";
import { readLocks } from "./shared/read-locks.ts";
import { codeTokens, isWord, withoutSemicolon } from "./shared/sql-piece.ts";
import { declaredBy, familyOf, relationNames, undeclared } from "./shared/target.ts";
import { type TriggerState, triggerStates } from "./shared/trigger-spec.ts";
import { definition, entryName, nestedKey, scalarField, shortOrLong } from "./shared/yaml-entry.ts";

/** A rewrite rule (manual, 39). `def` is the whole CREATE RULE under the name `x`; `enabled` is when it applies. */
export type RuleSpec = {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  readonly def: SqlText;
  readonly enabled: TriggerState;
};

function ruleFact(
  parent: string,
  spec: RuleSpec,
  rest: Pick<Fact, "at"> & { readonly renamed?: string | undefined },
): Fact<RuleSpec> {
  const path = qualifiedName(spec.schema, spec.table);
  const object = `${path}.${quoteIdentifier(spec.name)}`;
  return {
    kind: "rule",
    id: objectId("rule", object),
    object,
    schema: spec.schema,
    parent,
    spec,
    ...(rest.at ? { at: rest.at } : {}),
    ...(rest.renamed === undefined ? {} : { renamedFrom: objectId("rule", `${path}.${quoteIdentifier(rest.renamed)}`) }),
  };
}

// YAML

const head = "CREATE RULE x ";
const hint = "write what follows CREATE RULE name, e.g. as on insert to t do instead nothing";

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const { parent } = context;
  const scalar = definition(entry);
  if (!parent || !scalar) return [];
  const { schema, name: table } = relationNames(parent.object);
  const def = readDefinition(scalar, 0, context, parent.object);
  const enabled = triggerStates.find((state) => state === (scalarField(entry.value, "enabled")?.text ?? "origin"));
  if (!def || !enabled) return [];
  if (parent.kind === "view" && enabled !== "origin") {
    context.problem(entry.at, "invalid-rule", "PostgreSQL cannot disable a rule of a view", "leave out `enabled`");
    return [];
  }
  const renamed = scalarField(entry.value, "renamed_from")?.text;
  const spec = { schema, table, name: entryName(entry.key), def, enabled };
  return [ruleFact(parent.id, spec, { at: entry.at, renamed: renamed === undefined ? undefined : entryName(renamed) })];
}

/** Reads what follows the name, from `start` on. The relation that it names must be `path`, where that is known. */
function readDefinition(scalar: YamlScalar, start: number, context: ReadContext, path: string | null): SqlText | null {
  try {
    const sql = head + withoutSemicolon(scalar.text.slice(start).trimStart());
    const qualified = qualify("statement", sql, (space, name) => context.resolve(space, name));
    const found = parseStatements(qualified);
    const rule = found[0]?.node.RuleStmt;
    if (found.length !== 1 || !rule) throw new SqlSyntaxError("one rule expected", sql.length);
    const on = qualifiedName(rule.relation.schemaname ?? context.schema, rule.relation.relname);
    if (path === null || on === path) return sqlText("statement", qualified);
    context.problem(scalar.at, "invalid-rule", `the rule stands under ${path} but says TO ${on}`, `write to ${path}`);
  } catch (error) {
    if (!(error instanceof SqlSyntaxError)) throw error;
    const offset = Math.max(0, start + error.offset - head.length);
    context.problem(scalar.atOffset(Math.min(offset, scalar.text.length)), "sql-syntax", error.message, hint);
  }
  return null;
}

function readStatement(statement: SqlStatement, context: ReadContext): readonly Fact[] {
  const body = statement.node.RuleStmt;
  const { scalar } = statement;
  const tokens = codeTokens(scalar.text);
  const name = tokens[tokens.findIndex((token) => isWord(token, "rule")) + 1];
  const def = readDefinition(scalar, name?.end ?? 0, context, null);
  if (!def) return [];
  const relation = body.relation;
  const schema = relation.schemaname ?? context.resolve("relation", relation.relname) ?? context.schema;
  const parent = context.resolve("view", relation.relname) === schema ? "view" : "table";
  const spec: RuleSpec = { schema, table: relation.relname, name: body.rulename, def, enabled: "origin" };
  return [ruleFact(objectId(parent, qualifiedName(schema, relation.relname)), spec, { at: scalar.at })];
}

function write(fact: Fact<RuleSpec>): WrittenEntry {
  const { name, def, enabled } = fact.spec;
  return shortOrLong(nestedKey(name), shortRule(def.sql), { enabled: enabled === "origin" ? undefined : enabled });
}

/** What follows the name, on one line and with keywords in lower case up to the commands, which stay as they are. */
function shortRule(sql: string): string {
  const body = sql.slice(head.length).trim();
  const tokens = scanTokens(body);
  const act = tokens.findIndex((token) => isWord(token, "do"));
  const said = isWord(tokens[act + 1], "instead", "also");
  const last = said ? act + 1 : act;
  let front = "";
  tokens.slice(0, last + 1).forEach((token, index) => {
    const between = body.slice(tokens[index - 1]?.end ?? 0, token.start).replace(/\s+/, " ");
    front += between + (token.keyword ? token.text.toLowerCase() : token.text);
  });
  const commands = body.slice(tokens[last]?.end ?? 0).trim();
  return `${front}${said ? "" : " also"} ${commands === "NOTHING" ? "nothing" : commands}`;
}

// catalog

function catalogSql(): string {
  return `select ${address("pg_rewrite", "r.oid")}, n.nspname as schema, c.relname as table, c.relkind as relkind, r.rulename as name,
      quote_ident(r.rulename) as quoted, pg_get_ruledef(r.oid) as def, r.ev_enabled as state, pg_get_userbyid(c.relowner) as owner
    from pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace
    where r.rulename <> '_RETURN' and c.relkind in ('r', 'p', 'v', 'f') and ${userSchema("n.nspname")}
      and ${notExtensionOwned("pg_class", "c.oid")} and ${notExtensionOwned("pg_rewrite", "r.oid")}`;
}

const states: Readonly<Record<string, TriggerState>> = { O: "origin", D: "disabled", R: "replica", A: "always" };

function fromRow(row: Row): Fact<RuleSpec> {
  const [schema, table, name] = [text(row, "schema"), text(row, "table"), text(row, "name")];
  const def = text(row, "def")
    .replace(/;\s*$/, "")
    .slice(`CREATE RULE ${text(row, "quoted")} `.length);
  const spec = {
    schema,
    table,
    name,
    def: sqlText("statement", `${head}${def.trimStart()}`),
    enabled: states[text(row, "state")] ?? "origin",
  };
  const parent = objectId(row["relkind"] === "v" ? "view" : "table", qualifiedName(schema, table));
  return { ...ruleFact(parent, spec, {}), owner: text(row, "owner") };
}

// change

interface StepInput {
  readonly action: "create" | "alter" | "rename" | "drop";
  readonly sql: string;
  readonly undo: string;
  readonly why: string;
  readonly removes?: readonly string[];
}

/** ACCESS EXCLUSIVE on the relation; what its commands write and read is locked for that while they are parsed (measured). */
function step(fact: Fact<RuleSpec>, context: PlanContext, input: StepInput): StepDraft {
  const relation = fact.parent ?? "";
  const parsed = input.sql.startsWith("CREATE ") ? commandLocks(fact, context) : [];
  const locks: readonly Lock[] = [...lockOn(context, relation, "AccessExclusiveLock"), ...parsed];
  return draft(fact, {
    action: input.action,
    sql: input.sql,
    phase: "expand",
    why: input.why,
    locks,
    work: noWork,
    dataLoss: "never",
    undo: { sql: input.undo },
    ...(input.removes ? { removes: input.removes } : {}),
    ...familyOf(context, relation),
  });
}

function commandLocks(fact: Fact<RuleSpec>, context: PlanContext): readonly Lock[] {
  const rule = parseFragment("statement", fact.spec.def.sql).RuleStmt;
  const written = (rule.actions ?? []).flatMap((action: Node) => {
    const relation = Object.values<Node>(action)[0]?.relation;
    return relation?.schemaname
      ? lockOn(context, objectId("table", qualifiedName(relation.schemaname, relation.relname)), "RowExclusiveLock")
      : [];
  });
  return [...written, ...readLocks(references("statement", fact.spec.def.sql), context)];
}

const tableOf = (fact: Fact<RuleSpec>): string => pathOf(fact.parent ?? "");

const words: Readonly<Record<TriggerState, string>> = {
  origin: "ENABLE RULE",
  disabled: "DISABLE RULE",
  replica: "ENABLE REPLICA RULE",
  always: "ENABLE ALWAYS RULE",
};

const stateSql = (fact: Fact<RuleSpec>): string =>
  `ALTER TABLE ${tableOf(fact)} ${words[fact.spec.enabled]} ${quoteIdentifier(fact.spec.name)};`;

/** CREATE, with its state: what is disabled must never apply. OR REPLACE keeps the state that is. */
function createSql(fact: Fact<RuleSpec>, live?: Fact<RuleSpec>): string {
  const { def, name, enabled } = fact.spec;
  const sql = `CREATE ${live ? "OR REPLACE " : ""}RULE ${quoteIdentifier(name)} ${def.sql.slice(head.length)}${def.sql.includes("--") ? "\n" : ""};`;
  return enabled === (live?.spec.enabled ?? "origin") ? sql : `${sql}\n${stateSql(fact)}`;
}

const dropSql = (fact: Fact<RuleSpec>): string => `DROP RULE ${quoteIdentifier(fact.spec.name)} ON ${tableOf(fact)};`;

function alter(
  live: Fact<RuleSpec>,
  desired: Fact<RuleSpec>,
  fields: readonly string[],
  context: PlanContext,
): readonly StepDraft[] {
  const redefined = fields.includes("def");
  return [
    step(desired, context, {
      action: "alter",
      sql: redefined ? createSql(desired, live) : stateSql(desired),
      undo: redefined ? createSql(live, desired) : stateSql(live),
      why: redefined ? "its definition changes" : `the rule changes from ${live.spec.enabled} to ${desired.spec.enabled}`,
    }),
  ];
}

function rename(live: Fact<RuleSpec>, desired: Fact<RuleSpec>, context: PlanContext): readonly StepDraft[] {
  const sql = (from: Fact<RuleSpec>, to: Fact<RuleSpec>): string =>
    `ALTER RULE ${quoteIdentifier(from.spec.name)} ON ${tableOf(desired)} RENAME TO ${quoteIdentifier(to.spec.name)};`;
  return [
    step(desired, context, {
      action: "rename",
      sql: sql(live, desired),
      undo: sql(desired, live),
      why: `renamed from ${live.spec.name}`,
      removes: [live.id],
    }),
  ];
}

function drop(fact: Fact<RuleSpec>, context: PlanContext): readonly StepDraft[] {
  const undo = [createSql(fact), ...keptComment(fact, { final: (id) => context.live.facts.get(id) })].join("\n");
  return [step(fact, context, { action: "drop", sql: dropSql(fact), undo, why: undeclared })];
}

export const rule: KindModule<RuleSpec> = {
  kind: "rule",
  rank: 110,
  scope: "exact",
  notCompared: ["schema", "table"],
  rebuiltBy: ["column", "replace"],
  renameByDefinition: true,
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["table", "view"],
    key: "rules",
    style: "map",
    files: ["schema"],
    shape: {
      description: "A rewrite rule: what follows CREATE RULE name, as on insert to t do instead nothing.",
      scalar: true,
      properties: {
        def: { type: "string" },
        enabled: { enum: triggerStates, description: "When it applies: origin (default), disabled, replica, always" },
        renamed_from: { type: "string", description: "The rule's old name" },
      },
      required: ["def"],
    },
    read,
    write,
  },
  statements: { RuleStmt: readStatement },
  answersTo: (fact) => [fact.id],
  dependsOn: (fact) => references("statement", fact.spec.def.sql),
  inline: () => null,
  create: (fact, context) => [
    step(fact, context, { action: "create", sql: createSql(fact), undo: dropSql(fact), why: declaredBy(fact) }),
  ],
  alter,
  rename,
  drop,
};

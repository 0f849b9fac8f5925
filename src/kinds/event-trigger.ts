import { qualifiedName } from "../base/identifier.ts";
import { quoteLiteral } from "../base/literal.ts";
import type { Fact } from "../model/database.ts";
import type { KindModule, PlanContext, ReadContext, Replace, Row, YamlEntry, YamlScalar } from "../model/kind.ts";
import type { StepDraft } from "../model/step.ts";
import { namesOf } from "../sql/names.ts";
import type { Node } from "../sql/parser.ts";
import { address, notExtensionOwned, text } from "./shared/catalog.ts";
import { catalogStep, namedProperties, renamedFromId, renameStep } from "./shared/database-object.ts";
import { makeFact } from "./shared/fact.ts";
import { areKnown } from "./shared/known-words.ts";
import { parseScalar } from "./shared/sql-piece.ts";
import { declaredBy, familyOf, undeclared } from "./shared/target.ts";
import { type TriggerState, triggerStates } from "./shared/trigger-spec.ts";
import { definition, entryName, nestedKey, scalarField, shortOrLong } from "./shared/yaml-entry.ts";

/**
 * An event trigger (manual, 38). It fires for the statements of lockstep too: it is made after the objects of a plan that do not need it,
 * and goes before them.
 */
export type EventTriggerSpec = {
  readonly name: string;
  readonly event: string;
  /** Command tags in capitals, sorted; empty for all. */
  readonly tags: readonly string[];
  /** The same as they were written. */
  readonly listed: readonly string[];
  /** Qualified name of the function. */
  readonly function: string;
  readonly enabled: TriggerState;
};

type EventTrigger = Fact<EventTriggerSpec>;

function eventTriggerFact(spec: EventTriggerSpec, rest: Pick<Fact, "at" | "renamedFrom" | "owner">): EventTrigger {
  return makeFact({ kind: "event_trigger", names: [spec.name], schema: null, spec, ...rest });
}

// ---- YAML

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const scalar = definition(entry);
  const hint = "write what follows CREATE EVENT TRIGGER name, e.g. on ddl_command_end execute function app.f()";
  if (!scalar) return [];
  const body = parseScalar("CREATE EVENT TRIGGER x ", scalar, context, hint)?.node.CreateEventTrigStmt;
  const enabled = triggerStates.find((state) => state === (scalarField(entry.value, "enabled")?.text ?? "origin"));
  if (!body || !enabled || !knownWords(body, scalar, context)) return [];
  const names = namesOf(body.funcname);
  const [last = "", schema] = [names.at(-1), names.at(-2) ?? context.resolve("routine", names.at(-1) ?? "")];
  const tags = (body.whenclause ?? []).flatMap((item: { DefElem: { arg: { List: { items: [] } } } }) =>
    namesOf(item.DefElem.arg.List.items).map((tag) => tag.toUpperCase()),
  );
  const listed = [...new Set<string>(tags)];
  const spec: EventTriggerSpec = {
    name: entryName(entry.key),
    event: String(body.eventname),
    tags: [...listed].sort(),
    listed,
    function: qualifiedName(schema ?? context.schema, last),
    enabled,
  };
  const renamedFrom = renamedFromId("event_trigger", entry);
  return [eventTriggerFact(spec, { at: entry.at, ...(renamedFrom ? { renamedFrom } : {}) })];
}

const events: readonly string[] = ["ddl_command_start", "ddl_command_end", "sql_drop", "table_rewrite", "login"];

/** The grammar takes any word for an event and for what it is filtered by. */
function knownWords(body: Node, scalar: YamlScalar, context: ReadContext): boolean {
  const filters: readonly string[] = (body.whenclause ?? []).map((item: Node) => String(item.DefElem.defname));
  const event = areKnown([String(body.eventname)], { what: "event of an event trigger", known: events }, scalar, context);
  return areKnown(filters, { what: "filter of an event trigger", known: ["tag"] }, scalar, context) && event;
}

function clauses(spec: EventTriggerSpec, upper: boolean): string {
  const word = (text: string): string => (upper ? text : text.toLowerCase());
  const when = spec.listed.length === 0 ? "" : ` ${word("WHEN TAG IN")} (${spec.listed.map(quoteLiteral).join(", ")})`;
  return `${word("ON")} ${spec.event}${when} ${word("EXECUTE FUNCTION")} ${spec.function}()`;
}

// ---- catalog

const states: Readonly<Record<string, TriggerState>> = { O: "origin", D: "disabled", R: "replica", A: "always" };

function catalogSql(): string {
  return `select ${address("pg_event_trigger", "et.oid")}, et.evtname as name, et.evtevent as event, coalesce(et.evttags, '{}') as tags, et.evtenabled::text as enabled,
      quote_ident(n.nspname) || '.' || quote_ident(p.proname) as function, pg_get_userbyid(et.evtowner) as owner
    from pg_event_trigger et join pg_proc p on p.oid = et.evtfoid join pg_namespace n on n.oid = p.pronamespace
    where ${notExtensionOwned("pg_event_trigger", "et.oid")}`;
}

function fromRow(row: Row): EventTrigger {
  const spec = {
    name: text(row, "name"),
    event: text(row, "event"),
    tags: [...(row["tags"] as readonly string[])].sort(),
    listed: row["tags"] as readonly string[],
    function: text(row, "function"),
    enabled: states[text(row, "enabled")] ?? "origin",
  };
  return eventTriggerFact(spec, { owner: text(row, "owner") });
}

// ---- change and render

const verbs: Readonly<Record<TriggerState, string>> = {
  origin: "ENABLE",
  disabled: "DISABLE",
  replica: "ENABLE REPLICA",
  always: "ENABLE ALWAYS",
};

const createSql = (fact: EventTrigger): string => `CREATE EVENT TRIGGER ${fact.object} ${clauses(fact.spec, true)};`;
const dropSql = (fact: EventTrigger): string => `DROP EVENT TRIGGER ${fact.object};`;
const stateSql = (fact: EventTrigger, state: TriggerState): string => `ALTER EVENT TRIGGER ${fact.object} ${verbs[state]};`;
const wholeSql = (fact: EventTrigger): string =>
  fact.spec.enabled === "origin" ? createSql(fact) : `${createSql(fact)}\n${stateSql(fact, fact.spec.enabled)}`;

/** A state other than ENABLE is set in the statement that makes it: at no moment does it fire when it should not. */
function create(fact: EventTrigger, context: PlanContext): StepDraft[] {
  return [
    catalogStep(fact, {
      action: "create",
      sql: wholeSql(fact),
      undo: { sql: dropSql(fact) },
      why: declaredBy(fact),
      ...familyOf(context, fact.id),
    }),
  ];
}

function alter(live: EventTrigger, desired: EventTrigger, fields: readonly string[]): readonly StepDraft[] | Replace {
  if (fields.some((field) => field !== "enabled"))
    return { replace: "PostgreSQL cannot change the event, the tags or the function of an event trigger" };
  return [
    catalogStep(desired, {
      action: "alter",
      sql: stateSql(desired, desired.spec.enabled),
      undo: { sql: stateSql(desired, live.spec.enabled) },
      why: `it is ${live.spec.enabled}, and is to be ${desired.spec.enabled}`,
    }),
  ];
}

export const eventTrigger: KindModule<EventTriggerSpec> = {
  kind: "event_trigger",
  rank: 148,
  scope: "exact",
  notCompared: ["name", "listed"],
  rebuiltBy: ["replace"],
  renameByDefinition: true,
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["root"],
    key: "event_triggers",
    style: "map",
    files: ["schema"],
    shape: {
      description: "What follows the name in CREATE EVENT TRIGGER: on ddl_command_end execute function app.f().",
      scalar: true,
      properties: {
        ...namedProperties,
        enabled: { type: "string", enum: [...triggerStates], description: "When it fires; origin when left out." },
      },
      required: ["def"],
    },
    read,
    write: ({ spec }) =>
      shortOrLong(nestedKey(spec.name), clauses(spec, false), { enabled: spec.enabled === "origin" ? undefined : spec.enabled }),
  },
  statements: {},
  needsMajor: ({ spec }) => (spec.event === "login" ? { major: 17, what: "an event trigger on login" } : null),
  answersTo: () => [],
  dependsOn: ({ spec }) => [`routine ${spec.function}`],
  inline: () => null,
  create,
  alter,
  rename: (live, desired) => renameStep(live, desired, "EVENT TRIGGER"),
  drop: (fact) => [
    catalogStep(fact, { action: "drop", sql: dropSql(fact), undo: { sql: wholeSql(fact) }, why: undeclared, breaks: "old" }),
  ],
};

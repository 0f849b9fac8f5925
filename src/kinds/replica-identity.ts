import { qualifiedName, quoteIdentifier } from "../base/identifier.ts";
import type { Fact } from "../model/database.ts";
import type { KindModule, PlanContext, ReadContext, Row, YamlEntry } from "../model/kind.ts";
import { kindOf, pathOf } from "../model/object-id.ts";
import type { StepDraft } from "../model/step.ts";
import { notExtensionOwned, optionalText, text, userSchema } from "./shared/catalog.ts";
import {
  asDeclared,
  type ChosenIndexSpec,
  chosenIndexFact,
  chosenIndexNeeds,
  isAnotherIndex,
  settleChosenIndex,
} from "./shared/chosen-index.ts";
import { draft, noWork } from "./shared/draft.ts";
import { lock, lockOn } from "./shared/locks.ts";
import { declaredBy, undeclared } from "./shared/target.ts";

/**
 * What logical replication tells of the old row of an UPDATE or DELETE (manual, ALTER TABLE). Left out: the primary key.
 * When its index goes, PostgreSQL silently tells nothing, and a publication refuses the next UPDATE.
 */
export type ReplicaIdentitySpec = ChosenIndexSpec & { readonly mode: "full" | "nothing" | "index" };

type ReplicaIdentity = Fact<ReplicaIdentitySpec>;
type State = Pick<ReplicaIdentitySpec, "mode" | "index"> | null;

function identityFact(parent: string, state: NonNullable<State>, at?: Fact["at"]): ReplicaIdentity {
  return chosenIndexFact<ReplicaIdentitySpec>("replica_identity", parent, state, at);
}

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const { parent } = context;
  if (!parent || entry.value.type !== "scalar" || ["", "default"].includes(entry.value.text)) return [];
  const { text: said, quoted } = entry.value;
  const isWord = !quoted && (said === "full" || said === "nothing");
  const state = isWord ? ({ mode: said, index: null } as const) : ({ mode: "index", index: said } as const);
  return [asDeclared(identityFact(parent.id, state, entry.at), parent)];
}

/** Sub id 1 of the index's row in pg_index; 0 is what clusters by it. A full identity has no index, and nothing depends on it. */
function catalogSql(): string {
  return `select 'pg_index'::regclass::oid::int8::float8 as class_id, coalesce(x.indexrelid, c.oid)::int8::float8 as object_id, 1 as sub_id,
    c.relreplident::text as mode, i.relname as index, 'pg_class'::regclass::oid::int8::float8 as relation_class, c.oid::int8::float8 as relation,
    pg_get_userbyid(c.relowner) as owner
  from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_index x on x.indrelid = c.oid and x.indisreplident and c.relreplident = 'i'
    left join pg_class i on i.oid = x.indexrelid
  where c.relkind in ('r', 'p', 'm') and c.relreplident in ('f', 'n', 'i') and ${userSchema("n.nspname")} and ${notExtensionOwned("pg_class", "c.oid")}`;
}

/** An identity whose index was dropped tells nothing. */
function fromRow(row: Row, context: Parameters<NonNullable<KindModule["catalog"]>["fromRow"]>[1]): ReplicaIdentity | null {
  const parent = context.idOf(Number(row["relation_class"]), Number(row["relation"]), 0);
  if (parent === undefined) return null;
  const index = optionalText(row, "index");
  const mode = row["mode"] === "f" ? "full" : index === null ? "nothing" : "index";
  return { ...identityFact(parent, { mode, index }), owner: text(row, "owner") };
}

function identitySql(fact: ReplicaIdentity, state: State): string {
  const parent = fact.parent ?? "";
  const noun = kindOf(parent) === "table" ? "TABLE" : "MATERIALIZED VIEW";
  const what =
    state === null
      ? "DEFAULT"
      : state.mode === "index"
        ? `USING INDEX ${quoteIdentifier(state.index ?? "")}`
        : state.mode.toUpperCase();
  return `ALTER ${noun} ${pathOf(parent)} REPLICA IDENTITY ${what};`;
}

function set(fact: ReplicaIdentity, from: State, to: State, why: string, context: PlanContext): StepDraft {
  const parent = fact.parent ?? "";
  const index = to?.index ? qualifiedName(fact.spec.schema, to.index) : null;
  const isOld = index !== null && !context.isNew(parent) && context.indexes(parent).includes(index);
  const stays = isOld && !(fact.spec.target !== null && isAnotherIndex(fact.spec.target, context));
  return draft(fact, {
    action: to === null ? "drop" : from === null ? "create" : "alter",
    sql: identitySql(fact, to),
    phase: "expand",
    why,
    locks: [
      ...lockOn(context, parent, "AccessExclusiveLock"),
      ...(stays && index !== null ? [{ ...lock(index, "ShareLock"), blocks: "none" as const }] : []),
    ],
    work: noWork,
    dataLoss: "never",
    undo: { sql: identitySql(fact, from) },
  });
}

export const replicaIdentity: KindModule<ReplicaIdentitySpec> = {
  kind: "replica_identity",
  rank: 146,
  scope: "exact",
  notCompared: ["schema", "table", "target"],
  rebuiltBy: ["replace"],
  renameByDefinition: false,
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["table", "materialized_view"],
    key: "replica_identity",
    style: "value",
    files: ["schema"],
    shape: {
      description: "What replication tells of old rows: full, nothing, or the name of a unique index. Left out: the primary key.",
      scalar: true,
      properties: {},
    },
    read,
    write: ({ spec }) => ({ key: "replica_identity", value: spec.index ?? spec.mode }),
  },
  statements: {},
  settle: (fact, _major, look) => settleChosenIndex(fact, look),
  answersTo: () => [],
  dependsOn: (fact) => [...chosenIndexNeeds(fact)],
  inline: () => null,
  create: (fact, context) => [set(fact, null, fact.spec, declaredBy(fact), context)],
  // Its index takes it along, so that there is nothing to take away.
  stepAside: (_live, final, context) => ({
    before: [],
    after: [set(final, null, final.spec, "its index is made anew", context)],
  }),
  alter: (live, desired, _fields, context) => [
    set(desired, live.spec, desired.spec, `replication tells old rows by ${desired.spec.index ?? desired.spec.mode}`, context),
  ],
  rename: () => [],
  drop: (fact, context) => [set(fact, fact.spec, null, undeclared, context)],
};

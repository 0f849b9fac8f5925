import type { Fact } from "../model/database.ts";
import type { KindModule, PlanContext, ReadContext, Row, SqlStatement, YamlEntry } from "../model/kind.ts";
import type { Access, StepDraft } from "../model/step.ts";
import type { Node } from "../sql/parser.ts";
import { address, notExtensionOwned, text, userSchema } from "./shared/catalog.ts";
import { draft, noWork } from "./shared/draft.ts";
import { lockOn } from "./shared/locks.ts";
import { policyGroup } from "./shared/policy-group.ts";
import { type RlsSpec, type RlsState, rlsFact } from "./shared/rls-fact.ts";
import { declaredBy, relationNames, undeclared } from "./shared/target.ts";

/** Whether a table's rows are subject to policies, and whether its owner is too (manual, 5.9; ALTER TABLE). */

const states: readonly RlsState[] = ["disabled", "enabled", "forced"];

// ---- YAML

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const table = context.parent;
  if (!table || entry.value.type !== "scalar") return [];
  const state = states.find((candidate) => entry.value.type === "scalar" && entry.value.text === candidate);
  if (!state) {
    context.problem(
      entry.value.at,
      "invalid-rls",
      `"${entry.value.text}" is no state of row-level security`,
      "write disabled, enabled or forced",
    );
    return [];
  }
  const { schema, name } = relationNames(table.object);
  return [rlsFact(schema, name, state, entry.at)];
}

/** NO FORCE is the default: it says nothing about the state. */
const subtypes: Readonly<Record<string, RlsState | "default">> = {
  AT_EnableRowSecurity: "enabled",
  AT_DisableRowSecurity: "disabled",
  AT_ForceRowSecurity: "forced",
  AT_NoForceRowSecurity: "default",
};

/** ENABLE and FORCE, in one statement or two; FORCE says the more. */
function readStatement(statement: SqlStatement, context: ReadContext): readonly Fact[] {
  const body = statement.node.AlterTableStmt;
  const found = (body.cmds ?? []).map((command: Node) => subtypes[String(command.AlterTableCmd?.subtype)]);
  if (found.length === 0 || found.includes(undefined)) {
    context.problem(
      statement.scalar.at,
      "unsupported-statement",
      "only ENABLE, DISABLE, FORCE and NO FORCE ROW LEVEL SECURITY may stand here",
      "write what the table is like in schema.yaml",
    );
    return [];
  }
  if (found.every((state: string) => state === "default")) return [];
  const relation = body.relation;
  const schema = relation.schemaname ?? context.resolve("relation", relation.relname) ?? context.schema;
  const state: RlsState = found.includes("disabled") ? "disabled" : found.includes("forced") ? "forced" : "enabled";
  return [rlsFact(schema, relation.relname, state, statement.scalar.at)];
}

/** What two statements of `.sql` files say together: FORCE adds to ENABLE. Null when they contradict each other. */
function combineRls(first: Fact<RlsSpec>, second: Fact<RlsSpec>): Fact<RlsSpec> | null {
  if (first.spec.state === second.spec.state) return first;
  if (first.spec.state === "disabled" || second.spec.state === "disabled") return null;
  return first.spec.state === "forced" ? first : second;
}

// ---- catalog

function catalogSql(): string {
  return `select ${address("pg_class", "c.oid")}, n.nspname as schema, c.relname as table, c.relrowsecurity as enabled, c.relforcerowsecurity as forced, r.rolname as owner
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_roles r on r.oid = c.relowner
    where c.relkind in ('r', 'p') and c.relpersistence <> 't' and ${userSchema("n.nspname")} and ${notExtensionOwned("pg_class", "c.oid")}`;
}

function fromRow(row: Row): Fact<RlsSpec> {
  const forced = row["forced"] === true;
  const state = row["enabled"] !== true ? "disabled" : forced ? "forced" : "enabled";
  return { ...rlsFact(text(row, "schema"), text(row, "table"), state, undefined, forced), owner: text(row, "owner") };
}

// ---- change

interface Flags {
  readonly enabled: boolean;
  readonly force: boolean;
}

const flagsOf = (spec: RlsSpec): Flags => ({ enabled: spec.state !== "disabled", force: spec.force });

/** Only what differs, in one statement: each takes ACCESS EXCLUSIVE, a repeated ENABLE too. */
function flagSql(object: string, from: Flags, to: Flags): string | null {
  const parts = [
    ...(from.enabled === to.enabled ? [] : [to.enabled ? "ENABLE ROW LEVEL SECURITY" : "DISABLE ROW LEVEL SECURITY"]),
    ...(from.force === to.force ? [] : [to.force ? "FORCE ROW LEVEL SECURITY" : "NO FORCE ROW LEVEL SECURITY"]),
  ];
  return parts.length === 0 ? null : `ALTER TABLE ${object} ${parts.join(", ")};`;
}

function effect(from: RlsState, to: RlsState, object: string): { readonly access: Access; readonly accessText?: string } {
  if (from === to) return { access: "none" };
  if (from === "disabled")
    return { access: "narrows", accessText: `roles see only the rows of ${object} that its policies allow` };
  if (to === "disabled") return { access: "widens", accessText: `every role with a privilege on ${object} sees all its rows` };
  if (to === "forced") return { access: "narrows", accessText: `the owner of ${object} obeys its policies too` };
  return { access: "widens", accessText: `the owner of ${object} bypasses its policies` };
}

function change(fact: Fact<RlsSpec>, from: RlsSpec, to: RlsSpec, why: string, context: PlanContext): readonly StepDraft[] {
  const table = fact.parent ?? "";
  const sql = flagSql(fact.object, flagsOf(from), flagsOf(to));
  if (sql === null) return [];
  return [
    draft(fact, {
      action: "policy",
      sql,
      phase: "expand",
      why,
      locks: lockOn(context, table, "AccessExclusiveLock"),
      work: noWork,
      dataLoss: "never",
      undo: { sql: flagSql(fact.object, flagsOf(to), flagsOf(from)) ?? "" },
      ...(context.isNew(table) ? {} : effect(from.state, to.state, fact.object)),
      ...policyGroup(context, table),
    }),
  ];
}

const off = (spec: RlsSpec): RlsSpec => ({ ...spec, state: "disabled", force: false });

/**
 * On a new table FORCE waits for the foreign keys: checking one as an owner who obeys policies is refused under row_security = off.
 * ENABLE comes with the table, so that no role sees more in between.
 */
function declare(fact: Fact<RlsSpec>, context: PlanContext): readonly StepDraft[] {
  const table = fact.parent ?? "";
  if (!context.isNew(table) || fact.spec.state !== "forced")
    return change(fact, off(fact.spec), fact.spec, declaredBy(fact), context);
  const enabled: RlsSpec = { ...fact.spec, state: "enabled", force: false };
  const keys = context.children("desired", table, "constraint").filter((constraint) => constraint.spec["type"] === "foreign key");
  const force = change(fact, enabled, fact.spec, "its owner obeys the policies too", context);
  return [
    ...change(fact, off(fact.spec), enabled, declaredBy(fact), context).map((step) => ({ ...step, provides: [] })),
    ...force.map((step) => ({ ...step, together: null, alone: true, needs: [...step.needs, ...keys.map((key) => key.id)] })),
  ];
}

/** `combine` joins what several statements of `.sql` files say of one table. */
export const rls: KindModule<RlsSpec> & { readonly combine: typeof combineRls } = {
  kind: "rls",
  // Last but for the owner: FORCE on a new table binds whoever fills it.
  rank: 180,
  scope: "exact",
  security: true,
  notCompared: ["schema", "table", "force"],
  rebuiltBy: [],
  renameByDefinition: false,
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["table"],
    key: "rls",
    style: "value",
    files: ["schema", "policies"],
    shape: {
      description: "Row-level security: disabled, enabled, or forced (for the table's owner too).",
      scalar: true,
      properties: {},
    },
    read,
    write: (fact) => (fact.spec.state === "disabled" ? null : { key: "rls", value: fact.spec.state }),
  },
  statements: { AlterTableStmt: readStatement },
  combine: combineRls,
  answersTo: () => [],
  dependsOn: () => [],
  inline: () => null,
  create: declare,
  alter: (live, desired, _fields, context) =>
    change(
      desired,
      live.spec,
      desired.spec,
      `row-level security changes from ${live.spec.state} to ${desired.spec.state}`,
      context,
    ),
  rename: () => [],
  drop: (fact, context) =>
    change(fact, fact.spec, off(fact.spec), undeclared, context).map((step) => ({ ...step, provides: [], removes: [fact.id] })),
};

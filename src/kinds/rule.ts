import { qualifiedName, quoteIdentifier } from "../base/identifier.ts";
import type { Fact } from "../model/database.ts";
import type { KindModule, PlanContext, Row } from "../model/kind.ts";
import { objectId } from "../model/object-id.ts";
import { type SqlText, sqlText } from "../model/spec.ts";
import type { StepDraft } from "../model/step.ts";
import { references } from "../sql/references.ts";
import { address, notExtensionOwned, text, userSchema } from "./shared/catalog.ts";
import { draft, noWork } from "./shared/draft.ts";
import { makeFact } from "./shared/fact.ts";
import { lockOn } from "./shared/locks.ts";
import { declaredBy } from "./shared/target.ts";

/** A rewrite rule (manual, 39). Not managed: read so that it is reported, and put back when something it stands on is rebuilt. */
export type RuleSpec = {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  readonly def: SqlText;
  /** `origin` is how a rule is made; else ALTER TABLE … RULE said so. */
  readonly state: "origin" | "disabled" | "replica" | "always";
};

// catalog

function catalogSql(): string {
  return `select ${address("pg_rewrite", "r.oid")}, n.nspname as schema, c.relname as table, c.relkind as relkind, r.rulename as name,
      pg_get_ruledef(r.oid) as def, r.ev_enabled as state
    from pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace
    where r.rulename <> '_RETURN' and c.relkind in ('r', 'p', 'v') and ${userSchema("n.nspname")}
      and ${notExtensionOwned("pg_class", "c.oid")} and ${notExtensionOwned("pg_rewrite", "r.oid")}`;
}

const states: Readonly<Record<string, RuleSpec["state"]>> = { O: "origin", D: "disabled", R: "replica", A: "always" };

function fromRow(row: Row): Fact<RuleSpec> {
  const [schema, table, name] = [text(row, "schema"), text(row, "table"), text(row, "name")];
  const fact = makeFact<RuleSpec>({
    kind: "rule",
    names: [schema, table, name],
    schema,
    parent: objectId(row.relkind === "v" ? "view" : "table", qualifiedName(schema, table)),
    spec: {
      schema,
      table,
      name,
      def: sqlText("statement", text(row, "def").replace(/;\s*$/, "")),
      state: states[text(row, "state")] ?? "origin",
    },
  });
  return { ...fact, foreign: "unmanaged" };
}

// change and render

const words: Readonly<Record<RuleSpec["state"], string>> = {
  origin: "ENABLE RULE",
  disabled: "DISABLE RULE",
  replica: "ENABLE REPLICA RULE",
  always: "ENABLE ALWAYS RULE",
};

function createSql(spec: RuleSpec): string {
  const state =
    spec.state === "origin"
      ? ""
      : `\nALTER TABLE ${qualifiedName(spec.schema, spec.table)} ${words[spec.state]} ${quoteIdentifier(spec.name)};`;
  return `${spec.def.sql};${state}`;
}

const dropSql = (spec: RuleSpec): string =>
  `DROP RULE ${quoteIdentifier(spec.name)} ON ${qualifiedName(spec.schema, spec.table)};`;

function step(fact: Fact<RuleSpec>, action: "create" | "drop", context: PlanContext): readonly StepDraft[] {
  const drops = action === "drop";
  return [
    draft(fact, {
      action,
      sql: drops ? dropSql(fact.spec) : createSql(fact.spec),
      phase: "expand",
      why: drops ? "it stands in the way of another change and is put back after it" : declaredBy(fact),
      locks: fact.parent === null ? [] : lockOn(context, fact.parent, "AccessExclusiveLock"),
      work: noWork,
      dataLoss: "never",
      undo: { sql: drops ? createSql(fact.spec) : dropSql(fact.spec) },
    }),
  ];
}

export const rule: KindModule<RuleSpec> = {
  kind: "rule",
  rank: 110,
  scope: "unmanaged",
  notCompared: [],
  rebuiltBy: ["column", "replace"],
  renameByDefinition: false,
  catalog: { sql: catalogSql, fromRow },
  yaml: null,
  statements: {},
  answersTo: () => [],
  dependsOn: (fact) => references("statement", fact.spec.def.sql),
  inline: () => null,
  create: (fact, context) => step(fact, "create", context),
  alter: () => ({ replace: "rules are put back as they were" }),
  rename: () => null,
  drop: (fact, context) => step(fact, "drop", context),
};

import { quoteIdentifier } from "../../base/identifier.ts";
import { quoteLiteral } from "../../base/literal.ts";
import type { Fact } from "../../model/database.ts";
import type { Replace } from "../../model/kind.ts";
import type { StepDraft } from "../../model/step.ts";
import { catalogStep } from "./database-object.ts";
import {
  lastingOptions,
  optionItems,
  type SubscriptionOptions,
  settledOptions,
  slotValue,
  unusualOptions,
} from "./subscription-options.ts";
import { declaredBy, undeclared } from "./target.ts";

/** Statements that make, change and drop subscriptions (manual, CREATE, ALTER and DROP SUBSCRIPTION). */

export type SubscriptionSpec = {
  readonly name: string;
  /** A text with `${VARIABLE}` in the place of secrets; null on live facts: it is not readable. */
  readonly connection: string | null;
  /** Sorted. */
  readonly publications: readonly string[];
  /** The same in the order in which they were written. */
  readonly listed: readonly string[];
  readonly enabled: boolean;
  /** The replication slot on the publisher; null for none. */
  readonly slot: string | null;
  readonly options: SubscriptionOptions;
  /** The server's major on live facts: what is usual there. */
  readonly major: number | null;
  /** What only CREATE looks at. */
  readonly making: {
    readonly connect: boolean;
    readonly createSlot: boolean | null;
    readonly copyData: boolean | null;
  };
};

type Subscription = Fact<SubscriptionSpec>;

/** CREATE SUBSCRIPTION. What connects and makes a slot on the publisher runs outside of a transaction. */
export function createSubscription(fact: Subscription, major: number, family: { readonly together?: string }): StepDraft[] {
  const { spec } = fact;
  const makesSlot = spec.making.connect && spec.making.createSlot !== false && spec.slot !== null;
  return [
    catalogStep(fact, {
      action: "create",
      sql: createSql(spec, major),
      undo: { sql: dropSql(spec) },
      why: declaredBy(fact),
      transactional: !makesSlot,
      ...(makesSlot ? {} : family),
    }),
  ];
}

function createSql(spec: SubscriptionSpec, major: number): string {
  const { connect, createSlot, copyData } = spec.making;
  const flag = (name: string, value: boolean): string => `${name} = ${value}`;
  const options = [
    ...(connect ? [] : [flag("connect", false)]),
    ...(spec.slot === spec.name ? [] : [`slot_name = ${slotValue(spec.slot)}`]),
    // Without a connection nothing can be enabled: ALTER does that once the slot is there.
    ...(connect && !spec.enabled ? [flag("enabled", false)] : []),
    ...(connect && createSlot !== null ? [flag("create_slot", createSlot)] : []),
    ...(connect && spec.slot === null && createSlot === null ? [flag("create_slot", false)] : []),
    ...(connect && copyData !== null ? [flag("copy_data", copyData)] : []),
    ...optionItems(unusualOptions(spec.options, major)),
  ];
  const enable = !connect && spec.enabled ? `\nALTER SUBSCRIPTION ${quoteIdentifier(spec.name)} ENABLE;` : "";
  return [
    `CREATE SUBSCRIPTION ${quoteIdentifier(spec.name)}`,
    `CONNECTION ${quoteLiteral(spec.connection ?? "")}`,
    `PUBLICATION ${spec.listed.map(quoteIdentifier).join(", ")}`,
    ...(options.length === 0 ? [] : [`WITH (${options.join(", ")})`]),
  ]
    .join(" ")
    .concat(";", enable);
}

const dropSql = (spec: SubscriptionSpec): string => `DROP SUBSCRIPTION ${quoteIdentifier(spec.name)};`;

/** With a slot, PostgreSQL connects to the publisher to drop that too, and does so outside of transactions. */
export function dropSubscription(fact: Subscription): StepDraft[] {
  const { spec } = fact;
  return [
    catalogStep(fact, {
      action: "drop",
      sql: dropSql(spec),
      undo: { none: "its connection is a secret that cannot be read, and its position in the stream of changes is lost" },
      why:
        spec.slot === null
          ? undeclared
          : `${undeclared}; it drops slot ${spec.slot} on the publisher, which must be reachable (else set slot_name = none first)`,
      phase: "contract",
      breaks: "old",
      transactional: spec.slot === null,
    }),
  ];
}

/** Facets in the order that PostgreSQL accepts: some are changed only while it is disabled, and without a slot it cannot be enabled. */
export function alterSubscription(
  live: Subscription,
  desired: Subscription,
  fields: readonly string[],
  major: number,
): readonly StepDraft[] | Replace {
  const from = settledOptions(live.spec.options, major);
  const to = settledOptions(desired.spec.options, major);
  const changed = lastingOptions.filter(({ name }) => from[name] !== to[name]);
  const fixed = changed.find(({ alters }) => alters > major);
  if (fixed) return { replace: `PostgreSQL ${major} cannot change ${fixed.name} of a subscription` };
  const slotChanges = fields.includes("slot");
  const mustStop = slotChanges || changed.some(({ disabled }) => disabled === true);
  const name = quoteIdentifier(desired.spec.name);
  const step = (what: string, back: string, why: string, transactional = true): StepDraft =>
    catalogStep(desired, {
      action: "alter",
      sql: `ALTER SUBSCRIPTION ${name} ${what};`,
      undo: { sql: `ALTER SUBSCRIPTION ${name} ${back};` },
      why,
      transactional,
    });
  const steps: StepDraft[] = [];
  const stops = live.spec.enabled && (mustStop || !desired.spec.enabled);
  if (stops)
    steps.push(step("DISABLE", "ENABLE", desired.spec.enabled ? "what follows needs it disabled" : "it is to be disabled"));
  if (changed.length > 0)
    steps.push(
      setOptions(
        live,
        desired,
        changed.map((option) => option.name),
        step,
        { from, to },
      ),
    );
  if (slotChanges) {
    const slot = (spec: SubscriptionSpec): string => `SET (slot_name = ${slotValue(spec.slot)})`;
    steps.push(step(slot(desired.spec), slot(live.spec), "the slot differs"));
  }
  if (fields.includes("publications")) steps.push(setPublications(live, desired, stops, step));
  if (desired.spec.enabled && (stops || !live.spec.enabled)) steps.push(step("ENABLE", "DISABLE", "it is to be enabled"));
  return steps;
}

type MakeStep = (what: string, back: string, why: string, transactional?: boolean) => StepDraft;

/** What the slot on the publisher has to follow is set outside of a transaction. */
function setOptions(
  live: Subscription,
  desired: Subscription,
  names: readonly string[],
  step: MakeStep,
  { from, to }: { readonly from: SubscriptionOptions; readonly to: SubscriptionOptions },
): StepDraft {
  const some = (options: SubscriptionOptions): string =>
    `SET (${optionItems(Object.fromEntries(names.map((name) => [name, options[name] ?? ""]))).join(", ")})`;
  const atPublisher = names.some((name) => name === "failover" || name === "two_phase") && live.spec.slot !== null;
  return step(some(to), some(from), `${names.join(", ")}: as the files say`, !(atPublisher && desired.spec.slot !== null));
}

/** An enabled subscription asks the publisher at once which tables that means, outside of a transaction; a disabled one later. */
function setPublications(live: Subscription, desired: Subscription, stopped: boolean, step: MakeStep): StepDraft {
  const refreshes = live.spec.enabled && !stopped;
  const sql = (spec: SubscriptionSpec): string =>
    `SET PUBLICATION ${spec.listed.map(quoteIdentifier).join(", ")}${refreshes ? "" : " WITH (refresh = false)"}`;
  return step(sql(desired.spec), sql(live.spec), "the publications differ", !refreshes);
}

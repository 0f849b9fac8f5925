import { quoteIdentifier, splitPath } from "../base/identifier.ts";
import { quoteLiteral } from "../base/literal.ts";
import type { Fact } from "../model/database.ts";
import type { CatalogContext, KindModule, PlanContext, ReadContext, Row, YamlEntry, YamlScalar } from "../model/kind.ts";
import { pathOf } from "../model/object-id.ts";
import { namesOf } from "../sql/names.ts";
import { address, notExtensionOwned, optionalText, text } from "./shared/catalog.ts";
import { namedProperties, renamedFromId, renameStep } from "./shared/database-object.ts";
import { makeFact } from "./shared/fact.ts";
import { environmentName } from "./shared/generic-options.ts";
import { parseScalar } from "./shared/sql-piece.ts";
import { alterSubscription, createSubscription, dropSubscription, type SubscriptionSpec } from "./shared/subscription-change.ts";
import {
  lastingOptions,
  optionItems,
  optionsMajor,
  saidOptions,
  settledOptions,
  slotValue,
  unusualOptions,
} from "./shared/subscription-options.ts";
import { familyOf } from "./shared/target.ts";
import { definition, entryName, nestedKey, shortOrLong } from "./shared/yaml-entry.ts";

/**
 * A subscription (manual, 29.2). What it connects with is a secret: it is never read from the server, comes from the environment when it
 * is made, and is not compared.
 */
type Subscription = Fact<SubscriptionSpec>;

function subscriptionFact(spec: SubscriptionSpec, rest: Pick<Fact, "at" | "renamedFrom" | "owner">): Subscription {
  return makeFact({ kind: "subscription", names: [spec.name], schema: null, spec, ...rest });
}

// ---- YAML

const hint = `write what follows CREATE SUBSCRIPTION name, e.g. connection '\${ORDERS_DSN}' publication orders`;

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const scalar = definition(entry);
  if (!scalar) return [];
  const body = parseScalar("CREATE SUBSCRIPTION x ", scalar, context, hint)?.node.CreateSubscriptionStmt;
  if (!body) return [];
  const name = entryName(entry.key);
  const connection = String(body.conninfo ?? "");
  refuseSecret(connection, scalar, name, context);
  const said = saidOptions(body.options);
  for (const option of said.unknown) context.problem(scalar.at, "sql-syntax", `${option} is no option of a subscription`, hint);
  // Without a slot there is nothing to connect for.
  const connect = said.connect ?? said.slot !== null;
  const renamedFrom = renamedFromId("subscription", entry);
  // The slot on the publisher keeps its name when the subscription gets another.
  const [slot = name] = renamedFrom ? splitPath(pathOf(renamedFrom)) : [];
  const spec: SubscriptionSpec = {
    name,
    connection,
    publications: [...new Set(namesOf(body.publication))].sort(),
    listed: [...new Set(namesOf(body.publication))],
    enabled: said.enabled ?? connect,
    slot: said.slot === undefined ? slot : said.slot,
    options: said.lasting,
    major: null,
    making: { connect, createSlot: said.createSlot ?? null, copyData: said.copyData ?? null },
  };
  return [subscriptionFact(spec, { at: entry.at, ...(renamedFrom ? { renamedFrom } : {}) })];
}

/** A password is only ever in the environment. */
function refuseSecret(connection: string, scalar: YamlScalar, name: string, context: ReadContext): void {
  const written = /password\s*=\s*(?!\s|'?\$\{)/i.test(connection) || /^\w+:\/\/[^/@]*:(?!\$\{)[^/@]+@/.test(connection);
  if (!written) return;
  const better = `write connection '${environmentName(name, "dsn")}' and set that variable where apply runs`;
  context.problem(scalar.at, "secret-in-file", "the password of the connection stands in the file", better);
}

function write({ spec }: Subscription): ReturnType<typeof shortOrLong> {
  const options = [
    ...(spec.slot === spec.name ? [] : [`slot_name = ${slotValue(spec.slot, "none")}`]),
    // What is made without a slot connects to nothing, and begins disabled.
    ...(spec.enabled ? [] : ["enabled = false"]),
    ...optionItems(unusualOptions(spec.options, spec.major ?? 0)),
  ];
  const def = [
    `connection ${quoteLiteral(environmentName(spec.name, "dsn"))}`,
    `publication ${spec.listed.map(quoteIdentifier).join(", ")}`,
    ...(options.length === 0 ? [] : [`with (${options.join(", ")})`]),
  ];
  return shortOrLong(nestedKey(spec.name), def.join(" "), {});
}

// ---- catalog

/** Only columns that everybody may read: subconninfo is not one of them. */
function catalogSql(major: number): string {
  const options = lastingOptions
    .filter(({ from }) => from <= major)
    .map(({ name, sql }) => `'${name}', ${sql(major)}`)
    .join(", ");
  return `select ${address("pg_subscription", "s.oid")}, s.subname as name, s.subpublications as publications, s.subenabled as enabled, s.subslotname as slot,
      json_build_object(${options}) as options, pg_get_userbyid(s.subowner) as owner
    from pg_subscription s where s.subdbid = (select d.oid from pg_database d where d.datname = current_database())
      and ${notExtensionOwned("pg_subscription", "s.oid")}`;
}

function fromRow(row: Row, context: CatalogContext): Subscription {
  const spec: SubscriptionSpec = {
    name: text(row, "name"),
    connection: null,
    publications: [...(row["publications"] as readonly string[])].sort(),
    listed: row["publications"] as readonly string[],
    enabled: row["enabled"] === true,
    slot: optionalText(row, "slot"),
    options: row["options"] as SubscriptionSpec["options"],
    major: context.major,
    making: { connect: false, createSlot: null, copyData: null },
  };
  return subscriptionFact(spec, { owner: text(row, "owner") });
}

const settle = (fact: Subscription, major: number): Subscription => ({
  ...fact,
  spec: { ...fact.spec, options: settledOptions(fact.spec.options, major) },
});

function create(fact: Subscription, context: PlanContext): ReturnType<typeof createSubscription> {
  return createSubscription(fact, context.major, familyOf(context, fact.id));
}

export const subscription: KindModule<SubscriptionSpec> = {
  kind: "subscription",
  rank: 147,
  scope: "exact",
  notCompared: ["name", "connection", "making", "major", "listed"],
  rebuiltBy: [],
  renameByDefinition: false,
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["root"],
    key: "subscriptions",
    style: "map",
    files: ["schema"],
    shape: {
      description: `What follows the name in CREATE SUBSCRIPTION: connection '\${ORDERS_DSN}' publication orders. The connection comes from the environment.`,
      scalar: true,
      properties: namedProperties,
      required: ["def"],
    },
    read,
    write,
  },
  statements: {},
  settle,
  needsMajor: ({ spec }) => optionsMajor(spec.options),
  answersTo: () => [],
  dependsOn: () => [],
  inline: () => null,
  create,
  alter: (live, desired, fields, context) => alterSubscription(live, desired, fields, context.major),
  rename: (live, desired) => renameStep(live, desired, "SUBSCRIPTION"),
  drop: dropSubscription,
};

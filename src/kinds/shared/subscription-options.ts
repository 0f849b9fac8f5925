import { quoteIdentifier } from "../../base/identifier.ts";
import { quoteLiteral } from "../../base/literal.ts";
import { namesOf } from "../../sql/names.ts";
import type { Node } from "../../sql/parser.ts";

/** WITH (…) of CREATE SUBSCRIPTION (manual; src/backend/commands/subscriptioncmds.c). */

/** An option that stays with the subscription. Its values are texts as SQL writes them: `true`, `off`, `parallel`. */
interface Lasting {
  readonly name: string;
  readonly from: number;
  /** A catalog expression of type text. In: the major. */
  readonly sql: (major: number) => string;
  /** What CREATE makes of it unsaid. In: the major. */
  readonly usual: (major: number) => string;
  /** The first major whose ALTER … SET takes it. */
  readonly alters: number;
  /** Set only while the subscription is disabled. */
  readonly disabled?: boolean;
}

const flag = (name: string, column: string, from: number, usual = "false"): Lasting => ({
  name,
  from,
  sql: () => `s.${column}::text`,
  usual: () => usual,
  alters: from,
});

/** In the order in which they are written. */
export const lastingOptions: readonly Lasting[] = [
  flag("binary", "subbinary", 14),
  {
    ...flag("streaming", "substream", 14),
    sql: (major) =>
      major < 16 ? "s.substream::text" : "case s.substream when 't' then 'true' when 'p' then 'parallel' else 'false' end",
    usual: (major) => (major < 18 ? "false" : "parallel"),
  },
  { ...flag("synchronous_commit", "subsynccommit", 14), usual: () => "off" },
  {
    ...flag("two_phase", "subtwophasestate", 15),
    sql: () => "(s.subtwophasestate <> 'd')::text",
    alters: 18,
    disabled: true,
  },
  flag("disable_on_error", "subdisableonerr", 15),
  flag("password_required", "subpasswordrequired", 16, "true"),
  flag("run_as_owner", "subrunasowner", 16),
  { ...flag("origin", "suborigin", 16), usual: () => "any" },
  { ...flag("failover", "subfailover", 17), disabled: true },
];

/** By name. */
export type SubscriptionOptions = { readonly [name: string]: string };

/** What WITH says: lasting options, and what only the making of it looks at. */
export interface SaidOptions {
  readonly lasting: SubscriptionOptions;
  /** Null for none; undefined when nothing is said: the subscription's name. */
  readonly slot: string | null | undefined;
  readonly enabled: boolean | undefined;
  readonly connect: boolean | undefined;
  readonly createSlot: boolean | undefined;
  readonly copyData: boolean | undefined;
  /** Names that are no option. */
  readonly unknown: readonly string[];
}

const yes = /^(true|on|1)$/i;
const no = /^(false|off|0)$/i;

function writtenValue(arg: Node): string {
  if (arg === undefined) return "true";
  if (arg.TypeName) return namesOf(arg.TypeName.names).at(-1) ?? "";
  if (arg.Integer) return String(arg.Integer.ival ?? 0);
  if (arg.Boolean) return String(arg.Boolean.boolval === true);
  return String(arg.String?.sval ?? "");
}

/** A value in the one spelling that is compared: `on` and `1` are `true`; `off` is the word of synchronous_commit. */
function spelled(name: string, value: string): string {
  if (name === "synchronous_commit") return value.toLowerCase();
  return yes.test(value) ? "true" : no.test(value) ? "false" : value.toLowerCase();
}

/** Reads the options of a CREATE SUBSCRIPTION. */
export function saidOptions(list: readonly Node[] | undefined): SaidOptions {
  const said = new Map<string, string>(
    (list ?? []).map((item) => [String(item.DefElem?.defname), writtenValue(item.DefElem?.arg)]),
  );
  const bool = (name: string): boolean | undefined => {
    const value = said.get(name);
    return value === undefined ? undefined : !no.test(value);
  };
  const slot = said.get("slot_name");
  const making = ["slot_name", "enabled", "connect", "create_slot", "copy_data"];
  const known = lastingOptions.map(({ name }) => name);
  const lasting = [...said].filter(([name]) => known.includes(name)).map(([name, value]) => [name, spelled(name, value)]);
  return {
    lasting: Object.fromEntries(lasting),
    slot: slot === undefined ? undefined : slot.toLowerCase() === "none" ? null : slot,
    enabled: bool("enabled"),
    connect: bool("connect"),
    createSlot: bool("create_slot"),
    copyData: bool("copy_data"),
    unknown: [...said.keys()].filter((name) => !known.includes(name) && !making.includes(name)),
  };
}

/** All lasting options of a major, those that are not said as CREATE makes them. What the major lacks is left out where it says the usual. */
export function settledOptions(said: SubscriptionOptions, major: number): SubscriptionOptions {
  const pairs = lastingOptions.flatMap(({ name, from, usual }): [string, string][] => {
    const value = said[name];
    if (from > major) return value === undefined || value === usual(major) ? [] : [[name, value]];
    return [[name, value ?? usual(major)]];
  });
  return Object.fromEntries(pairs);
}

/** Those that differ from what CREATE makes of them unsaid on a major. */
export function unusualOptions(options: SubscriptionOptions, major: number): SubscriptionOptions {
  const usual = settledOptions({}, major);
  return Object.fromEntries(Object.entries(options).filter(([name, value]) => usual[name] !== value));
}

/** `streaming = parallel` for each. */
export function optionItems(options: SubscriptionOptions): string[] {
  return Object.entries(options).map(([name, value]) => `${name} = ${/^[a-z_]+$/.test(value) ? value : quoteLiteral(value)}`);
}

/** A slot's name as WITH takes it; NONE for none. */
export function slotValue(slot: string | null, none = "NONE"): string {
  if (slot === null) return none;
  return quoteIdentifier(slot) === slot && slot !== "none" ? slot : quoteLiteral(slot);
}

/** The lowest major that has all that is said; null when all have. */
export function optionsMajor(options: SubscriptionOptions): { readonly major: number; readonly what: string } | null {
  const newest = lastingOptions
    .filter(({ name, from, usual }) => options[name] !== undefined && from > 14 && options[name] !== usual(from))
    .sort((a, b) => b.from - a.from)[0];
  if (options["streaming"] === "parallel" && (newest?.from ?? 0) < 16) return { major: 16, what: "streaming = parallel" };
  return newest ? { major: newest.from, what: `the option ${newest.name} of a subscription` } : null;
}

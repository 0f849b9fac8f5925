import type { PlanContext } from "../../model/kind.ts";
import type { ObjectId } from "../../model/object-id.ts";
import { scanTokens } from "../../sql/parser.ts";
import { boundLists } from "./bound-condition.ts";
import type { Table } from "./table-spec.ts";

/** Which bounds of partitions stand in each other's way: the one that leaves goes before the one that comes. */

/** Partitions beside this one that the plan takes away, whose rows would belong to it. */
export function partitionsInTheWay(desired: Table, context: PlanContext): ObjectId[] {
  if (desired.parent === null || context.isNew(desired.parent)) return [];
  const bound = desired.spec.partitionOf?.bound?.sql ?? null;
  const beside = context.children("live", desired.parent, "table") as readonly Table[];
  return beside.flatMap((fact) => {
    const leaves = context.isDropped(fact.id) || context.desired(fact.id)?.parent !== fact.parent;
    const isOther = fact.id !== desired.id && fact.spec.partitionOf !== null;
    return isOther && leaves && overlap(fact.spec.partitionOf?.bound?.sql ?? null, bound) ? [fact.id] : [];
  });
}

/** Whether two bounds, null for DEFAULT, have a row in common; what cannot be compared here does where both say the same of an end. */
function overlap(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return a === b;
  const [first, second] = [boundLists(a), boundLists(b)];
  if (/^\s*in\b/i.test(a))
    return (first[0] ?? []).some((item) => (second[0] ?? []).some((other) => unquoted(other) === unquoted(item)));
  if (/^\s*with\b/i.test(a)) return hashOverlap(numbersOf(a), numbersOf(b));
  const [low, high, otherLow, otherHigh] = [first[0], first[1], second[0], second[1]];
  if (!low || !high || !otherLow || !otherHigh) return true;
  const [begins, ends] = [compare(low, otherHigh), compare(otherLow, high)];
  if (begins === null || ends === null) return `${low}` === `${otherLow}` || `${high}` === `${otherHigh}`;
  return begins < 0 && ends < 0;
}

/** Remainders meet where they are the same by the greatest common divisor of the moduli. */
function hashOverlap([modulus = 1, remainder = 0]: readonly number[], [other = 1, rest = 0]: readonly number[]): boolean {
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
  return (remainder - rest) % gcd(modulus, other) === 0;
}

const numbersOf = (bound: string): number[] =>
  scanTokens(bound).flatMap(({ text }) => (/^\d+$/.test(text) ? [Number(text)] : []));

/** The order of two ends of ranges, by column; null where these texts do not tell. */
function compare(a: readonly string[], b: readonly string[]): number | null {
  for (const [index, text] of a.entries()) {
    const order = compareValues(text, b[index] ?? "");
    if (order !== 0) return order;
  }
  return 0;
}

function compareValues(a: string, b: string): number | null {
  if (a === b) return 0;
  const end = (text: string): number => (/^minvalue$/i.test(text) ? -1 : /^maxvalue$/i.test(text) ? 1 : 0);
  if (end(a) !== 0 || end(b) !== 0) return end(a) - end(b);
  const [plain, other] = [unquoted(a), unquoted(b)];
  if (isNumber(plain) && isNumber(other)) return Number(plain) - Number(other);
  const isDate = (text: string): boolean => /^\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?$/.test(text);
  return isDate(plain) && isDate(other) ? (plain < other ? -1 : 1) : null;
}

const isNumber = (text: string): boolean => /^-?\d+(\.\d+)?$/.test(text);
const unquoted = (text: string): string => text.replace(/^'(.*)'$/, "$1");

import { kindNamed } from "../kinds/registry.ts";
import type { Fact } from "../model/database.ts";
import type { LockMode, Phase } from "../model/step.ts";
import type { PlannedDraft } from "./drafts.ts";
import type { Unit } from "./order.ts";

/** Relations that one transaction makes or locks at most: a stock server has room for some 1,500 locks (max_locks_per_transaction). */
const relationsPerTransaction = 200;

const strong: ReadonlySet<LockMode> = new Set(["ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"]);

/** A transaction, or a statement that runs outside of one. */
export interface Group {
  readonly phase: Phase;
  readonly transactional: boolean;
  readonly drafts: readonly PlannedDraft[];
}

interface Open {
  phase: Phase;
  drafts: PlannedDraft[];
  locked: Set<string>;
  relations: number;
  closed: boolean;
}

/**
 * Gathers units into transactions: many new objects in one, at most one existing table locked strongly,
 * a scan or rewrite by itself, statements that cannot run in a transaction alone (postgres manual, 13.3; measured).
 * `rootOf` gives the table of a lock's relation.
 */
export function groupUnits(units: readonly Unit[], rootOf: (relation: string) => string): Group[] {
  const groups: Group[] = [];
  let open: Open | null = null;
  const flush = (): void => {
    if (open && open.drafts.length > 0) groups.push({ phase: open.phase, transactional: true, drafts: open.drafts });
    open = null;
  };
  for (const unit of units) {
    const locked = strongLocks(unit, rootOf);
    const relations = unit.drafts.reduce((sum, planned) => sum + weight(planned), 0);
    if (unit.drafts.some((planned) => !planned.draft.transactional)) {
      flush();
      for (const planned of unit.drafts)
        groups.push({ phase: unit.phase, transactional: planned.draft.transactional, drafts: [planned] });
      continue;
    }
    const alone = unit.drafts.some((planned) => planned.draft.alone);
    const current: Open | null = open;
    if (current === null || alone || !fits(current, unit, locked, relations)) {
      flush();
      open = { phase: unit.phase, drafts: [...unit.drafts], locked, relations, closed: alone };
    } else {
      (current as Open).drafts.push(...unit.drafts);
      for (const name of locked) (current as Open).locked.add(name);
      (current as Open).relations += relations;
    }
  }
  flush();
  return groups;
}

function fits(open: Open, unit: Unit, locked: ReadonlySet<string>, relations: number): boolean {
  if (open.closed || open.phase !== unit.phase || open.relations + relations > relationsPerTransaction) return false;
  return new Set([...open.locked, ...locked]).size <= 1;
}

function strongLocks(unit: Unit, rootOf: (relation: string) => string): Set<string> {
  const found = new Set<string>();
  for (const planned of unit.drafts)
    for (const lock of planned.draft.locks) if (strong.has(lock.mode)) found.add(rootOf(lock.relation));
  return found;
}

function weight(planned: PlannedDraft): number {
  return planned.draft.locks.length + (planned.draft.action === "create" ? 1 : 0);
}

/** Finds the table behind the relation of a lock: an index counts for its table, a partition for its root. */
export function rootFinder(facts: ReadonlyMap<string, Fact>): (relation: string) => string {
  const byName = new Map<string, Fact>();
  for (const fact of facts.values()) {
    for (const name of kindNamed(fact.kind).answersTo(fact))
      if (name.startsWith("relation ")) byName.set(name.slice("relation ".length), fact);
    for (const name of kindNamed(fact.kind).indexName?.(fact) ?? []) byName.set(name, fact);
  }
  return (relation) => {
    let fact = byName.get(relation);
    while (fact?.parent) {
      const parent = facts.get(fact.parent);
      if (!parent) break;
      fact = parent;
    }
    return fact?.object ?? relation;
  };
}

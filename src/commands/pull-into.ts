import { resolve } from "node:path";
import type { Session } from "../catalog/connect.ts";
import { readState } from "../catalog/state.ts";
import { subjectOf } from "../model/change.ts";
import type { DesiredDatabase, Fact, LiveDatabase } from "../model/database.ts";
import { fileStatements } from "../plan/creation-script.ts";
import { type AdoptedChange, adoptFacts } from "../yaml/adopt-facts.ts";
import { disk, recording, withChanges } from "../yaml/file-reader.ts";
import { loadDesired } from "../yaml/load-desired.ts";
import { shown } from "../yaml/project-files.ts";
import { type Differences, differencesOf } from "./differences.ts";
import { nextFacts } from "./next-facts.ts";
import { selectObjects } from "./select-objects.ts";

/** An existing tree and the database that it shall follow. */
export interface PullInto {
  readonly session: Session;
  readonly live: LiveDatabase;
  /** schema.yaml, relative to `cwd`. */
  readonly file: string;
  readonly cwd: string;
  readonly only: readonly string[];
  readonly signal?: AbortSignal;
}

/** What a pull into a tree comes to; nothing is written yet. */
export interface PulledInto {
  /** Texts by absolute path; null for a file that goes. */
  readonly files: ReadonlyMap<string, string | null>;
  readonly changes: readonly AdoptedChange[];
  /** All files of the tree after it, as they are shown. */
  readonly tree: readonly string[];
  /** What files and database still do not agree on, or nobody could tell. */
  readonly left: readonly string[];
}

/** Rounds after which what is left is reported: the first settles nearly all, what it makes comparable the second. */
const rounds = 3;

/** Computes the changes that make the files of a tree say what the database says. Reads only. Throws problems of the files. */
export async function pullInto(input: PullInto): Promise<PulledInto> {
  const { live, cwd, file, session } = input;
  const files = new Map<string, string | null>();
  const told = new Map<string, AdoptedChange>();
  let tree: readonly string[] = [];
  let left: readonly string[] = [];
  for (let round = 0; round < rounds; round++) {
    const texts = new Map<string, string>();
    const reader = recording(texts, withChanges(files, disk));
    const external = live.extensionNames.size === 0 ? {} : { external: live.extensionNames };
    const desired = await loadDesired({ file, cwd, reader, ...external });
    const state = await readState(session, desired.config.project);
    const found = await differencesOf({ desired, live, state }, input);
    const selected = selection(input, found, desired);
    const byName = new Map([...texts].map(([path, text]) => [shown(path, cwd), text]));
    tree = [...byName.keys()].sort();
    const next = nextFacts({ desired, live: found.renamed, inScope: found.live, changes: found.changes, selected });
    const adopted = adoptFacts({ files: byName, desired, next, statementOf: fileStatements(() => next, live.major) });
    left = leftOf(found, selected);
    if (adopted.files.size === 0) break;
    for (const [name, text] of adopted.files) files.set(resolve(cwd, name), text);
    for (const change of adopted.changes)
      told.set(`${change.file} ${change.what}`, told.get(`${change.file} ${change.what}`) ?? change);
  }
  return { files, changes: [...told.values()], tree, left };
}

function selection({ only, live }: PullInto, found: Differences, desired: DesiredDatabase): (fact: Fact) => boolean {
  if (only.length === 0) return () => true;
  const both: LiveDatabase = { ...live, facts: new Map([...desired.facts, ...found.renamed.facts]) };
  return selectObjects(both, only).named;
}

function leftOf(found: Differences, selected: (fact: Fact) => boolean): readonly string[] {
  const changes = found.changes.map(subjectOf).filter(selected);
  const undecided = found.undecided.filter(({ fact }) => selected(fact));
  const name = ({ kind, object }: Fact): string => `${kind.replaceAll("_", " ")} ${object}`;
  return [
    ...changes.map((fact) => `${name(fact)} still differs from the database`),
    ...undecided.map(({ fact, why }) => `${name(fact)}: nobody could tell whether it differs: ${why}`),
  ];
}

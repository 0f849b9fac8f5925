import type { KindModule, YamlSlot } from "../model/kind.ts";

/** A kind with a place in the files. */
export interface SlotModule {
  readonly module: KindModule;
  readonly slot: YamlSlot;
}

type FileSort = "schema" | "policies";

/** A kind's places in the files: its own, and that of entries which lie in another one of its kind (partitions). */
export function slotsOf(module: KindModule): readonly YamlSlot[] {
  return [module.yaml, module.nestedYaml].filter((slot): slot is YamlSlot => slot !== null && slot !== undefined);
}

/** Whether a slot lies in one of the parents; `*` is anything that is not itself said of something else. */
export function liesIn(slot: YamlSlot, parents: readonly string[], kinds: readonly KindModule[]): boolean {
  if (parents.some((parent) => slot.parents.includes(parent))) return true;
  return slot.parents.includes("*") && !parents.includes("root") && !parents.every((parent) => isSatellite(kinds, parent));
}

/** The slots of a parent ("root", or a kind), in the order of the kinds, that the given sort of file may say. */
export function slotsIn(kinds: readonly KindModule[], parents: readonly string[], files: FileSort): readonly SlotModule[] {
  const known = answers.get(kinds) ?? new Map<string, readonly SlotModule[]>();
  answers.set(kinds, known);
  const question = `${files} ${parents.join(" ")}`;
  const before = known.get(question);
  if (before) return before;
  const found = kinds.flatMap((module) =>
    slotsOf(module)
      .filter((slot) => slot.files.includes(files) && liesIn(slot, parents, kinds))
      .map((slot) => ({ module, slot })),
  );
  known.set(question, found);
  return found;
}

/** Asked for every entry of the files, with few different questions. */
const answers = new WeakMap<readonly KindModule[], Map<string, readonly SlotModule[]>>();

/** Comments, owners, grants: they lie in anything, but have no long form for anything to lie in. */
function isSatellite(kinds: readonly KindModule[], kind: string): boolean {
  const slot = kinds.find((module) => module.kind === kind)?.yaml;
  if (!slot) return false;
  const { shape } = slot;
  return (
    (slot.style === "value" && slot.shape.scalar) ||
    (Object.keys(shape.properties).length === 0 && (shape.scalar || shape.list !== undefined))
  );
}

/** The slots that are one map in the files: of the same key in the same parents. */
export function sharing(kinds: readonly KindModule[], slot: YamlSlot): readonly SlotModule[] {
  const parents = slot.parents.join();
  return kinds.flatMap((module) =>
    slotsOf(module)
      .filter((other) => other.key === slot.key && other.parents.join() === parents)
      .map((other) => ({ module, slot: other })),
  );
}

/** Whether the definition of an entry may stand in a `.sql` file instead: the entry then says only what CREATE cannot. */
export function definedElsewhere({ module, slot }: SlotModule): boolean {
  return slot === module.yaml && slot.shape.required?.includes("def") === true && Object.keys(module.statements).length > 0;
}

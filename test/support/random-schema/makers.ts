import { objectMakers } from "./object-makers.ts";
import { partMakers } from "./part-makers.ts";
import { rareMakers } from "./rare-makers.ts";
import type { Item, World } from "./schema.ts";
import { tableMakers } from "./table-makers.ts";

/** Makes items of one kind; none when what it needs is not there. */
export interface Maker {
  readonly make: (world: World) => readonly Item[];
  readonly weight?: number;
  /** The lowest major that has it. */
  readonly from?: number;
}

/** Tables are what most of the others need. */
const common = tableMakers.map((maker) => ({ ...maker, weight: 2 * (maker.weight ?? 1) }));

export const makers: readonly Maker[] = [...common, ...objectMakers, ...partMakers, ...rareMakers];

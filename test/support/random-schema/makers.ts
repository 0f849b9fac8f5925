import { objectMakers } from "./object-makers.ts";
import type { Item, World } from "./schema.ts";
import { tableMakers } from "./table-makers.ts";

/** Makes items of one kind; none when what it needs is not there. */
export interface Maker {
  readonly make: (world: World) => readonly Item[];
  readonly weight?: number;
  /** The lowest major that has it. */
  readonly from?: number;
}

export const makers: readonly Maker[] = [...tableMakers, ...objectMakers];

import pg from "pg";

type Parse = (text: string) => unknown;

const asText: Parse = (text) => text;
const builtin = pg.types.getTypeParser as (oid: number, format: "text") => Parse;
const parseTextArray = builtin(1009, "text") as (text: string) => readonly (string | null)[];
const parseBytes = builtin(17, "text");

const scalars: Readonly<Record<number, Parse>> = {
  16: (text) => text === "t",
  17: parseBytes,
  21: Number,
  23: Number,
  26: Number,
  700: Number,
  701: Number,
  114: JSON.parse,
  3802: JSON.parse,
};

/** Array type → how its elements read. `"char"`, name, text, varchar, int8, numeric, dates, uuid, regtypes: text. */
const arrays: ReadonlyMap<number, Parse> = new Map([
  [1000, scalars[16] ?? asText],
  [1005, Number],
  [1007, Number],
  [1028, Number],
  [1021, Number],
  [1022, Number],
  [199, JSON.parse],
  [3807, JSON.parse],
  ...[1002, 1003, 1009, 1014, 1015, 1016, 1231, 1182, 1115, 1185, 2951, 2211, 1263].map((oid): [number, Parse] => [oid, asText]),
]);

/**
 * How values come back: booleans, int2, int4, oid and floats as such, JSON parsed, bytea as Buffer, arrays of these and of text, name and
 * the like as arrays; everything else (int8, numeric, dates, timestamps, intervals, composites) as PostgreSQL wrote it, so nothing is rounded.
 */
export const typeParsers = {
  getTypeParser(oid: number, format?: string): Parse {
    if (format === "binary") throw new Error(`Values of type ${oid} came in binary format, which was not asked for.`);
    const element = arrays.get(oid);
    if (element === undefined) return scalars[oid] ?? asText;
    return (text) => parseTextArray(text).map((each) => (each === null ? null : element(each)));
  },
};

import type { SourceRef } from "../model/database.ts";

/** Turns offsets in a file's text into lines and columns (from 1, columns in UTF-16 units). */
export function sourcePlaces(file: string, text: string): (offset: number) => SourceRef {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { file, line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

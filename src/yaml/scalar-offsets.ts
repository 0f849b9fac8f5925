/** How a scalar is written in the source. */
export type ScalarStyle = "plain" | "single" | "double" | "block";

const blank = /[ \t\r\n]/;

/** Length in the source of the escape that starts at `at` in a double-quoted scalar (YAML 1.2, 5.7). */
function escapeLength(source: string, at: number): number {
  const lengths: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 };
  return lengths[source[at + 1] ?? ""] ?? 2;
}

/** Position after blanks and, in double quotes, after escaped line ends: neither leaves a mark of its own in the text. */
function skipBlanks(source: string, from: number, style: ScalarStyle): number {
  let at = from;
  for (;;) {
    if (blank.test(source[at] ?? "")) at++;
    else if (style === "double" && source[at] === "\\" && /[\r\n]/.test(source[at + 1] ?? "")) at += 2;
    else return at;
  }
}

function startOf(source: string, start: number, style: ScalarStyle): number {
  if (style === "block") {
    const end = source.indexOf("\n", start);
    return end < 0 ? source.length : end + 1;
  }
  return style === "plain" ? start : start + 1;
}

/**
 * Maps offsets in a scalar's text to offsets in the source, for every style of YAML. Folding and indentation only move
 * blanks, so the other characters stand in the same order in both; the two are walked side by side.
 * In: the source, where the node starts in it, the decoded text. Out: source offset by text offset, one more than the text has.
 */
export function scalarOffsets(source: string, start: number, text: string, style: ScalarStyle): number[] {
  const offsets: number[] = [];
  let at = startOf(source, start, style);
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? "";
    if (!blank.test(character)) at = skipBlanks(source, at, style);
    offsets.push(at);
    if (style === "double" && source[at] === "\\") {
      const length = escapeLength(source, at);
      // A character beyond the basic plane is one escape and two units of text.
      if (length === 10 && text.codePointAt(index) !== text.charCodeAt(index)) {
        offsets.push(at);
        index++;
      }
      at += length;
    } else if (style === "single" && character === "'") at += 2;
    else if (!blank.test(character) || source[at] === character) at++;
    else if (character === "\n" && source.startsWith("\r\n", at)) at += 2;
  }
  offsets.push(at);
  return offsets;
}

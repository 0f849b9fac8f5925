import { didYouMean } from "../../base/nearest-name.ts";
import type { ReadContext, YamlScalar } from "../../model/kind.ts";

/** Words of a definition that the grammar takes as they come, though PostgreSQL knows only some. */
export interface KnownWords {
  /** What they are: `option of a publication`. */
  readonly what: string;
  readonly known: readonly string[];
}

/** Reports words that are none of the known ones, each at its place in the text, with what was probably meant. True when all are known. */
export function areKnown(
  words: readonly string[],
  { what, known }: KnownWords,
  scalar: YamlScalar,
  context: ReadContext,
): boolean {
  const wrong = words.filter((word) => !known.includes(word));
  for (const word of wrong) {
    const place = scalar.text.toLowerCase().indexOf(word.toLowerCase());
    const at = place < 0 ? scalar.at : scalar.atOffset(place);
    context.problem(at, "wrong-word", `"${word}" is no ${what}`, didYouMean(word, known) ?? `write ${listed(known)}`);
  }
  return wrong.length === 0;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

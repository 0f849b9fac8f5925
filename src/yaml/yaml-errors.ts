import type { YAMLError } from "yaml";
import type { SourceRef } from "../model/database.ts";
import type { ProblemLog } from "./problem-log.ts";

interface Explained {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  /** Where the cause is, when that is not where the parser noticed. */
  readonly offset?: number;
}

const oneDocument = "one document per file: remove the `---` or split the file";
const quoteIt = "quote the whole value, or write it as a block after `|`";

/**
 * Reports what the YAML parser refused, in a user's words. One problem per line: what follows on a line is mostly the echo
 * of the first, and after "nested too deeply" everything is.
 */
export function reportYamlErrors(
  errors: readonly YAMLError[],
  text: string,
  placeOf: (offset: number) => SourceRef,
  log: ProblemLog,
): void {
  const tooDeep = errors.find((error) => error.code === "RESOURCE_EXHAUSTION");
  const lines = new Set<number>();
  for (const error of tooDeep ? [tooDeep] : errors) {
    const explained = explain(error, text);
    const at = placeOf(explained.offset ?? error.pos[0]);
    if (lines.has(at.line) || lines.size >= 20) continue;
    lines.add(at.line);
    log.error(at, explained.code, explained.message, explained.hint);
  }
}

/** A quoted scalar with SQL behind it: `'{}'::jsonb`. */
function afterQuoted(error: YAMLError, text: string): boolean {
  const line = text.slice(text.lastIndexOf("\n", error.pos[0] - 1) + 1, error.pos[0]);
  return error.code === "UNEXPECTED_TOKEN" && /(["'])[ \t]*$/.test(line);
}

function explain(error: YAMLError, text: string): Explained {
  if (afterQuoted(error, text)) {
    return { code: "yaml-syntax", message: "the value goes on after its closing quote", hint: `${quoteIt}: "'{}'::jsonb"` };
  }
  switch (error.code) {
    case "TAB_AS_INDENT":
      return { code: "yaml-tab", message: "a tab is used for indentation", hint: "indent with spaces", ...tabAt(error, text) };
    case "MULTIPLE_DOCS":
      return { code: "yaml-documents", message: "a second document starts here", hint: oneDocument };
    case "RESOURCE_EXHAUSTION":
      return { code: "yaml-depth", message: "nested too deeply", hint: "close the brackets; nothing here nests that deeply" };
    case "BAD_SCALAR_START":
      return { code: "yaml-syntax", message: `a plain value cannot start with \`${text[error.pos[0]] ?? ""}\``, hint: quoteIt };
    case "BLOCK_AS_IMPLICIT_KEY":
      return { code: "yaml-syntax", message: "a plain value cannot contain `: `", hint: quoteIt };
    case "MULTILINE_IMPLICIT_KEY":
      return {
        code: "yaml-syntax",
        message: "a key must stand on one line",
        hint: "is a colon missing, or the indentation wrong?",
      };
    case "TAG_RESOLVE_FAILED":
      return { code: "yaml-syntax", message: "`!` starts a tag, and tags are not used here", hint: quoteIt };
    case "NON_STRING_KEY":
      return {
        code: "yaml-syntax",
        message: "a key must be text",
        hint: "`{` and `[` start maps and lists: quote the key or value that starts with one",
      };
    case "MISSING_CHAR":
      return {
        code: "yaml-syntax",
        message: lowerFirst(error.message),
        hint: "a quote, a colon or a bracket is missing at or before this place",
      };
    case "BAD_INDENT":
      return {
        code: "yaml-indent",
        message: lowerFirst(error.message),
        hint: "entries of one map start in the same column",
        offset: afterSpaces(error.pos[0], text),
      };
    default:
      return { code: "yaml-syntax", message: lowerFirst(error.message), hint: quoteIt };
  }
}

/** The parser means the whole line; what stands wrong is its first character. */
function afterSpaces(offset: number, text: string): number {
  return offset + (/^ */.exec(text.slice(offset))?.[0].length ?? 0);
}

function tabAt(error: YAMLError, text: string): { offset?: number } {
  const at = text.indexOf("\t", error.pos[0]);
  return at >= 0 && at <= error.pos[1] ? { offset: at } : {};
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

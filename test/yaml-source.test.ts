import { describe, expect, it } from "vitest";
import type { YamlScalar, YamlValue } from "../src/model/kind.ts";
import { createProblemLog } from "../src/yaml/problem-log.ts";
import { parseSource } from "../src/yaml/source.ts";

function parse(text: string): { root: YamlValue | null; problems: string[] } {
  const log = createProblemLog();
  const { root } = parseSource("f.yaml", text, log);
  return { root, problems: log.sorted().map((problem) => `${problem.line}:${problem.column} ${problem.code}`) };
}

function scalarAt(text: string, ...path: string[]): YamlScalar {
  let value: YamlValue | undefined | null = parse(text).root;
  for (const key of path) value = value?.type === "map" ? value.entries.find((entry) => entry.key === key)?.value : undefined;
  if (value?.type !== "scalar") throw new Error(`no scalar at ${path.join(".")}`);
  return value;
}

/** Line and column of every place where the text of the scalar says `word`. */
function placesOf(scalar: YamlScalar, word: string): string[] {
  return [...scalar.text.matchAll(new RegExp(word, "g"))].map((match) => {
    const at = scalar.atOffset(match.index);
    return `${at.line}:${at.column}`;
  });
}

describe("places in scalars", () => {
  it.each([
    ["plain", "a: one two", "two", ["1:8"]],
    ["plain over lines", "a:\n  one\n  two three", "three", ["3:7"]],
    ["single quotes", "a: 'it''s two'", "two", ["1:11"]],
    ["double quotes", 'a: "x\\n\\t\\u00e4 two"', "two", ["1:17"]],
    ["double quotes with a surrogate pair", 'a: "\\U0001F600 two"', "two", ["1:16"]],
    ["double quotes over lines", 'a: "one\n  two \\\n  three"', "three", ["3:3"]],
    ["literal block", "a: |\n  one\n    two\n\n  three", "two", ["3:5"]],
    ["literal block with a header comment", "a: |- # why\n  one\n  two", "two", ["3:3"]],
    ["folded block", "a: >\n  one\n  two\n\n  three two\n", "two", ["3:3", "5:9"]],
    ["literal block with CRLF", "a: |\r\n  one\r\n  two\r\n", "two", ["3:3"]],
    ["after letters outside ASCII", "a: 'ä😀 two'", "two", ["1:9"]],
    ["flow map", "{ a: one two, b: x }", "two", ["1:10"]],
  ])("%s", (_name, text, word, places) => {
    expect(placesOf(scalarAt(text, "a"), word)).toEqual(places);
  });

  it("keeps the source text of numbers and booleans", () => {
    for (const text of ["012", "1.10", "9223372036854775807", "1e3", "0x1F", "no", "True"]) {
      expect(scalarAt(`a: ${text}`, "a").text).toBe(text);
    }
  });

  it("knows empty values and quoted empty ones apart", () => {
    const { root } = parse("a:\nb: ~\nc: ''\n");
    expect(root?.type === "map" && root.entries.map((entry) => entry.value.type)).toEqual(["null", "null", "scalar"]);
  });

  it("takes a byte order mark and CRLF", () => {
    expect(parse("\ufeffa: 1\r\nb: 2\r\n").problems).toEqual([]);
    expect(scalarAt("\ufeffa: 1", "a").at).toEqual({ file: "f.yaml", line: 1, column: 4 });
  });
});

describe("what YAML would change silently or refuses", () => {
  it.each([
    ["a tab", "a:\n\tb: 1\n", ["2:1 yaml-tab"]],
    ["a tab after spaces", "a:\n  \tb: 1\n", ["2:3 yaml-tab"]],
    ["two documents", "a: 1\n---\nb: 2\n", ["2:1 yaml-documents"]],
    ["an anchor and its alias", "a: &x 1\nb: *x\n", ["1:7 yaml-alias", "2:4 yaml-alias"]],
    ["a merge key", "a: { b: 1 }\nc:\n  <<: x\n", ["3:3 yaml-merge"]],
    ["a duplicate key", "a: 1\nb: 2\na: 3\n", ["3:1 duplicate-key"]],
    ["a no-break space as indentation", "a:\n\u00a0 b: 1\n", ["2:1 yaml-indent"]],
    ["#>> after a plain value", "a: data #>> '{a}' = 'x'\n", ["1:9 yaml-truncated"]],
    ["#- after a quoted value", "a: \"data\" #- '{a}'\n", ["1:11 yaml-truncated"]],
    ["numeric(12,2) in a flow map", "a: { type: numeric(12,2), b: 1 }\n", ["1:12 yaml-split"]],
    ["numeric(12,2) in a flow list", "a: [numeric(12,2)]\n", ["1:5 yaml-split"]],
    ["SQL after a quoted scalar", "a: '{}'::jsonb\n", ["1:8 yaml-syntax"]],
    ["a tag", "a: !deleted\n", ["1:4 yaml-syntax"]],
    ["a colon in a plain value", "a: note <> x: y\n", ["1:4 yaml-syntax"]],
    ["a reserved first character", "a: @x\nb: `y\n", ["1:4 yaml-syntax", "2:4 yaml-syntax"]],
    ["a template", "a: {{x}}\n", ["1:5 yaml-syntax"]],
    ["wrong indentation", "a:\n  b: 1\n c: 2\n", ["3:2 yaml-indent"]],
    ["an open quote", 'a: "x\n', ["2:1 yaml-syntax"]],
    ["brackets without end", `a: ${"[".repeat(20000)}`, ["1:824 yaml-depth"]],
    ["deep nesting that ends", `a: ${"[".repeat(70)}${"]".repeat(70)}`, ["1:64 yaml-depth"]],
  ])("%s", (_name, text, problems) => {
    const found = parse(text).problems;
    const withoutColumn = (list: string[]): string[] => list.map((problem) => problem.replace(/^(\d+):\d{3,}/, "$1:…"));
    expect(withoutColumn(found)).toEqual(withoutColumn(problems));
  });

  it.each([
    ["a comment after a value", "a: 1 # one\nb: 2 #two\n"],
    ["a ruler of dashes", "a: 1 #-----\n#-----\nb: 2\n"],
    ["a commented-out entry", "a:\n  - 1\n  #- 2\n"],
    ["parentheses that match", "a: { b: count(*), c: '(' }\n"],
    ["a quoted merge key", "a: { '<<': 1 }\n"],
  ])("leaves %s alone", (_name, text) => {
    expect(parse(text).problems).toEqual([]);
  });

  it("shows the line and says what to do", () => {
    const log = createProblemLog();
    parseSource("f.yaml", "x: 1\ncheck: data #>> '{a}' = 'x'\n", log);
    expect(log.sorted()).toEqual([
      {
        code: "yaml-truncated",
        severity: "error",
        message: "` #>>` starts a comment here: the value ends before it",
        hint: "quote it: the whole value in quotes, or as a block after `|`",
        file: "f.yaml",
        line: 2,
        column: 13,
        excerpt: "check: data #>> '{a}' = 'x'",
      },
    ]);
  });
});

/**
 * The rules of src/README.md that a compiler does not check: who may import whom, that phases name no kind, and where the outside
 * world comes in. Each test fails when it found nothing to look at.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { kinds } from "../src/kinds/registry.ts";

const SRC = fileURLToPath(new URL("../src", import.meta.url));

interface SourceFile {
  /** Relative to src/, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

const files: readonly SourceFile[] = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => name.replaceAll("\\", "/"))
  .sort()
  .map((path) => {
    const text = readFileSync(join(SRC, path), "utf8");
    return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true) };
  });

/** What a part may import besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  model: ["base"],
  sql: ["base"],
  "kinds/shared": ["model", "sql", "base"],
  kinds: ["model", "sql", "base", "kinds/shared"],
  "kinds/registry": ["kinds", "kinds/shared", "model"],
  yaml: ["model", "sql", "base", "kinds/registry"],
  catalog: ["model", "sql", "base", "kinds/registry"],
  diff: ["model", "sql", "base", "kinds/registry"],
  // Planning composes: renames first, then the comparison, then the order.
  plan: ["model", "sql", "base", "kinds/registry", "diff"],
  scratch: ["catalog", "model", "sql", "base"],
  apply: ["model", "sql", "base", "catalog"],
  report: ["model", "base"],
  commands: ["apply", "base", "catalog", "diff", "kinds/registry", "model", "plan", "report", "scratch", "sql", "yaml"],
  index: ["apply", "base", "catalog", "commands", "diff", "kinds/registry", "model", "plan", "report", "scratch", "sql", "yaml"],
  cli: ["commands", "model", "catalog"],
};

/** The part that a file belongs to. */
function partOf(path: string): string {
  if (path === "kinds/registry.ts" || path.startsWith("kinds/shared/"))
    return path.split("/").slice(0, 2).join("/").replace(/\.ts$/, "");
  return (path.split("/")[0] ?? "").replace(/\.ts$/, "");
}

/** One kind: its file, or its folder. */
function kindFileOf(path: string): string {
  return (path.split("/")[1] ?? "").replace(/\.ts$/, "");
}

/** Specifiers of all imports and re-exports of a file, `import()` and types included. */
function importsOf(file: SourceFile): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const at =
      ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
        ? node.moduleSpecifier
        : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
          ? node.arguments[0]
          : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
            ? node.argument.literal
            : undefined;
    if (at !== undefined && ts.isStringLiteral(at)) found.push(at.text);
    ts.forEachChild(node, visit);
  };
  visit(file.tree);
  return found;
}

interface Import {
  readonly from: string;
  readonly to: string;
}

const internal: readonly Import[] = files.flatMap((file) =>
  importsOf(file)
    .filter((name) => name.startsWith("."))
    .map((name) => ({ from: file.path, to: posix.join(posix.dirname(file.path), name) })),
);
const external: readonly Import[] = files.flatMap((file) =>
  importsOf(file)
    .filter((name) => !name.startsWith("."))
    .map((name) => ({ from: file.path, to: name })),
);

function isAllowed({ from, to }: Import): boolean {
  const [source, target] = [partOf(from), partOf(to)];
  if (source === "kinds" && target === "kinds") return kindFileOf(from) === kindFileOf(to);
  return source === target || (MAY_IMPORT[source] ?? []).includes(target);
}

const shown = ({ from, to }: Import): string => `${from} imports ${to}`;

describe("imports", () => {
  test("the scanner sees the whole program", () => {
    expect(files.length).toBeGreaterThan(100);
    expect(internal.length).toBeGreaterThan(500);
    const paths = new Set(files.map(({ path }) => path));
    expect(internal.filter(({ to }) => !paths.has(to))).toEqual([]);
    expect(new Set(files.map(({ path }) => partOf(path)))).toEqual(new Set(Object.keys(MAY_IMPORT)));
  });

  test("the table refuses what it should", () => {
    for (const [from, to] of [
      ["kinds/index.ts", "kinds/table/table.ts"],
      ["kinds/index.ts", "kinds/registry.ts"],
      ["kinds/shared/draft.ts", "kinds/index.ts"],
      ["diff/diff.ts", "kinds/index.ts"],
      ["yaml/source.ts", "plan/order.ts"],
      ["report/plan-text.ts", "catalog/connect.ts"],
      ["base/identifier.ts", "model/step.ts"],
    ] as const) {
      expect(isAllowed({ from, to })).toBe(false);
    }
  });

  test("follow the table", () => {
    expect(internal.filter((each) => !isAllowed(each)).map(shown)).toEqual([]);
  });

  test("the parser comes in at one place", () => {
    const parsers = external.filter(({ to }) => /libpg[-_]query|pg-query/.test(to));
    expect(parsers).toEqual([{ from: "sql/parser.ts", to: "libpg-query" }]);
  });

  test("only what reads servers, files or the network does input and output", () => {
    const pure = ["base", "model", "sql", "kinds", "kinds/shared", "kinds/registry", "diff", "report"];
    const allowed = new Set(["libpg-query", "node:crypto"]);
    const wrong = external.filter(({ from, to }) => pure.includes(partOf(from)) && !allowed.has(to));
    expect(wrong.map(shown)).toEqual([]);
    // Planning reads and writes plan files, and nothing else.
    const planning = external.filter(({ from, to }) => partOf(from) === "plan" && !allowed.has(to));
    expect(planning.map(shown)).toEqual(["plan/plan-file.ts imports node:fs/promises"]);
    expect(external.filter(({ to }) => to === "pg").length).toBeGreaterThan(0);
    expect(external.filter(({ from, to }) => to === "pg" && partOf(from) !== "catalog").map(shown)).toEqual([]);
  });
});

test("only cli.ts reads the environment and ends the process", () => {
  const users = files.filter((file) => mentions(file, ["env", "exit", "argv", "exitCode"])).map(({ path }) => path);
  expect(users).toEqual(["cli.ts"]);
});

/** Whether a file uses `process.<name>`, by any name of the process. */
function mentions(file: SourceFile, names: readonly string[]): boolean {
  let found = importsOf(file).some((name) => /^(node:)?process$/.test(name));
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && node.expression.getText() === "process" && names.includes(node.name.text))
      found = true;
    if (ts.isElementAccessExpression(node) && node.expression.getText() === "process") found = true;
    if (ts.isVariableDeclaration(node) && node.initializer?.getText() === "process") found = true;
    ts.forEachChild(node, visit);
  };
  visit(file.tree);
  return found;
}

describe("phases name no kind", () => {
  const PHASES = ["diff", "plan", "apply", "catalog", "scratch", "report", "commands"];

  /** Texts that are a kind's name and mean something else, or mean the kind for a reason. Each must still be there. */
  const EXCEPTIONS: readonly { readonly file: string; readonly texts: readonly string[]; readonly why: string }[] = [
    {
      file: "apply/privileges.ts",
      texts: ["owner", "grant ", "grant create on schema ", "grant create on database "],
      why: "rights of PostgreSQL, and the SQL that gives them",
    },
    {
      file: "catalog/unmanaged.ts",
      texts: ["table", "materialized_view", "index", "sequence", "user_mapping", "comment", "grant"],
      why: "lists what no kind manages, also attributes of objects that one does",
    },
    { file: "catalog/unmanaged.ts", texts: ["setting", "current_database"], why: "what only the files could say is theirs" },
    {
      file: "catalog/provided.ts",
      texts: ["schema", "extension pg_partman"],
      why: "sorts of things in a report, and what people call whose they are",
    },
    { file: "commands/open-target.ts", texts: ["server"], why: "the name of a setting" },
    { file: "plan/search-path.ts", texts: ["operator "], why: "the space of a name, not the kind" },
    { file: "plan/unknown-roles.ts", texts: ["role "], why: "the beginning of a message" },
    { file: "plan/rebuild.ts", texts: ["column"], why: "how much of a thing changes (rebuiltBy), not its kind" },
    { file: "plan/rename.ts", texts: ["schema", "table"], why: "names of fields that say which object a spec is of" },
    { file: "report/step-text.ts", texts: ["policy", "grant"], why: "actions of a step, not kinds (contract, plan JSON)" },
  ];

  const names = kinds.map(({ kind }) => kind);
  const phases = files.filter(({ path }) => PHASES.includes(partOf(path)));
  const found = phases.flatMap((file) =>
    literalsOf(file)
      .filter(namesKind)
      .map((text) => ({ file: file.path, text })),
  );

  function namesKind(text: string): boolean {
    return names.some((name) => text === name || text.startsWith(`${name} `));
  }

  test("the scanner sees kinds, phases and literals", () => {
    expect(names.length).toBeGreaterThan(15);
    expect(new Set(phases.map(({ path }) => partOf(path)))).toEqual(new Set(PHASES));
    expect(phases.flatMap(literalsOf).length).toBeGreaterThan(1000);
    expect(["table", "table app.orders", "tablespace"].map(namesKind)).toEqual([true, true, false]);
  });

  test("but for the listed exceptions", () => {
    const isExcepted = ({ file, text }: (typeof found)[number]): boolean =>
      EXCEPTIONS.some((exception) => exception.file === file && exception.texts.includes(text));
    expect(found.filter((each) => !isExcepted(each))).toEqual([]);
  });

  test("and no exception is left over", () => {
    const unused = EXCEPTIONS.flatMap(({ file, texts }) => texts.map((text) => ({ file, text }))).filter(
      ({ file, text }) => !found.some((each) => each.file === file && each.text === text),
    );
    expect(unused).toEqual([]);
  });
});

/** Text of strings and of the beginnings of templates, types, import specifiers and property names aside. */
function literalsOf(file: SourceFile): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node)) return;
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateHead(node)) {
      const isKey =
        ts.isElementAccessExpression(node.parent) || (ts.isPropertyAssignment(node.parent) && node.parent.name === node);
      if (!isKey) found.push(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(file.tree);
  return found;
}

describe("files", () => {
  test("have fewer than 400 lines", () => {
    expect(files.filter(({ text }) => text.split("\n").length > 400).map(({ path }) => path)).toEqual([]);
  });

  test("are named after what they hold", () => {
    const vague = /^(utils?|helpers?|types?|common|misc)\.ts$/;
    expect(files.filter(({ path }) => vague.test(basename(path))).map(({ path }) => path)).toEqual([]);
    expect(files.filter(({ path }) => !/^[a-z0-9-]+\.ts$/.test(basename(path))).map(({ path }) => path)).toEqual([]);
  });

  test("functions have fewer than 50 lines", () => {
    expect(files.flatMap(longFunctions)).toEqual([]);
  });
});

function longFunctions(file: SourceFile): string[] {
  const found: string[] = [];
  const lineOf = (position: number): number => file.tree.getLineAndCharacterOfPosition(position).line;
  const visit = (node: ts.Node): void => {
    if (
      ts.isFunctionDeclaration(node) ||
      ts.isMethodDeclaration(node) ||
      ts.isArrowFunction(node) ||
      ts.isFunctionExpression(node)
    ) {
      const lines = lineOf(node.end) - lineOf(node.getStart()) + 1;
      if (lines >= 50) found.push(`${file.path}:${lineOf(node.getStart()) + 1} has ${lines} lines`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file.tree);
  return found;
}

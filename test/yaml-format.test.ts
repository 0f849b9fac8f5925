/** fmt, split and join: other texts, the same meaning. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { normalForm } from "../src/sql/normal-form.ts";
import { loadParser, scanTokens } from "../src/sql/parser.ts";
import { tidySql } from "../src/sql/tidy.ts";
import { formatYaml } from "../src/yaml/format-yaml.ts";
import { projectFolder } from "./support/project-folder.ts";
import { runCommand } from "./support/run-command.ts";

const untidy = `# yaml-language-server: $schema=./v1.json
# About the shop.

schema: app   # where it is
version: 1


# about tables
tables:
      # an entry
      a: # behind a
        columns:
          id: {def: int} # the id
          t: 'text'


          # above z
          z: {   def: "numeric(12,2)", comment: 'it''s' }
          # at the end of columns
        # about a as a whole
        comment: >-
          folded text that is very long and goes on and on and on so that it has to be folded here and
          there
      # above b
      b: { columns: { x: int, y: 'q', longer: bigint not null default 12345678, more: text not null default 'abcdefghijklmnop' } } # behind b
      c:
        columns: {x: int}
        comment: "null"
        grants: {
           a: [select,   insert], # why
           b: all }
enums: { s: [a, b, "1.10", 1.10, 'yes: no'] }
functions: {}

# the end
`;

describe("fmt", () => {
  test("puts keys, quotes, blanks and short forms in order and every comment where it was", () => {
    expect(formatYaml(untidy)).toBe(`# yaml-language-server: $schema=./v1.json
# About the shop.

version: 1
schema: app # where it is
enums: { s: [a, b, "1.10", 1.10, "yes: no"] }

# about tables
tables:
  # an entry
  a: # behind a
    # about a as a whole
    comment: >-
      folded text that is very long and goes on and on and on so that it has to be folded here and
      there
    columns:
      id: int # the id
      t: text

      # above z
      z: { def: "numeric(12,2)", comment: "it's" }
      # at the end of columns
  # above b
  b: # behind b
    columns:
      x: int
      y: q
      longer: bigint not null default 12345678
      more: text not null default 'abcdefghijklmnop'
  c:
    comment: "null"
    columns: { x: int }
    grants: {
       a: [select,   insert], # why
       b: all }
functions: {}

# the end
`);
  });

  test("changes nothing of what it wrote", () => {
    const once = formatYaml(untidy) ?? "";
    expect(formatYaml(once)).toBe(once);
    expect(formatYaml(untidy.replaceAll("\n", "\r\n"))).toBe(once);
  });

  test("--check lists files and writes none; without it they are written", async () => {
    const text = "version: 1\nschema: app\ntables: {t: {columns: {a: {def: int}}}}\n";
    const folder = projectFolder({ "schema.yaml": text, "policies/t.yaml": "policies: {}\ntable: t\n", "x.sql": "" });
    writeFileSync(join(folder, "schema.yaml"), `${text}policies: [policies/*.yaml]\n`);
    const check = await runCommand(["fmt", "--check"], folder);
    expect(check).toMatchObject({ code: 2, stdout: "policies/t.yaml\nschema.yaml\n" });
    expect(readFileSync(join(folder, "policies/t.yaml"), "utf8")).toBe("policies: {}\ntable: t\n");
    expect(await runCommand(["fmt"], folder)).toMatchObject({ code: 0, stdout: "policies/t.yaml\nschema.yaml\n" });
    expect(readFileSync(join(folder, "policies/t.yaml"), "utf8")).toBe("table: t\npolicies: {}\n");
    expect(await runCommand(["fmt", "--check"], folder)).toMatchObject({ code: 0, stdout: "" });
  });

  test("files with problems are not touched", async () => {
    const text = "version: 1\ntables: { t: { columns: { a: nosuch } } }\n";
    const folder = projectFolder({ "schema.yaml": text });
    const { code, stderr } = await runCommand(["fmt"], folder);
    expect(code).toBe(1);
    expect(stderr).toContain("schema.yaml:2:27");
    expect(readFileSync(join(folder, "schema.yaml"), "utf8")).toBe(text);
  });
});

describe("split and join", () => {
  const schema = `# the shop
version: 1
schema: app
enums: { s: [a, b] }

# all tables
tables:
  # first
  orders: # behind
    columns:
      id: bigint   # kept as it is
      body: |
        text
    comment: |
      two

      lines
  # second
  billing.bills: { columns: { id: int, s: app.s } }
`;

  test("every table gets a file with its comments, and comes back", async () => {
    const folder = projectFolder({ "schema.yaml": schema.replace("body: |\n        text\n", "body: text\n") });
    const facts = async (): Promise<string> => (await runCommand(["validate"], folder)).stderr;
    const before = await facts();
    expect(await runCommand(["split"], folder)).toMatchObject({ code: 0 });
    expect(readdirSync(join(folder, "tables")).sort()).toEqual(["app.orders.yaml", "billing.bills.yaml"]);
    expect(
      readFileSync(join(folder, "tables/app.orders.yaml"), "utf8"),
    ).toBe(`# yaml-language-server: $schema=../node_modules/pg-lockstep/schema/v1.json
tables:
  # first
  orders: # behind
    columns:
      id: bigint   # kept as it is
      body: text
    comment: |
      two

      lines
`);
    const main = readFileSync(join(folder, "schema.yaml"), "utf8");
    expect(main).toContain("include: [tables/*.yaml]");
    expect(main).toContain("# all tables");
    expect(main).not.toContain("orders");
    expect(await facts()).toBe(before);
    expect(await runCommand(["split"], folder)).toMatchObject({ code: 0, stdout: "" });

    expect(await runCommand(["join"], folder)).toMatchObject({ code: 0 });
    expect(existsSync(join(folder, "tables"))).toBe(false);
    const joined = readFileSync(join(folder, "schema.yaml"), "utf8");
    for (const comment of ["# the shop", "# all tables", "# first", "# behind", "# kept as it is", "# second"])
      expect(joined).toContain(comment);
    expect(joined).not.toContain("include");
    expect(await facts()).toBe(before);
    expect(await runCommand(["join"], folder)).toMatchObject({ code: 0, stdout: "" });
  });

  test("tables in braces are split too, and files of other keys are joined", async () => {
    const folder = projectFolder({
      "schema.yaml":
        "version: 1\nschema: app\ninclude: [more/*.yaml]\ntables: { a: { columns: { x: s } }, b: { columns: { x: int } } }\n",
      "more/enums.yaml": "# enums of the shop\nenums:\n    s: [a, b]\n",
    });
    expect(await runCommand(["split"], folder)).toMatchObject({ code: 0 });
    expect(existsSync(join(folder, "tables/app.a.yaml"))).toBe(true);
    expect(await runCommand(["join"], folder)).toMatchObject({ code: 0 });
    expect(existsSync(join(folder, "more/enums.yaml"))).toBe(false);
    expect(readFileSync(join(folder, "schema.yaml"), "utf8")).toContain("enums:\n  # enums of the shop\n  s: [a, b]\n");
  });
});

describe("the SQL that PostgreSQL prints", () => {
  test("is indented by how deep it is nested, and no literal changes", async () => {
    await loadParser();
    const query = `SELECT o.id,
        CASE
            WHEN (o.x > 1) THEN 'a
   b'::text
            ELSE ( SELECT max(y.z) AS max
               FROM app.y
              WHERE (y.id = o.id))
        END AS k
   FROM (app.orders o
     LEFT JOIN app.c USING (id))
  WHERE (o.note <> 'two  blanks
      and a line'::text)`;
    const tidy = tidySql("query", query);
    expect(tidy).toBe(`SELECT o.id,
  CASE
    WHEN (o.x > 1) THEN 'a
   b'::text
    ELSE ( SELECT max(y.z) AS max
      FROM app.y
      WHERE (y.id = o.id))
  END AS k
FROM (app.orders o
    LEFT JOIN app.c USING (id))
WHERE (o.note <> 'two  blanks
      and a line'::text)`);
    expect(normalForm("query", tidy)).toBe(normalForm("query", query));
  });

  test("long lines break at their outermost AND, never inside a literal", async () => {
    await loadParser();
    const long = `CHECK (((status = ANY (ARRAY['draft'::text, 'paid'::text])) AND (x BETWEEN 1 AND 10) AND (note <> 'one AND two, three AND four and so on until it is long'::text)))`;
    const tidy = tidySql("constraint", long);
    expect(tidy.split("\n").length).toBe(3);
    expect(scanTokens(tidy).map(({ text }) => text)).toEqual(scanTokens(long).map(({ text }) => text));
  });
});

/** docs/coverage.md names every kind that is managed and every sort of object that is listed as unmanaged, and no other. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { unmanagedSql } from "../src/catalog/unmanaged.ts";
import { kinds } from "../src/kinds/registry.ts";

const page = readFileSync(new URL("../docs/coverage.md", import.meta.url), "utf8");

/** The kinds in the first column of a section's table. */
function firstColumn(section: string): readonly string[] {
  const [, text = ""] = page.split(`## ${section}\n`);
  const rows = (text.split("\n## ")[0] ?? "").split("\n").filter((line) => line.startsWith("| `"));
  return rows.flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name)).sort();
}

test("every kind of the registry is in the table of what is managed", () => {
  expect(firstColumn("Managed")).toEqual(kinds.map(({ kind }) => kind).sort());
});

test("every sort of unmanaged object has its reason", () => {
  const sorts = new Set([...unmanagedSql(18).matchAll(/^select '([^']+)' as kind/gm)].map(([, name = ""]) => name));
  const said = firstColumn("Unmanaged, and why");
  expect([...sorts].filter((sort) => !said.includes(sort))).toEqual([]);
  // What the reading of platforms adds.
  expect(said.filter((sort) => !sorts.has(sort))).toEqual(["hypertable"]);
});

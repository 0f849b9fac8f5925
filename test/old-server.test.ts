import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCommand } from "./support/run-command.ts";
import { createDatabase, majors } from "./support/servers.ts";

/** What a major does not have is said when the plan is made, and only there. */

const files = `version: 1
schema: app
tables:
  t:
    columns:
      id: int primary key
      twice: int generated always as (id * 2) virtual
      a: int
    constraints:
      t_a_key: unique nulls not distinct (a)
    indexes:
      t_a_idx: unique (a) nulls not distinct where id > 0
views:
  v: { def: select id from t, security_invoker: true }
`;

const needed: Readonly<Record<string, number>> = { "app.t.twice": 18, "app.t.t_a_key": 15, "app.t_a_idx": 15, "app.v": 15 };

describe.each(majors)("PostgreSQL %i", (major) => {
  test("refuses what came later, with place and major, and takes what it has", async () => {
    const database = await createDatabase({ major });
    const cwd = mkdtempSync(join(tmpdir(), "lockstep-old-"));
    try {
      writeFileSync(join(cwd, "schema.yaml"), files);
      const { code, stdout } = await runCommand(["plan", "--json", "--url", database.url], cwd);
      const tooNew = Object.keys(needed).filter((object) => (needed[object] ?? 0) > major);
      expect(code).toBe(tooNew.length > 0 ? 1 : 0);
      const { error } = JSON.parse(stdout) as { error?: { code: string; diagnostics: { object: string; line: number }[] } };
      expect((error?.diagnostics ?? []).map(({ object }) => object).sort()).toEqual(tooNew.sort());
      if (error) expect(error.diagnostics.every(({ line }) => line > 0)).toBe(true);

      const plain = "version: 1\nschema: app\ntables:\n  t:\n    columns: { id: int primary key }\n";
      writeFileSync(join(cwd, "schema.yaml"), `postgres: ${Math.min(major + 1, 18)}\n${plain}`);
      const declared = await runCommand(["plan", "--url", database.url], cwd);
      if (major < 18) expect(declared.stderr).toContain(`needs PostgreSQL ${major + 1} or later`);
      expect(declared.code).toBe(major < 18 ? 1 : 0);

      writeFileSync(join(cwd, "schema.yaml"), `postgres: 14\n${files}`);
      const lowest = await runCommand(["plan", "--json", "--url", database.url], cwd);
      const said = JSON.parse(lowest.stdout) as { error?: { diagnostics: { code: string; message: string; line: number }[] } };
      expect(said.error?.diagnostics.map(({ code, line }) => [code, line > 0])).toEqual(
        Object.keys(needed).map(() => ["needs-newer-postgres", true]),
      );
      for (const object of Object.keys(needed))
        expect(said.error?.diagnostics.some(({ message }) => message.includes(` ${object} has `))).toBe(true);
    } finally {
      rmSync(cwd, { recursive: true });
      await database.drop();
    }
  });
});

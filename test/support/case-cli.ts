/** Takes a case through the command line as a person would: apply, a saved plan, apply it, nothing left, no drift, and back. */
import { rmSync } from "node:fs";
import { connect, type Session } from "../../src/catalog/connect.ts";
import type { BuiltCli } from "./built-cli.ts";
import { type Case, textOf, workingCopy } from "./case-folder.ts";
import { lostRows, readRowSums } from "./case-rows.ts";
import { EVERYTHING } from "./case-runner.ts";
import { createDatabase } from "./servers.ts";

interface Walk {
  readonly cli: BuiltCli;
  readonly url: string;
  readonly folder: string;
  readonly problems: string[];
}

/** Out: all that is not as it should be. */
export async function runCaseByCli(cli: BuiltCli, subject: Case, major: number): Promise<string[]> {
  const database = await createDatabase({ major });
  const session = await connect(database.url, { readOnly: false });
  const walk: Walk = { cli, url: database.url, folder: workingCopy(subject), problems: [] };
  try {
    await thereAndBack(walk, subject, session);
    return walk.problems;
  } finally {
    await session.close();
    await database.drop();
    rmSync(walk.folder, { recursive: true, force: true });
  }
}

async function thereAndBack(walk: Walk, subject: Case, session: Session): Promise<void> {
  const accept = subject.options.accept_drop === true ? ["--accept-drop"] : [];
  const all = ["--phase", "all", "--approve", EVERYTHING.join(","), "--yes", ...accept];
  await expectCode(walk, 0, ["apply", "-f", "before.yaml", ...all]);
  await session.batch(textOf(subject, "data.sql") ?? "select 1");
  const before = await readRowSums(session);
  await expectCode(walk, 2, ["plan", "-f", "after.yaml", "--out", "plan.json", "--detailed-exitcode", ...accept]);
  await expectCode(walk, 0, [
    "apply",
    "plan.json",
    "-f",
    "after.yaml",
    "--phase",
    "all",
    "--approve",
    EVERYTHING.join(","),
    "--yes",
  ]);
  const after = await readRowSums(session);
  await expectCode(walk, 0, ["plan", "-f", "after.yaml", "--detailed-exitcode"]);
  await expectCode(walk, 0, ["drift", "-f", "after.yaml"]);
  await expectCode(walk, 0, ["apply", "-f", "before.yaml", ...all]);
  await expectCode(walk, 0, ["plan", "-f", "before.yaml", "--detailed-exitcode"]);
  const back = await readRowSums(session);
  const meant = new Set([...(subject.options.changed_values ?? []), ...(subject.options.lost_rows ?? [])]);
  walk.problems.push(...lostRows(before, after, meant), ...lostRows(after, back, meant));
}

async function expectCode({ cli, url, folder, problems }: Walk, code: number, args: readonly string[]): Promise<void> {
  const run = await cli.run([...args, "--url", url, "--no-color"], { cwd: folder });
  if (run.code !== code)
    problems.push(`lockstep ${args.join(" ")} ended with ${run.code}, not ${code}\n${run.stdout}\n${run.stderr}`);
}

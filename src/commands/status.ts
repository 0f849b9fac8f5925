import { readState, type State } from "../catalog/state.ts";
import { type ProjectStatus, statusJson, statusText } from "../report/status-text.ts";
import { loadDesired } from "../yaml/load-desired.ts";
import type { CommandContext, CommonOptions } from "./command-context.ts";
import { withTarget } from "./open-target.ts";

/** `lockstep status`: what is on record about the project in the target. */
export async function statusCommand(context: CommandContext, options: CommonOptions): Promise<number> {
  const { config } = await loadDesired({ file: options.file, cwd: context.cwd });
  return await withTarget(context, options, { readOnly: true, targets: config.targets }, async ({ session }) => {
    const state = await readState(session, config.project);
    const status = statusOf(config.project, session.database, state);
    const { output } = context;
    output.data(options.json ? statusJson(status) : statusText(status, { colour: output.colourOut }));
    return 0;
  });
}

function statusOf(project: string, database: string, state: State | null): ProjectStatus {
  const run = state?.lastRun ?? null;
  return {
    project,
    database,
    recorded: state !== null,
    applied_at: state?.snapshot?.appliedAt ?? null,
    last_run:
      run === null
        ? null
        : {
            id: run.id,
            phase: run.phase,
            status: run.status,
            role: run.role,
            started_at: run.startedAt,
            finished_at: run.finishedAt,
            steps: run.steps,
            // Earlier runs of the same plan file count here too.
            steps_done: Math.min(run.steps, state?.done.get(run.planHash)?.size ?? 0),
          },
    in_flight: (state?.inFlight ?? []).map(({ kind, object, since }) => ({ kind, object, since })),
  };
}

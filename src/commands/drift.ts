import { diagnosticsText } from "../report/diagnostics-text.ts";
import { driftJson, driftText } from "../report/drift-text.ts";
import { loadDesired } from "../yaml/load-desired.ts";
import type { CommandContext } from "./command-context.ts";
import { driftWith } from "./drifting.ts";
import { withTarget } from "./open-target.ts";
import { formatOf, type PlanOutputOptions, saveText } from "./plan-output.ts";
import { refuseUnmanaged } from "./planning.ts";

/** `lockstep drift`: live against the state last applied. 2 when they differ; what is pending is shown and is no drift. */
export async function driftCommand(context: CommandContext, options: PlanOutputOptions): Promise<number> {
  const format = formatOf(options);
  const files = await loadDesired({ file: options.file, cwd: context.cwd });
  return await withTarget(context, options, { readOnly: true, targets: files.config.targets }, async ({ session }) => {
    const { file } = options;
    const { report, unplanned, unmanaged } = await driftWith(session, {
      file,
      cwd: context.cwd,
      version: context.version,
      signal: context.signal,
    });
    if (options.strict) refuseUnmanaged({ unmanaged });
    const { output } = context;
    if (unplanned !== null) {
      output.warn("What is pending could not be told; `lockstep plan` has a question:");
      output.warn(diagnosticsText(unplanned.diagnostics, { colour: output.colourErr }));
    }
    output.data(
      format === "json" ? driftJson(report) : driftText(report, { colour: output.colourOut, database: session.database, file }),
    );
    if (options.out !== undefined) await saveText(context, options.out, driftJson(report));
    return report.drift.length === 0 ? 0 : 2;
  });
}

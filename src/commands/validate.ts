import { diagnosticsText } from "../report/diagnostics-text.ts";
import { diagnosticDocument } from "../report/plan-json.ts";
import { count } from "../report/quantities.ts";
import { loadDesired } from "../yaml/load-desired.ts";
import type { CommandContext, CommonOptions } from "./command-context.ts";

/** `lockstep validate`: reads the files and reports everything that is wrong with them at once. No database. */
export async function validateCommand(context: CommandContext, options: CommonOptions): Promise<number> {
  const desired = await loadDesired({ file: options.file, cwd: context.cwd });
  const { output } = context;
  if (options.json) {
    const document = { valid: true, objects: desired.facts.size, diagnostics: desired.diagnostics.map(diagnosticDocument) };
    output.data(`${JSON.stringify(document, null, 2)}\n`);
    return 0;
  }
  if (desired.diagnostics.length > 0) output.warn(diagnosticsText(desired.diagnostics, { colour: output.colourErr }));
  output.note(`${desired.config.file} is valid: ${count(desired.facts.size, "object")}.`);
  return 0;
}

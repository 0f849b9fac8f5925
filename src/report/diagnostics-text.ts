import type { Diagnostic } from "../model/diagnostic.ts";
import { type Paint, paintFor } from "./paint.ts";

/** Diagnostics as people read them, each with its place, the line, a caret and the hint; sorted by place. Ends with a newline unless empty. */
export function diagnosticsText(diagnostics: readonly Diagnostic[], options: { readonly colour: boolean }): string {
  const paint = paintFor(options.colour);
  return sortDiagnostics(diagnostics)
    .map((each) => `${diagnosticText(each, paint)}\n`)
    .join("");
}

/** By file, line and column; those without a place come last, in the order given. */
function sortDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const file = (each: Diagnostic) => each.file ?? "\uffff";
  return [...diagnostics].sort(
    (a, b) =>
      (file(a) < file(b) ? -1 : file(a) > file(b) ? 1 : 0) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  );
}

function diagnosticText(diagnostic: Diagnostic, paint: Paint): string {
  const mark = diagnostic.severity === "error" ? paint.red : diagnostic.severity === "warning" ? paint.yellow : paint.cyan;
  const place = placeOf(diagnostic);
  const head = `${place === "" ? "" : `${paint.bold(place)}: `}${mark(`${diagnostic.severity}[${diagnostic.code}]`)}: ${diagnostic.message}`;
  return [head, ...excerptLines(diagnostic, paint), ...hintLines(diagnostic, paint)].join("\n");
}

function placeOf({ file, line, column }: Diagnostic): string {
  if (file === undefined) return "";
  return [file, ...(line === undefined ? [] : [line, ...(column === undefined ? [] : [column])])].join(":");
}

function excerptLines({ excerpt, line, column }: Diagnostic, paint: Paint): readonly string[] {
  if (excerpt === undefined || line === undefined) return [];
  const number = String(line).padStart(5);
  const source = `${paint.dim(`${number} |`)} ${excerpt}`;
  if (column === undefined) return [source];
  // A tab before the caret must stay one, or the caret stands under another character.
  const lead = excerpt.slice(0, column - 1).replace(/[^\t]/g, " ");
  return [source, `${paint.dim(`${" ".repeat(number.length)} |`)} ${lead}${paint.red("^")}`];
}

function hintLines({ hint }: Diagnostic, paint: Paint): readonly string[] {
  if (hint === undefined || hint === "") return [];
  const [first = "", ...rest] = hint.split("\n");
  return [`  ${paint.green("help:")} ${first}`, ...rest.map((line) => `        ${line}`)];
}

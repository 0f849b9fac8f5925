import { quoteIdentifier } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { YamlEntry, YamlScalar } from "../../model/kind.ts";
import { type ObjectId, objectId } from "../../model/object-id.ts";
import type { Spec } from "../../model/spec.ts";
import type { StepDraft } from "../../model/step.ts";
import { draft, noWork } from "./draft.ts";
import { environmentOf } from "./generic-options.ts";
import { definition, entryName, scalarField } from "./yaml-entry.ts";

/** What objects of the database have in common that lie in no schema: publications, event triggers, servers and the like. */

/** The definition of an entry; an empty text where it says none (`w: ""`, or only a comment). */
export function definitionOrNothing(entry: YamlEntry): YamlScalar {
  return definition(entry) ?? { type: "scalar", text: "", quoted: false, at: entry.value.at, atOffset: () => entry.value.at };
}

/** The id under which an entry says it was known. */
export function renamedFromId(kind: string, entry: YamlEntry): ObjectId | undefined {
  const scalar = scalarField(entry.value, "renamed_from");
  return scalar && objectId(kind, quoteIdentifier(entryName(scalar.text)));
}

/** The keys of the long form that all of them have. */
export const namedProperties = {
  def: { type: "string", description: "What the short form says." },
  renamed_from: { type: "string", description: "The name until now." },
} as const;

/** A step on catalog rows alone: it locks no relation and loses nothing but a definition. Names the variables that its SQL waits for. */
export function catalogStep(
  fact: Fact,
  input: {
    readonly action: StepDraft["action"];
    readonly sql: string;
    readonly undo: StepDraft["undo"];
    readonly why: string;
    readonly phase?: StepDraft["phase"];
    readonly breaks?: StepDraft["breaks"];
    readonly needs?: readonly ObjectId[];
    readonly removes?: readonly ObjectId[];
    readonly provides?: readonly ObjectId[];
    readonly clears?: StepDraft["clears"];
    readonly together?: string;
    readonly transactional?: boolean;
  },
): StepDraft {
  return draft(fact, { phase: "expand", locks: [], work: noWork, dataLoss: "never", ...input, env: environmentOf(input.sql) });
}

/** RENAME TO in place; the old name is gone for whoever uses it. In: the noun of ALTER. */
export function renameStep<S extends Spec & { readonly name: string }>(
  live: Fact<S>,
  desired: Fact<S>,
  noun: string,
): StepDraft[] {
  const sql = (from: S, to: S): string => `ALTER ${noun} ${quoteIdentifier(from.name)} RENAME TO ${quoteIdentifier(to.name)};`;
  return [
    catalogStep(desired, {
      action: "rename",
      sql: sql(live.spec, desired.spec),
      undo: { sql: sql(desired.spec, live.spec) },
      why: `renamed from ${live.object}`,
      phase: "contract",
      breaks: "old",
      removes: [live.id],
    }),
  ];
}

import { qualifiedName, quoteIdentifier } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";
import { schemaId } from "../../model/object-id.ts";
import type { Spec } from "../../model/spec.ts";
import type { Lock, StepDraft } from "../../model/step.ts";
import { draft, noWork } from "./draft.ts";
import { declaredBy, familyOf, undeclared } from "./target.ts";

/** What ALTER, DROP and CREATE have in common for objects with a name in a schema. */

export type Named = Spec & { readonly schema: string; readonly name: string };

/** Fields that say which object it is: its id says so already, and a rename is no other difference. */
export const identityFields: readonly string[] = ["schema", "name"];

/** `app.status` as SQL writes it. */
export function nameOf(spec: { readonly schema: string; readonly name: string }): string {
  return qualifiedName(spec.schema, spec.name);
}

/**
 * Statements that give an object another schema, another name, or both.
 * In: `noun` as in ALTER TYPE, `args` the argument types of a routine in parentheses.
 */
function renameStatements(noun: string, from: Named, to: Named, args = ""): string {
  const steps: string[] = [];
  if (from.schema !== to.schema) steps.push(`ALTER ${noun} ${nameOf(from)}${args} SET SCHEMA ${quoteIdentifier(to.schema)};`);
  if (from.name !== to.name) {
    steps.push(`ALTER ${noun} ${qualifiedName(to.schema, from.name)}${args} RENAME TO ${quoteIdentifier(to.name)};`);
  }
  return steps.join("\n");
}

/** The step for a declared rename: in place, and the old application notices. */
export function renameDraft(
  live: Fact<Named>,
  desired: Fact<Named>,
  noun: string,
  locks: readonly Lock[],
  args = "",
): StepDraft[] {
  return [
    draft(desired, {
      action: "rename",
      sql: renameStatements(noun, live.spec, desired.spec, args),
      phase: "contract",
      why: `renamed from ${live.object}`,
      locks,
      work: noWork,
      dataLoss: "never",
      undo: { sql: renameStatements(noun, desired.spec, live.spec, args) },
      breaks: "old",
      removes: [live.id],
      needs: [schemaId(desired.spec.schema)],
    }),
  ];
}

/** The step for a drop that loses nothing but the definition, which `create` brings back. */
export function dropDraft(fact: Fact, sql: string, create: string, locks: readonly Lock[]): StepDraft[] {
  return [
    draft(fact, {
      action: "drop",
      sql,
      phase: "contract",
      why: undeclared,
      locks,
      work: noWork,
      dataLoss: "never",
      undo: { sql: create },
      breaks: "old",
    }),
  ];
}

/** The step for a new object that touches no rows of others; what is said about the object goes into its transaction. */
export function createDraft(
  fact: Fact,
  sql: string,
  undo: string,
  context: PlanContext,
  locks: readonly Lock[] = [],
): StepDraft[] {
  return [
    draft(fact, {
      action: "create",
      sql,
      phase: "expand",
      why: declaredBy(fact),
      locks,
      work: noWork,
      dataLoss: "never",
      undo: { sql: undo },
      ...familyOf(context, fact.id),
    }),
  ];
}

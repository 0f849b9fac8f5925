import { splitPath } from "../base/identifier.ts";
import { kindOf, type ObjectId, pathOf } from "../model/object-id.ts";
import type { Step } from "../model/step.ts";

/** Whether an object may be different because of certain steps. `gone`: it is not there any more. */
export type Touched = (id: ObjectId, gone: boolean) => boolean;

/**
 * What steps can have touched, as far as steps tell: their objects, the relations they lock, everything under these, and the comments,
 * owners and grants of all of it. An index does not show its table in its path, so that after a step that takes something away, what
 * lay in the same schema and is gone may have gone with it.
 * @param paths further paths, of objects that are in flight
 */
export function touchedBy(steps: readonly Step[], paths: readonly string[]): Touched {
  const relations = (step: Step) => [step.object, ...step.locks.map((lock) => lock.relation)];
  const roots = [...new Set([...paths, ...steps.flatMap(relations)])];
  const taking = steps.filter((step) => ["drop", "rename", "replace"].includes(step.action));
  const schemas = new Set(taking.flatMap(relations).map(schemaOf));
  return (id, gone) =>
    pathsOf(id).some(
      (path) =>
        roots.some((root) => isUnder(path, root)) || (gone && schemas.has(schemaOf(path)) && splitPath(path).length === 2),
    );
}

/** `app.orders` and `app.orders authenticated` (a grant) lie under `app.orders`, as does `app.orders.status`. */
function isUnder(path: string, root: string): boolean {
  return path === root || path.startsWith(`${root}.`) || path.startsWith(`${root} `);
}

/** The path of an id, and for what hangs on another object (`comment table app.orders`) the path of that. */
function pathsOf(id: ObjectId): readonly string[] {
  const path = pathOf(id);
  const target = /^[a-z_]+ /.test(path) && kindOf(path) !== "" ? [pathOf(path)] : [];
  return [path, ...target];
}

function schemaOf(path: string): string | undefined {
  return splitPath(path)[0];
}

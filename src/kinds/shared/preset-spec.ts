import { quoteIdentifier } from "../../base/identifier.ts";
import type { Fact, SourceRef } from "../../model/database.ts";
import { objectId } from "../../model/object-id.ts";
import { type Privilege, privilegesOf } from "./privileges.ts";

/**
 * What one role gets on the objects of one sort that another role makes from now on (ALTER DEFAULT PRIVILEGES). Those of the whole
 * database stand in the place of the built-in defaults, which PUBLIC and the maker have; those of a schema come on top.
 */
export type PresetSpec = {
  /** The role that makes the objects. */
  readonly for: string;
  /** Null for the whole database. */
  readonly in: string | null;
  readonly on: PresetTarget;
  readonly role: string;
  readonly privileges: readonly Privilege[];
};

export type PresetTarget = "tables" | "sequences" | "functions" | "types" | "schemas" | "large objects";

/** Sorts of objects: the letter in pg_default_acl, and the kind whose privileges they have. */
export const presetTargets: Readonly<Record<PresetTarget, { readonly letter: string; readonly kind: string }>> = {
  tables: { letter: "r", kind: "table" },
  sequences: { letter: "S", kind: "sequence" },
  functions: { letter: "f", kind: "function" },
  types: { letter: "T", kind: "enum" },
  schemas: { letter: "n", kind: "schema" },
  "large objects": { letter: "L", kind: "large_object" },
};

/** A fact of the database: `for app_owner in app on tables to api`. */
export function presetFact(spec: PresetSpec, at?: SourceRef): Fact<PresetSpec> {
  const inSchema = spec.in === null ? "" : ` in ${quoteIdentifier(spec.in)}`;
  const object = `for ${quoteIdentifier(spec.for)}${inSchema} on ${spec.on} to ${quoteIdentifier(spec.role)}`;
  const id = objectId("default_privileges", object);
  return { kind: "default_privileges", id, object, schema: null, parent: null, spec, ...(at ? { at } : {}) };
}

/** What a role gets where nobody changed anything (manual, 5.8, table 5.2). */
export function builtIn(spec: Pick<PresetSpec, "for" | "in" | "on" | "role">, major: number): readonly Privilege[] {
  if (spec.in !== null) return [];
  const { kind } = presetTargets[spec.on];
  const open = spec.role === "public" && (spec.on === "functions" || spec.on === "types");
  if (!open && spec.role !== spec.for) return [];
  return privilegesOf(kind, major).map((privilege) => ({ privilege, column: null, grantable: false }));
}

import { quoteIdentifier } from "../../base/identifier.ts";
import type { Fact, SourceRef } from "../../model/database.ts";
import { objectId, pathOf } from "../../model/object-id.ts";
import type { SqlText } from "../../model/spec.ts";

export type PolicyCommand = "all" | "select" | "insert" | "update" | "delete";

/** A row-level security policy (manual, 5.9). `roles` is sorted, `public` is PUBLIC. */
export type PolicySpec = {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  readonly permissive: boolean;
  readonly command: PolicyCommand;
  readonly roles: readonly string[];
  readonly using: SqlText | null;
  readonly check: SqlText | null;
};

export const policyCommands: readonly PolicyCommand[] = ["all", "select", "insert", "update", "delete"];

/** A policy of `table`, given by its path. */
export function policyFact(
  table: string,
  spec: PolicySpec,
  rest: { readonly at?: SourceRef; readonly renamedFrom?: string } = {},
): Fact<PolicySpec> {
  const object = `${table}.${quoteIdentifier(spec.name)}`;
  return {
    kind: "policy",
    id: objectId("policy", object),
    object,
    schema: spec.schema,
    parent: objectId("table", table),
    spec,
    ...(rest.at ? { at: rest.at } : {}),
    ...(rest.renamedFrom === undefined
      ? {}
      : { renamedFrom: objectId("policy", `${table}.${quoteIdentifier(rest.renamedFrom)}`) }),
  };
}

/** The path of a policy's table. */
export function policyTable(fact: Fact<PolicySpec>): string {
  return pathOf(fact.parent ?? "");
}

/** Roles and clauses, each where it is to be written. */
export type ClauseIssue = { readonly clause: "using" | "check"; readonly message: string; readonly hint: string };

/**
 * Clauses that a command cannot have, or without which a policy does nothing: a permissive one without its clause grants
 * nothing, a restrictive insert policy without CHECK restricts nothing (measured). `has` says which clauses are written.
 */
export function clauseIssue(
  command: PolicyCommand,
  has: { readonly using: boolean; readonly check: boolean },
): ClauseIssue | null {
  if (command === "insert" && has.using) {
    return {
      clause: "using",
      message: "a policy for insert has no `using`: there is no old row to look at",
      hint: "write the condition on the new row as `check`",
    };
  }
  if ((command === "select" || command === "delete") && has.check) {
    return {
      clause: "check",
      message: `a policy for ${command} has no \`check\`: there is no new row to look at`,
      hint: "write the condition as `using`",
    };
  }
  if (command === "insert" && !has.check) {
    return {
      clause: "check",
      message:
        "a policy for insert needs `check`: without it a permissive policy grants nothing and a restrictive one restricts nothing",
      hint: "add `check: <condition on the new row>`",
    };
  }
  if (command !== "insert" && !has.using) {
    return {
      clause: "using",
      message: `a policy for ${command} needs \`using\`: without it no row is visible to it`,
      hint: "add `using: <condition on the row>`; `using: null` says that its absence is meant",
    };
  }
  return null;
}

import { quoteIdentifier } from "../base/identifier.ts";
import { kindNamed } from "../kinds/registry.ts";
import type { Fact } from "../model/database.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { LockstepError } from "../model/lockstep-error.ts";

/**
 * Schemas that the steps would build in, that the database does not have and the files do not declare.
 * In: the facts that the plan has statements for, all that the files declare, the names of the database's schemas.
 * @throws LockstepError `unknown-schema` (1) with a diagnostic for each schema, at the first object that wants it.
 */
export function refuseUnknownSchemas(facts: Iterable<Fact>, desired: Iterable<Fact>, schemas: readonly string[]): void {
  const known = new Set(schemas.map(quoteIdentifier));
  // What belongs to nothing and has no schema is named by its own path; only a schema can be what an object lies in.
  for (const fact of desired) if (fact.schema === null && fact.parent === null && kindNamed(fact.kind).rank <= firstRank) known.add(fact.object);
  const found = new Map<string, Diagnostic>();
  for (const fact of facts) {
    if (fact.schema === null || fact.at === undefined || known.has(quoteIdentifier(fact.schema)) || found.has(fact.schema)) continue;
    found.set(fact.schema, diagnosticOf(fact, fact.schema, fact.at));
  }
  if (found.size === 0) return;
  const message = "The files put objects into schemas that are not there; nothing was changed.";
  throw new LockstepError({ code: "unknown-schema", message, diagnostics: [...found.values()] });
}

/** The rank of what comes before everything else. */
const firstRank = 10;

function diagnosticOf(fact: Fact, schema: string, at: NonNullable<Fact["at"]>): Diagnostic {
  return {
    code: "unknown-schema",
    severity: "error",
    object: fact.object,
    message: `schema ${quoteIdentifier(schema)} does not exist in this database, and the files do not declare it`,
    hint: `declare it to have it made: \`schemas: { ${quoteIdentifier(schema)}: {} }\`; else correct its name`,
    file: at.file,
    line: at.line,
    column: at.column,
  };
}

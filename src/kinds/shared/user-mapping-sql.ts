import { quoteIdentifier, splitPath } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { StepDraft } from "../../model/step.ts";
import { catalogStep } from "./database-object.ts";
import { type GenericOptions, optionsClause } from "./generic-options.ts";
import { undeclared } from "./target.ts";
import { roleName } from "./yaml-entry.ts";

/** As whom a role uses a server (manual, CREATE USER MAPPING). */
export type MappingSpec = {
  /** Name of the role; `public` for all that have no mapping of their own. */
  readonly role: string;
  /** Null on live facts whose options this session may not read. */
  readonly options: GenericOptions | null;
};

type Mapping = Pick<Fact, "object" | "spec">;

/** `FOR api SERVER s`. */
export function mappingName(fact: Mapping): string {
  const [server = ""] = splitPath(fact.object);
  return `FOR ${roleName(String(fact.spec["role"]))} SERVER ${quoteIdentifier(server)}`;
}

export function createMappingSql(fact: Mapping): string {
  const options = optionsClause((fact.spec["options"] ?? {}) as GenericOptions);
  return `CREATE USER MAPPING ${mappingName(fact)}${options === "" ? "" : ` ${options}`};`;
}

export function dropMappingSql(fact: Mapping): string {
  return `DROP USER MAPPING ${mappingName(fact)};`;
}

/** The step that takes a user mapping away. DROP SERVER does not: it refuses while there is one. */
export function dropMapping(fact: Fact, together?: string): StepDraft {
  return catalogStep(fact, {
    action: "drop",
    sql: dropMappingSql(fact),
    undo: { sql: createMappingSql(fact) },
    why: undeclared,
    phase: "contract",
    breaks: "old",
    ...(together === undefined ? {} : { together }),
  });
}

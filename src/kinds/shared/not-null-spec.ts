import { qualifiedName } from "../../base/identifier.ts";
import type { Fact, SourceRef } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";
import { type ObjectId, objectId } from "../../model/object-id.ts";
import { makeFact } from "./fact.ts";

/** A NOT NULL constraint that has something to say for itself (PostgreSQL 18): a name of its own, NO INHERIT, NOT VALID, a comment. */
export type NotNullSpec = {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  readonly column: string;
  readonly noInherit: boolean;
  readonly validated: boolean;
  /** Live ones: PostgreSQL would have named it so itself, or it cannot be called otherwise; nobody need declare it. */
  readonly implicit: boolean;
  /** Live ones: a parent has it too. */
  readonly inherited: boolean;
};

/** The fact of a NOT NULL constraint. */
export function notNullFact(spec: NotNullSpec, at?: SourceRef, renamedFrom?: string): Fact<NotNullSpec> {
  return makeFact({
    kind: "not_null",
    names: [spec.schema, spec.table, spec.name],
    schema: spec.schema,
    parent: objectId("table", qualifiedName(spec.schema, spec.table)),
    spec,
    at,
    ...(renamedFrom ? { renamedFrom: objectId("not_null", qualifiedName(spec.schema, spec.table, renamedFrom)) } : {}),
  });
}

interface Children {
  children(parent: ObjectId, kind: string): readonly Fact[];
}

/** The constraint that says NOT NULL of a column, where it is a fact. */
export function notNullOf(look: Children, table: ObjectId, column: string): Fact<NotNullSpec> | undefined {
  const found = look.children(table, "not_null").find((fact) => fact.spec["column"] === column);
  return found as Fact<NotNullSpec> | undefined;
}

/** Live primary keys that hold a column NOT NULL, those of tables that have it from this one too. */
export function primaryKeysOver(table: ObjectId, column: string, context: PlanContext): ObjectId[] {
  const isOver = ({ spec }: Fact): boolean =>
    spec["type"] === "primary key" && (spec["columns"] as readonly string[]).includes(column);
  return [table, ...context.heirs("live", table)].flatMap((id) =>
    context
      .children("live", id, "constraint")
      .filter(isOver)
      .map((fact) => fact.id),
  );
}

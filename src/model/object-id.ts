import { quoteIdentifier } from "../base/identifier.ts";

/** Identity of one object: its kind, a space, and its path as SQL would write it: `column app.orders.status`. */
export type ObjectId = string;

/** The id of an object of `kind` whose path is `path`, quoted where SQL needs it. */
export function objectId(kind: string, path: string): ObjectId {
  return `${kind} ${path}`;
}

/** The kind of an id: what stands before its first space. */
export function kindOf(id: ObjectId): string {
  return id.slice(0, id.indexOf(" "));
}

/** The path of an id: what stands after its first space. */
export function pathOf(id: ObjectId): string {
  return id.slice(id.indexOf(" ") + 1);
}

/** The id of the schema of that bare name: what every fact with a schema lies in. */
export function schemaId(schema: string): ObjectId {
  return objectId("schema", quoteIdentifier(schema));
}

/** The id of the role of that bare name: what every fact needs that names it, where the files declare it. */
export function roleId(role: string): ObjectId {
  return objectId("role", quoteIdentifier(role));
}

import { splitPath } from "../base/identifier.ts";
import { nearestName } from "../base/nearest-name.ts";
import type { Fact } from "../model/database.ts";
import type { YamlScalar, YamlValue } from "../model/kind.ts";
import { objectId, pathOf } from "../model/object-id.ts";
import { policyTableKey } from "./json-schema.ts";
import type { ProblemLog } from "./problem-log.ts";
import type { ProjectFiles } from "./project-files.ts";
import { keyPath, type Reader, readParts, readStatements } from "./read-facts.ts";
import { slotsIn } from "./slots.ts";

/**
 * Reads policy files as parts of the tables they name. A table of a schema that is not managed need not be declared: its
 * policies are ours, the table is not.
 */
export function readPolicyFiles(files: ProjectFiles, managedSchemas: ReadonlySet<string>, reader: Reader, log: ProblemLog): void {
  const slots = slotsIn(reader.kinds, [policyTableKey], "policies");
  for (const document of files.policyDocuments) {
    const name = tableOf(document, reader.broken);
    if (!name) continue;
    const id = objectId(policyTableKey, keyPath(name.text, reader.settings.schema));
    const known = reader.collection.facts.get(id);
    const origin = known && reader.collection.originOf(id);
    const within = origin ? [origin.said, ...origin.within] : [];
    const parent = known ?? undeclaredTable(id, name);
    if (!known && managedSchemas.has(parent.schema ?? "") && files.complete && !reader.gaps.has(pathOf(id)))
      reportMissing(parent, name, reader, log);
    else readParts(document, slots, { fact: parent, within, sort: "policies" }, reader);
  }
  readStatements(files.policyStatements, reader);
}

function tableOf(document: YamlValue, broken: ReadonlySet<YamlValue>): YamlScalar | undefined {
  const value = document.type === "map" ? document.entries.find((entry) => entry.key === policyTableKey)?.value : undefined;
  return value?.type === "scalar" && !broken.has(value) ? value : undefined;
}

/** Stands for a table that the files know only by name. It is no fact of the desired state. */
function undeclaredTable(id: string, name: YamlScalar): Fact {
  const path = pathOf(id);
  const [schema = "", table = ""] = splitPath(path);
  return { kind: policyTableKey, id, object: path, schema, parent: null, spec: { schema, name: table }, at: name.at };
}

function reportMissing(table: Fact, name: YamlScalar, reader: Reader, log: ProblemLog): void {
  const tables = [...reader.collection.facts.values()].filter((fact) => fact.kind === table.kind).map((fact) => fact.object);
  const nearest = nearestName(table.object, tables);
  const hint = nearest === undefined ? "declare the table, or correct the name" : `did you mean ${nearest}?`;
  log.error(name.at, "unknown-reference", `${table.kind} ${table.object} is not declared`, hint);
}

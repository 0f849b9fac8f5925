import type { Ajv, ErrorObject, ValidateFunction } from "ajv";
import { didYouMean } from "../base/nearest-name.ts";
import type { SourceRef } from "../model/database.ts";
import type { KindModule, YamlValue } from "../model/kind.ts";
import { buildJsonSchema } from "./json-schema.ts";
import type { ProblemLog } from "./problem-log.ts";

export type FileSort = "project" | "included" | "policy_file";

/** What the check found, besides the messages in the log. */
interface ShapeResult {
  /** Values of the wrong form: not to be read. */
  readonly broken: ReadonlySet<YamlValue>;
  /** Maps with keys nobody knows: what the keys meant to declare is missing. */
  readonly incomplete: ReadonlySet<YamlValue>;
}

export type ShapeCheck = (sort: FileSort, root: YamlValue, broken: ReadonlySet<YamlValue>, log: ProblemLog) => ShapeResult;

const compiled = new WeakMap<readonly KindModule[], ShapeCheck>();

/** A checker of files against the JSON Schema of these kinds. The schema is compiled once per process, when first needed. */
export async function shapeCheck(kinds: readonly KindModule[]): Promise<ShapeCheck> {
  const known = compiled.get(kinds);
  if (known) return known;
  const { Ajv } = await import("ajv");
  const ajv = new Ajv({ allErrors: true, verbose: true, strict: false });
  ajv.addSchema(buildJsonSchema(kinds), "files");
  const check: ShapeCheck = (sort, root, broken, log) => checkOne(validator(ajv, sort), root, broken, log);
  compiled.set(kinds, check);
  return check;
}

function validator(ajv: Ajv, sort: FileSort): ValidateFunction {
  const found = ajv.getSchema(`files#/definitions/${sort}`);
  if (!found) throw new Error(`no schema for ${sort}`);
  return found;
}

function checkOne(validate: ValidateFunction, root: YamlValue, broken: ReadonlySet<YamlValue>, log: ProblemLog): ShapeResult {
  const wrong = new Set(broken);
  const incomplete = new Set<YamlValue>();
  if (validate(plainValue(root))) return { broken: wrong, incomplete };
  for (const error of validate.errors ?? []) {
    if (error.keyword === "if") continue;
    const path = nodesAt(root, error.instancePath);
    if (path.some((node) => broken.has(node))) continue;
    const node = path.at(-1) ?? root;
    if (error.keyword === "additionalProperties") incomplete.add(node);
    else wrong.add(node);
    const { at, code, message, hint } = describe(error, node, keyAt(error.instancePath));
    log.error(at, code, message, hint);
  }
  return { broken: wrong, incomplete };
}

/** The plain form that JSON Schema speaks about. Objects have no prototype: `constructor` is a name like any other. */
function plainValue(value: YamlValue): unknown {
  switch (value.type) {
    case "null":
      return null;
    case "list":
      return value.items.map(plainValue);
    case "map": {
      const plain: Record<string, unknown> = Object.create(null);
      for (const entry of value.entries) plain[entry.key] = plainValue(entry.value);
      return plain;
    }
    case "scalar":
      if (value.quoted) return value.text;
      if (value.text === "true" || value.text === "false") return value.text === "true";
      return /^-?(0|[1-9][0-9]*)(\.[0-9]+)?$/.test(value.text) ? Number(value.text) : value.text;
  }
}

function segments(pointer: string): string[] {
  return pointer === ""
    ? []
    : pointer
        .slice(1)
        .split("/")
        .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function keyAt(pointer: string): string {
  return segments(pointer).findLast((part) => !/^\d+$/.test(part)) ?? "";
}

/** The values from the root to the place of a JSON pointer. */
function nodesAt(root: YamlValue, pointer: string): YamlValue[] {
  const path = [root];
  let node: YamlValue | undefined = root;
  for (const part of segments(pointer)) {
    const here: YamlValue | undefined = node;
    if (here?.type === "map") node = here.entries.find((entry) => entry.key === part)?.value;
    else node = here?.type === "list" ? here.items[Number(part)] : undefined;
    if (node) path.push(node);
  }
  return path;
}

interface Described {
  readonly at: SourceRef;
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

function describe(error: ErrorObject, node: YamlValue, key: string): Described {
  const params = error.params as Record<string, unknown>;
  const where = key === "" ? "" : ` in "${key}"`;
  switch (error.keyword) {
    case "additionalProperties":
      return unknownKey(error, String(params.additionalProperty), node, where);
    case "required":
      return missingKey(error, String(params.missingProperty), node, where);
    case "type":
      return {
        at: node.at,
        code: "wrong-type",
        message: `expected ${typeNames(params.type)}${key === "" ? "" : ` for "${key}"`}, found ${found(node)}`,
        hint: typeHint(node) ?? description(error),
      };
    case "enum":
      return notAllowed(node, key, params.allowedValues as readonly unknown[]);
    case "const":
      return { ...notAllowed(node, key, [params.allowedValue]), hint: description(error) };
    case "pattern":
      return { at: node.at, code: "wrong-value", message: `${found(node)} is no value for "${key}"`, hint: description(error) };
    default:
      return { at: node.at, code: "wrong-value", message: `"${key}" ${error.message ?? "is wrong"}`, hint: description(error) };
  }
}

function missingKey(error: ErrorObject, name: string, node: YamlValue, where: string): Described {
  const properties = error.parentSchema?.properties as Record<string, { readonly description?: string }> | undefined;
  return {
    at: node.at,
    code: "missing-key",
    message: `the key "${name}" is missing${where}`,
    hint: properties?.[name]?.description,
  };
}

function unknownKey(error: ErrorObject, name: string, node: YamlValue, where: string): Described {
  const entry = node.type === "map" ? node.entries.find((candidate) => candidate.key === name) : undefined;
  const known = Object.keys((error.parentSchema?.properties ?? {}) as object);
  const list = known.length > 0 ? `known keys: ${known.join(", ")}` : "it has no keys";
  return {
    at: entry?.at ?? node.at,
    code: "unknown-key",
    message: `unknown key "${name}"${where}`,
    hint: didYouMean(name, known) ?? list,
  };
}

function notAllowed(node: YamlValue, key: string, allowed: readonly unknown[]): Described {
  const names = allowed.map(String);
  const hint = node.type === "scalar" && names.length > 1 ? didYouMean(node.text, names) : undefined;
  return { at: node.at, code: "wrong-value", message: `expected ${orList(names)} for "${key}", found ${found(node)}`, hint };
}

function typeNames(types: unknown): string {
  const list = (Array.isArray(types) ? types : [types]).map(String);
  const text = list.includes("string") ? list.filter((type) => type !== "number" && type !== "boolean") : list;
  const names: Readonly<Record<string, string>> = {
    object: "a map",
    array: "a list",
    string: "text",
    boolean: "true or false",
    integer: "a whole number",
    number: "a number",
  };
  return orList(text.filter((type) => type !== "null").map((type) => names[type] ?? type));
}

function orList(names: readonly string[]): string {
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} or ${names.at(-1)}` : (names[0] ?? "nothing");
}

function found(node: YamlValue): string {
  switch (node.type) {
    case "map":
      return "a map";
    case "list":
      return "a list";
    case "null":
      return "nothing";
    case "scalar":
      return node.text.length > 40 ? `"${node.text.slice(0, 40)}…"` : `"${node.text}"`;
  }
}

function typeHint(node: YamlValue): string | undefined {
  return node.type === "null" ? "is the value missing, or wrongly indented?" : undefined;
}

function description(error: ErrorObject): string | undefined {
  const text = error.parentSchema?.description;
  return typeof text === "string" ? text : undefined;
}

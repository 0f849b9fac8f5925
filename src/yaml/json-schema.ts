import type { JsonSchema, KindModule, YamlSlot } from "../model/kind.ts";
import { configSchema } from "./config-schema.ts";
import { definedElsewhere, type SlotModule, sharing, slotsIn, slotsOf } from "./slots.ts";
import { templatesKey, useKey } from "./templates.ts";

/** Key of a policy file that names its table. */
export const policyTableKey = "table";

const anyScalar = ["string", "number", "boolean"] as const;

/**
 * The JSON Schema of the files, built from the kinds' slots and the configuration: `schema/v1.json` for editors, and what the
 * loader checks with. It branches by type only (`if` map, else list, else scalar), so that a problem has one message.
 * `#/definitions/project`, `included` and `policy_file` are the three sorts of file.
 */
export function buildJsonSchema(kinds: readonly KindModule[]): JsonSchema {
  const entries = kinds.flatMap((module) =>
    slotsOf(module).map((slot) => [entryName(kinds, slot), entrySchema(kinds, { module, slot })]),
  );
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "lockstep: desired state of a PostgreSQL database",
    if: { type: "object", required: [policyTableKey] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
    then: { $ref: "#/definitions/policy_file" },
    else: { $ref: "#/definitions/project" },
    definitions: {
      project: fileSchema({ ...mapValues(configSchema, loosen), ...rootMaps(kinds) }),
      included: fileSchema(rootMaps(kinds)),
      policy_file: {
        ...fileSchema({
          [policyTableKey]: { type: [...anyScalar], description: "The table that the file is about, schema-qualified." },
          ...containers(kinds, slotsIn(kinds, [policyTableKey], "policies")),
        }),
        required: [policyTableKey],
      },
      ...Object.fromEntries(entries),
    },
  };
}

/** The text of `schema/v1.json`. */
export function jsonSchemaText(kinds: readonly KindModule[]): string {
  return `${JSON.stringify(buildJsonSchema(kinds), null, 2)}\n`;
}

/** Entries of one key in other parents are of another sort: columns of tables, columns of views. */
function entryName(kinds: readonly KindModule[], slot: YamlSlot): string {
  const first = kinds.flatMap(slotsOf).find((other) => other.key === slot.key);
  return `entry_of_${slot.key}${first?.parents.join() === slot.parents.join() ? "" : `_of_${slot.parents[0]}`}`;
}

function fileSchema(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: "object", properties, additionalProperties: false };
}

/** The maps of a file of objects, and the templates for their entries. */
function rootMaps(kinds: readonly KindModule[]): Record<string, JsonSchema> {
  const slots = slotsIn(kinds, ["root"], "schema");
  const templated = slots.filter(({ slot }) => slot.templates === true).map(({ slot }) => slot);
  const templates = templated.map((slot) => [
    templatesKey,
    {
      type: ["object", "null"],
      description: `What entries of ${slot.key} have in common, by name: they take it with \`use: [name]\`.`,
      additionalProperties: { $ref: `#/definitions/${entryName(kinds, slot)}` },
    },
  ]);
  return { ...Object.fromEntries(templates), ...containers(kinds, slots) };
}

const use: JsonSchema = {
  type: "array",
  items: { type: [...anyScalar] },
  description: "Templates whose keys the entry takes over, after its own.",
};

function containers(kinds: readonly KindModule[], slots: readonly SlotModule[]): Record<string, JsonSchema> {
  return Object.fromEntries(slots.map(({ slot }) => [slot.key, container(kinds, slot)]));
}

function container(kinds: readonly KindModule[], slot: YamlSlot): JsonSchema {
  const entry = { $ref: `#/definitions/${entryName(kinds, slot)}` };
  switch (slot.style) {
    case "value":
      return { description: slot.shape.description, allOf: [entry] };
    case "map":
      return { type: ["object", "null"], description: slot.shape.description, additionalProperties: entry };
    case "list":
      return { type: ["array", "null"], description: slot.shape.description, items: entry };
  }
}

/** One entry: its long form, its list form and its short form, as far as the slot has them. */
function entrySchema(kinds: readonly KindModule[], at: SlotModule): JsonSchema {
  const { shape } = at.slot;
  const alike = sharing(kinds, at.slot);
  const owners = alike.map(({ module }) => module.kind);
  const nested = containers(kinds, slotsIn(kinds, owners, "schema"));
  const own = Object.assign({}, ...alike.map(({ slot }) => slot.shape.properties)) as Record<string, JsonSchema>;
  const used = at.slot.templates === true ? { [useKey]: use } : {};
  const properties = { ...mapValues(own, loosen), ...used, ...nested };
  const required = (shape.required ?? []).filter((key) => key !== "def" || !definedElsewhere(at));
  const hasMap = Object.keys(properties).length > 0 || !(shape.scalar || shape.list);
  const nullable = hasMap && !shape.scalar && !shape.list && required.length === 0;
  const map: JsonSchema = { type: nullable ? ["object", "null"] : "object", properties, required, additionalProperties: false };
  const scalar: JsonSchema = { type: [...anyScalar] };
  const list = shape.list ? listSchema(shape.list) : undefined;
  const types = [...(hasMap ? ["object"] : []), ...(list ? ["array"] : []), ...(shape.scalar ? anyScalar : [])];
  const forms: [string, JsonSchema][] = [];
  if (hasMap) forms.push(["object", map]);
  if (list) forms.push(["array", list]);
  if (shape.scalar) forms.push(["scalar", scalar]);
  if (forms.length === 1) return { description: shape.description, ...forms[0]?.[1] };
  return { description: shape.description, ...branches(forms, types) };
}

/** `if` the type fits `then` that form `else` the next; what fits none is told all types that do. */
function branches(forms: readonly (readonly [string, JsonSchema])[], types: readonly string[]): JsonSchema {
  const [first, ...rest] = forms;
  if (!first || first[0] === "scalar") return { type: types };
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
  return { if: { type: first[0] }, then: first[1], else: rest.length > 0 ? branches(rest, types) : { type: types } };
}

/** Kinds give the schema of the list, or of its items. */
function listSchema(schema: JsonSchema): JsonSchema {
  return schema.type === "array" ? loosen(schema) : { type: "array", items: loosen(schema) };
}

/** Text may look like a number or a boolean in YAML (`comment: 2024`): what is read is its source text. */
function loosen(schema: JsonSchema): JsonSchema {
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === "type" && value === "string" && schema.pattern === undefined) out[key] = [...anyScalar];
    else if (key === "type" && Array.isArray(value) && value.includes("string"))
      out[key] = [...new Set([...value, ...anyScalar])];
    else if (key === "properties" || key === "patternProperties")
      out[key] = mapValues(value as Record<string, JsonSchema>, loosen);
    else if (Array.isArray(value)) out[key] = value.map((item) => (isSchema(item) ? loosen(item) : item));
    else out[key] = isSchema(value) ? loosen(value) : value;
  }
  return out;
}

const isSchema = (value: unknown): value is JsonSchema => typeof value === "object" && value !== null && !Array.isArray(value);

function mapValues<T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

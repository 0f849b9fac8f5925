import type { JsonSchema } from "../model/kind.ts";
import { durationPattern } from "./duration.ts";

const duration: JsonSchema = { type: "string", pattern: durationPattern, description: "A duration: 300ms, 5s, 2h, 7d." };
const patterns = (description: string): JsonSchema => ({ type: "array", items: { type: "string" }, description });
const group = (description: string, properties: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  type: "object",
  description,
  properties,
  additionalProperties: false,
});

/** The keys of schema.yaml that are no objects, as JSON Schema. */
export const configSchema: Readonly<Record<string, JsonSchema>> = {
  version: { const: 1, description: "Version of this format; this program knows 1." },
  postgres: {
    type: "integer",
    minimum: 14,
    maximum: 18,
    description: "Lowest major version of PostgreSQL that the files must run on.",
  },
  project: { type: "string", minLength: 1, description: "Key of lockstep's state, for several projects in one database." },
  schema: { type: "string", minLength: 1, description: "Schema of unqualified names. Default: public." },
  search_path: {
    type: "array",
    items: { type: "string" },
    description:
      "How unqualified names in SQL resolve. Default: the default schema, then the schemas of the declared extensions.",
  },
  manage: {
    enum: ["listed", "database"],
    description:
      "listed (default): the schemas that the files name. database: every schema, and what is not declared is dropped.",
  },
  owner: {
    type: "string",
    minLength: 1,
    description: "Role that owns what says no owner of its own. Default: owners are not compared.",
  },
  defaults: group("What holds where an object says nothing.", {
    rls: { enum: ["disabled", "enabled", "forced"], description: "Row-level security of tables. Default: disabled." },
  }),
  include: patterns("More files with the same maps, relative to this one: tables/*.yaml."),
  sql: patterns("Files of CREATE statements: sql/**/*.sql."),
  policies: patterns("Policy files: policies/*.yaml, policies/*.sql."),
  dropped: patterns('Objects that are dropped on purpose: "table app.legacy".'),
  ignore: {
    type: "array",
    description: "Objects that are left alone.",
    items: {
      type: "object",
      properties: {
        object: { type: "string", pattern: "^[a-z_*]+ .+$", description: 'Kind and name, with `*`: "table app.tmp_*".' },
        reason: { type: "string", minLength: 1, description: "Why." },
        until: {
          type: "string",
          pattern: "^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$",
          description: "Last day on which the rule holds: 2027-01-31.",
        },
      },
      required: ["object", "reason"],
      additionalProperties: false,
    },
  },
  targets: {
    type: "object",
    description: "Databases by name, for --target.",
    additionalProperties: {
      type: "object",
      properties: {
        url: {
          type: "string",
          minLength: 1,
          description: "Connection URL; environment variables in dollar braces are filled in.",
        },
        expect: {
          type: "object",
          description: "What must be so of the database that the URL leads to.",
          properties: { database: { type: "string", minLength: 1, description: "Its name." } },
          additionalProperties: false,
        },
        set_role: { type: "string", minLength: 1, description: "Role that statements run as, after SET ROLE." },
      },
      required: ["url"],
      additionalProperties: false,
    },
  },
  apply: group("How apply waits.", {
    lock_timeout: { ...duration, description: "Wait for a lock per attempt. For example 500ms, the default." },
    lock_wait: { ...duration, description: "Wait for a lock over all attempts. For example 60s, the default." },
    safe_statement_timeout: {
      ...duration,
      description: "Longest run of a safe step that blocks writers. For example 5s, the default.",
    },
  }),
  rollout: group("How changes that need several phases roll out.", {
    phase: { enum: ["expand", "all"], description: "What apply runs without --phase. Default: expand." },
    contract: { enum: ["manual", "auto"], description: "auto: apply also runs contract steps that are due. Default: manual." },
    lock_budget_ms: {
      type: "number",
      minimum: 0,
      description: "A locking step estimated below this needs no approval. Default: 250.",
    },
  }),
};

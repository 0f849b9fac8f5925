import { existsSync, readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { kinds } from "../src/kinds/registry.ts";
import { buildJsonSchema, jsonSchemaText } from "../src/yaml/json-schema.ts";

const file = new URL("../schema/v1.json", import.meta.url);

describe("schema/v1.json", () => {
  it("is what the code says (npm run schema writes it)", () => {
    const found = existsSync(file) ? readFileSync(file, "utf8") : "no file";
    expect(found === jsonSchemaText(kinds)).toBe(true);
  });

  it("tells schema files and policy files apart by the key `table`", () => {
    const valid = new Ajv({ strict: false }).compile(buildJsonSchema(kinds));
    expect(valid({ version: 1, tables: { orders: { columns: { id: "bigint" }, rls: "forced" } } })).toBe(true);
    expect(valid({ table: "app.orders", policies: { p: { for: "select", to: "public", using: "true" } } })).toBe(true);
    expect(valid({ table: "app.orders", policies: { p: { for: "select", using: "true" } } })).toBe(false);
    expect(valid({ table: "app.orders", tables: {} })).toBe(false);
    expect(valid({ tables: { orders: { colums: {} } } })).toBe(false);
  });

  it("describes every key of the configuration and every slot", () => {
    const { definitions } = buildJsonSchema(kinds) as {
      definitions: { project: { properties: Record<string, { description?: string }> } };
    };
    const silent = Object.entries(definitions.project.properties).filter(([, schema]) => !schema.description);
    expect(silent.map(([key]) => key)).toEqual([]);
  });
});

// Writes schema/v1.json from the built program: `npm run schema`.
import { mkdirSync, writeFileSync } from "node:fs";
import { kinds } from "../../dist/kinds/registry.js";
import { jsonSchemaText } from "../../dist/yaml/json-schema.js";

const folder = new URL("../../schema/", import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL("v1.json", folder), jsonSchemaText(kinds));

import { quoteLiteral } from "../base/literal.ts";
import { namesOf } from "../sql/names.ts";
import { address, notExtensionOwned, userSchema } from "./shared/catalog.ts";
import { routineName, routineReference } from "./shared/define-options.ts";
import { definedKind, namedByList } from "./shared/defined-object.ts";

/** Conversions between encodings (manual, CREATE CONVERSION). */

function catalogSql(): string {
  return `select ${address("pg_conversion", "c.oid")}, n.nspname as schema, c.conname as name, pg_get_userbyid(c.conowner) as owner,
      case when c.condefault then 'default ' else '' end || format('for %L to %L from %s', pg_encoding_to_char(c.conforencoding), pg_encoding_to_char(c.contoencoding), c.conproc::regproc) as def
    from pg_conversion c join pg_namespace n on n.oid = c.connamespace
    where ${userSchema("n.nspname")} and ${notExtensionOwned("pg_conversion", "c.oid")}`;
}

const isDefault = (value: string): boolean => /^\s*default\b/i.test(value);

export const conversion = definedKind({
  kind: "conversion",
  rank: 76,
  key: "conversions",
  description: "A conversion between encodings: for 'LATIN1' to 'UTF8' from app.f, optionally `default` first.",
  hint: "write e.g. for 'LATIN1' to 'UTF8' from app.f",
  noun: "CONVERSION",
  tag: "CreateConversionStmt",
  catalogSql,
  before: (_name, value) => `CREATE ${isDefault(value) ? "DEFAULT " : ""}CONVERSION x `,
  cut: (value) => value.replace(/^\s*default\b/i, (word) => " ".repeat(word.length)),
  nameOfNode: (body, context) => namedByList(body.conversion_name, context),
  canonical: (body, _name, context) =>
    `${body.def ? "default " : ""}for ${quoteLiteral(body.for_encoding_name)} to ${quoteLiteral(body.to_encoding_name)} from ${routineName(namesOf(body.func_name), context)}`,
  create: (path, def) =>
    `CREATE ${isDefault(def) ? "DEFAULT " : ""}CONVERSION ${path} ${def
      .replace(/^default /, "")
      .replace(/^for /, "FOR ")
      .replace(/ to ('[^']*') from /, " TO $1 FROM ")};`,
  dependsOn: (spec) => routineReference(spec.def.split(" from ")[1]),
});

/**
 * Pieces of catalog queries that all kinds share. Sessions have an empty search_path, so that deparsed SQL is qualified
 * and catalog names here need no prefix.
 */

/** Schemas of the system and of lockstep's own state: never read, whatever is managed. In: an expression for the schema's name. */
export function userSchema(name: string): string {
  return `${name} not in ('pg_catalog', 'information_schema', 'pg_toast', 'lockstep') and ${name} !~ '^pg_(temp|toast_temp)_'`;
}

/** True for objects that no extension owns and that no other object brings along (pg_depend e and i). In: catalog and oid expressions. */
export function notExtensionOwned(catalog: string, oid: string): string {
  return `not exists (select from pg_depend e where e.classid = '${catalog}'::regclass and e.objid = ${oid} and e.objsubid = 0 and e.deptype = 'e')`;
}

/** The columns that give a row its catalog address. */
export function address(catalog: string, oid: string, sub = "0"): string {
  return `'${catalog}'::regclass::oid::int8::float8 as class_id, ${oid}::int8::float8 as object_id, ${sub}::int4 as sub_id`;
}

/** A text column of a row. Throws when the catalog gave none: the object vanished while it was read. */
export function text(row: { readonly [column: string]: unknown }, column: string): string {
  const value = row[column];
  if (typeof value !== "string") throw new VanishedError(column);
  return value;
}

/** A text column that may be null. */
export function optionalText(row: { readonly [column: string]: unknown }, column: string): string | null {
  const value = row[column];
  return typeof value === "string" ? value : null;
}

/** Something that pg_get_* could not print because it was dropped meanwhile: the read is repeated. */
class VanishedError extends Error {
  constructor(column: string) {
    super(`the catalog changed while it was read (${column})`);
    this.name = "VanishedError";
  }
}

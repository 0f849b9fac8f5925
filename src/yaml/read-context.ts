import type { Fact, SourceRef } from "../model/database.ts";
import type { ReadContext, YamlScalar } from "../model/kind.ts";
import type { SqlForm, SqlText } from "../model/spec.ts";
import { sqlText } from "../model/spec.ts";
import { SqlSyntaxError } from "../sql/parser.ts";
import { qualify } from "../sql/qualify.ts";
import { isBuiltInType, type Resolve } from "./name-resolver.ts";
import type { ProblemLog } from "./problem-log.ts";

/** What holds for all files of a project while they are read. */
export interface ReadSettings {
  readonly schema: string;
  readonly defaultRls: ReadContext["defaultRls"];
  /** `owner:` of the files. */
  readonly owner: string | null;
  readonly resolve: Resolve;
  /** Null in the first pass, which only gathers names: problems are reported by the second. */
  readonly log: ProblemLog | null;
  /** Unqualified relations and types that no schema of the search path declares, as they are found. */
  readonly unknown: UnknownName[];
  /** Where the entry or statement stands that is being read. */
  readonly reading: { at: SourceRef | null };
}

/** A relation or type that SQL names without a schema and nobody knows. */
export interface UnknownName {
  readonly space: "relation" | "type";
  readonly name: string;
  readonly at: SourceRef;
}

/** Forms whose text is parsed as it stands; the others get an invented relation around them. */
const wholeForms: ReadonlySet<SqlForm> = new Set<SqlForm>(["query", "expression"]);

/** The grammar reads option values of these statements as type names: `sfunc = array_append`. */
const optionsAsTypes = /^\s*create\s+(or\s+replace\s+)?(aggregate|type|operator)\b/i;

/** Names with a space stand for something else (a collation). */
function isUnknownType(name: string): boolean {
  return !isBuiltInType(name) && !name.includes(" ");
}

/** The context in which one entry or statement is read. */
export function readContext(settings: ReadSettings, parent: Fact | null): ReadContext {
  return {
    schema: settings.schema,
    defaultRls: settings.defaultRls,
    owner: settings.owner,
    parent,
    resolve: (space, name) => {
      const schema = settings.resolve(space, name);
      if (schema === null && space === "type" && settings.reading.at && isUnknownType(name)) {
        settings.unknown.push({ space, name, at: settings.reading.at });
      }
      return schema;
    },
    sql: (form, scalar, start, end) => readSql(settings, form, scalar, start ?? 0, end ?? scalar.text.length),
    problem: (at, code, message, hint) => settings.log?.error(at, code, message, hint),
  };
}

function readSql(settings: ReadSettings, form: SqlForm, scalar: YamlScalar, start: number, end: number): SqlText | null {
  const sql = scalar.text.slice(start, end);
  const resolve: Resolve = (space, name) => {
    const schema = settings.resolve(space, name);
    // PostgreSQL's own relations, which are found without a schema, all start like this.
    if (schema === null && space === "relation" && wholeForms.has(form) && !name.startsWith("pg_")) {
      settings.unknown.push({ space, name, at: scalar.atOffset(start + wordAt(sql, name)) });
    }
    if (schema === null && space === "type" && !optionsAsTypes.test(sql) && isUnknownType(name)) {
      settings.unknown.push({ space, name, at: scalar.atOffset(start + wordAt(sql, name)) });
    }
    return schema;
  };
  try {
    return sqlText(form, qualify(form, sql, resolve));
  } catch (error) {
    if (!(error instanceof SqlSyntaxError)) throw error;
    if (settings.log) reportSyntax(settings.log, error, sql, (offset) => scalar.atOffset(start + offset));
    return null;
  }
}

/** Where a name stands in SQL; 0 when it is written in another way. */
function wordAt(sql: string, name: string): number {
  for (let at = sql.indexOf(name); at >= 0; at = sql.indexOf(name, at + 1)) {
    if (!/[\w$]/.test(sql[at - 1] ?? "") && !/[\w$]/.test(sql[at + name.length] ?? "")) return at;
  }
  return 0;
}

/** Reports SQL that PostgreSQL's grammar refuses, at its place in the file. */
export function reportSyntax(log: ProblemLog, error: SqlSyntaxError, sql: string, placeOf: (offset: number) => SourceRef): void {
  const length = sql.trimEnd().length;
  const ended = error.offset >= length;
  const message = sql.trim() === "" ? "SQL is missing" : ended ? "the SQL ends too early" : error.message;
  log.error(placeOf(Math.min(error.offset, length)), "sql-syntax", message, syntaxHint(sql, error));
}

function syntaxHint(sql: string, error: SqlSyntaxError): string | undefined {
  if (/unterminated/.test(error.message)) return "close the quote";
  if (/closes nothing|second statement|begins a second/.test(error.message))
    return "write one piece of SQL that is complete in itself";
  const bare = sql.replaceAll(/'[^']*'|"[^"]*"/g, "");
  const missing = bare.split("(").length - bare.split(")").length;
  if (missing > 0) return "a closing parenthesis is missing";
  if (missing < 0) return "an opening parenthesis is missing";
  return undefined;
}

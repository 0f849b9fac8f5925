import { splitPath } from "../base/identifier.ts";
import { quoteLiteral } from "../base/literal.ts";
import type { LiveDatabase } from "../model/database.ts";
import { kindOf, type ObjectId, pathOf } from "../model/object-id.ts";
import type { Probe } from "../model/step.ts";

/** What a session must be able to do for questions to the data. */
export interface Asker {
  batch(sql: string): Promise<readonly { readonly rows: readonly Record<string, unknown>[] }[]>;
}

/** An answer to a probe: a number of rows, or why there is none. */
export type Answer = { readonly count: number } | { readonly unchecked: string };

/** How long one question may take, in milliseconds; then the worst is assumed. */
const budgetMs = 5000;

/** A question locks its tables and their indexes, and a stock server has room for some thousands of locks. */
const tablesPerQuestion = 200;

/** Asks data questions, read-only, each with a time budget. Errors become "not checked", never a zero. */
export class DataQuestions {
  readonly #session: Asker;
  readonly #readable = new Map<string, string | null>();
  constructor(session: Asker) {
    this.#session = session;
  }

  /** Which of these tables hold no row. What cannot be read is not empty. */
  async emptyTables(tables: readonly ObjectId[], live: LiveDatabase): Promise<Set<ObjectId>> {
    const known = tables.filter((table) => live.facts.has(table));
    await this.#learnReadable(known.map(pathOf));
    const askable = known.filter((table) => this.#readable.get(pathOf(table)) === null);
    const found = new Set<ObjectId>();
    for (let start = 0; start < askable.length; start += tablesPerQuestion) {
      for (const id of await this.#emptyOf(askable.slice(start, start + tablesPerQuestion))) found.add(id);
    }
    return found;
  }

  async #emptyOf(tables: readonly ObjectId[]): Promise<ReadonlySet<ObjectId>> {
    const sql = tables
      .map((table) => `select ${quoteLiteral(table)} as id where not exists (select from ${pathOf(table)})`)
      .join(" union all ");
    try {
      const [, , result] = await this.#session.batch(
        `BEGIN READ ONLY; SET LOCAL statement_timeout = ${budgetMs}; ${sql}; COMMIT`,
      );
      return new Set((result?.rows ?? []).map((row) => String(row["id"])));
    } catch (error) {
      await this.#abandon(error);
      return new Set();
    }
  }

  /** Answers one probe. */
  async ask(probe: Probe): Promise<Answer> {
    await this.#learnReadable([probe.relation]);
    const reason = this.#readable.get(probe.relation);
    if (reason) return { unchecked: reason };
    try {
      const [, , result] = await this.#session.batch(
        `BEGIN READ ONLY; SET LOCAL statement_timeout = ${budgetMs}; ${probe.sql}; COMMIT`,
      );
      const [value] = Object.values(result?.rows[0] ?? {});
      return { count: Number(value ?? 0) };
    } catch (error) {
      await this.#abandon(error);
      return { unchecked: error instanceof Error ? error.message : String(error) };
    }
  }

  async #abandon(error: unknown): Promise<void> {
    if (!(error instanceof Error) || !("severity" in error)) throw error;
    await this.#session.batch("ROLLBACK");
  }

  /** Why a relation cannot be asked: no privilege, or row-level security that would hide rows from us. */
  async #learnReadable(relations: readonly string[]): Promise<void> {
    const unknown = [...new Set(relations)].filter((relation) => !this.#readable.has(relation));
    if (unknown.length === 0) return;
    const list = unknown.map((path) => `(${[path, ...splitPath(path)].map(quoteLiteral).join(", ")})`).join(", ");
    // Looked up in pg_class: to_regclass is an error without USAGE on the schema.
    const sql = `select r.path as name, case when c.oid is null then 'it does not exist yet'
        when not has_schema_privilege(n.oid, 'USAGE') then 'no USAGE on its schema'
        when not has_table_privilege(c.oid, 'SELECT') then 'no SELECT on it'
        when row_security_active(c.oid) then 'row-level security would hide rows from this role' end as reason
      from (values ${list}) r(path, schema, name) left join pg_namespace n on n.nspname = r.schema left join pg_class c on c.relnamespace = n.oid and c.relname = r.name`;
    const [result] = await this.#session.batch(sql);
    for (const row of result?.rows ?? []) this.#readable.set(String(row["name"]), (row["reason"] as string | null) ?? null);
  }
}

/** The table that an id names or lies in. */
export function tableOf(id: ObjectId, live: LiveDatabase, holdsRows: (kind: string) => boolean): ObjectId | null {
  for (let fact = live.facts.get(id); fact; fact = fact.parent === null ? undefined : live.facts.get(fact.parent))
    if (holdsRows(kindOf(fact.id))) return fact.id;
  return null;
}

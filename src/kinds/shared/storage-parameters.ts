import { didYouMean } from "../../base/nearest-name.ts";
import type { ReadContext, YamlValue } from "../../model/kind.ts";

/** Storage parameters of heap tables (manual, CREATE TABLE), those of the TOAST table without their `toast.`. */

const numbers: readonly string[] = [
  ...["fillfactor", "toast_tuple_target", "parallel_workers", "log_autovacuum_min_duration", "log_autoanalyze_min_duration"],
  "vacuum_max_eager_freeze_failure_rate",
  ...["vacuum_threshold", "vacuum_max_threshold", "vacuum_insert_threshold", "analyze_threshold"].map((name) => `auto${name}`),
  ...["vacuum_scale_factor", "vacuum_insert_scale_factor", "analyze_scale_factor"].map((name) => `auto${name}`),
  ...["cost_delay", "cost_limit"].map((name) => `autovacuum_vacuum_${name}`),
  ...["freeze_min_age", "freeze_max_age", "freeze_table_age"].flatMap((name) => [
    `autovacuum_${name}`,
    `autovacuum_multixact_${name}`,
  ]),
];
const known: readonly string[] = [
  ...numbers,
  ...["autovacuum_enabled", "user_catalog_table", "vacuum_truncate", "vacuum_index_cleanup"],
];

/**
 * Reports what is a slip in the parameters of a table: a name that is nearly one of PostgreSQL's, and a word where a number belongs.
 * Other names are the server's to judge: newer majors have more.
 */
export function checkParameters(parameters: YamlValue | undefined, context: ReadContext): void {
  for (const { key, at, value } of parameters?.type === "map" ? parameters.entries : []) {
    const name = key.toLowerCase().replace(/^toast\./, "");
    const nearest = known.includes(name) ? undefined : didYouMean(name, known);
    if (nearest !== undefined) context.problem(at, "wrong-word", `"${key}" is no storage parameter of a table`, nearest);
    if (!numbers.includes(name) || value.type !== "scalar" || /^-?(\d+\.?\d*|\.\d+)$/.test(value.text)) continue;
    context.problem(value.at, "wrong-type", `${key} is a number, and "${value.text}" is none`, `write a number, or leave it out`);
  }
}

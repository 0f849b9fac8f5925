import { isSqlText, type Spec, type SpecValue, type SqlText } from "../model/spec.ts";
import { normalForm } from "../sql/normal-form.ts";

/** Where two specs are not the same. `doubt`: SQL whose trees differ, which may still mean the same. */
export interface Difference {
  /** Field of the spec, then keys inside it: `definition`, `checks.0.expression`. */
  readonly path: string;
  readonly certain: boolean;
  readonly live: SqlText | null;
  readonly desired: SqlText | null;
}

/** Compares two specs field by field; `skip` names the fields that are no difference. */
export function compareSpec(live: Spec, desired: Spec, skip: readonly string[]): Difference[] {
  const fields = [...new Set([...Object.keys(live), ...Object.keys(desired)])].filter((name) => !skip.includes(name)).sort();
  return fields.flatMap((name) => compareValue(name, live[name], desired[name]));
}

function compareValue(path: string, live: SpecValue, desired: SpecValue): Difference[] {
  if (isSqlText(live) && isSqlText(desired)) return compareSql(path, live, desired);
  if (Array.isArray(live) && Array.isArray(desired)) {
    if (live.length !== desired.length) return [certain(path)];
    return live.flatMap((item, index) => compareValue(`${path}.${index}`, item as SpecValue, desired[index] as SpecValue));
  }
  if (isRecord(live) && isRecord(desired)) {
    const keys = [...new Set([...Object.keys(live), ...Object.keys(desired)])].sort();
    return keys.flatMap((key) => compareValue(`${path}.${key}`, live[key], desired[key]));
  }
  return (live ?? null) === (desired ?? null) ? [] : [certain(path)];
}

function isRecord(value: SpecValue): value is { readonly [key: string]: SpecValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isSqlText(value);
}

function certain(path: string): Difference {
  return { path, certain: true, live: null, desired: null };
}

function compareSql(path: string, live: SqlText, desired: SqlText): Difference[] {
  if (live.sql === desired.sql || sameTree(live, desired)) return [];
  return [{ path, certain: false, live, desired }];
}

/** Tier 1: equal parse trees. What does not parse is not equal, and not certainly different. */
export function sameTree(a: SqlText, b: SqlText): boolean {
  if (a.as !== b.as) return false;
  try {
    return normalForm(a.as, a.sql) === normalForm(b.as, b.sql);
  } catch {
    return false;
  }
}

/** The first part of a path: the field of the spec. */
export function fieldOf(path: string): string {
  return path.split(".")[0] ?? path;
}

/** The SQL at a path of a spec; null when there is none. */
export function sqlAt(spec: Spec, path: string): SqlText | null {
  let value: SpecValue = spec as SpecValue;
  for (const key of path.split(".")) {
    if (typeof value !== "object" || value === null) return null;
    value = (value as { readonly [name: string]: SpecValue })[key];
  }
  return isSqlText(value) ? value : null;
}

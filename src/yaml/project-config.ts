import { qualifiedName, splitPath, withoutArguments } from "../base/identifier.ts";
import { didYouMean } from "../base/nearest-name.ts";
import type { IgnoreRule, ProjectConfig } from "../model/database.ts";
import type { KindModule, YamlEntry, YamlValue } from "../model/kind.ts";
import { type ObjectId, objectId } from "../model/object-id.ts";
import { durationMs } from "./duration.ts";
import type { ProblemLog } from "./problem-log.ts";

/** The keys of schema.yaml that are no objects, by name. Values of the wrong form are left out: they were reported. */
export interface ConfigKeys {
  entry(...path: readonly string[]): YamlEntry | undefined;
  text(...path: readonly string[]): string | undefined;
  list(...path: readonly string[]): readonly YamlValue[] | undefined;
}

/** Looks keys up in the root of schema.yaml, `broken` values aside. */
export function configKeys(root: YamlValue, broken: ReadonlySet<YamlValue>): ConfigKeys {
  const entry = (...path: readonly string[]): YamlEntry | undefined => {
    let found: YamlEntry | undefined;
    let value: YamlValue | undefined = root;
    for (const key of path) {
      found = value?.type === "map" ? value.entries.find((candidate) => candidate.key === key) : undefined;
      if (found && broken.has(found.value)) return undefined;
      value = found?.value;
    }
    return found;
  };
  const value = (path: readonly string[]): YamlValue | undefined => entry(...path)?.value;
  return {
    entry,
    text: (...path) => {
      const found = value(path);
      return found?.type === "scalar" ? found.text : undefined;
    },
    list: (...path) => {
      const found = value(path);
      return found?.type === "list" ? found.items : undefined;
    },
  };
}

/** The texts of a list; undefined when the key is absent. */
export function textList(keys: ConfigKeys, key: string): readonly string[] | undefined {
  return keys.list(key)?.flatMap((item) => (item.type === "scalar" ? [item.text] : []));
}

/** Default schema of a project. */
export function defaultSchema(keys: ConfigKeys): string {
  return keys.text("schema") ?? "public";
}

/** The configuration as data, with defaults. Search path and managed schemas depend on what the files declare: given. */
export function readConfig(
  file: string,
  keys: ConfigKeys,
  found: { readonly searchPath: readonly string[]; readonly managedSchemas: readonly string[] },
  ignore: readonly IgnoreRule[],
  dropped: readonly ObjectId[],
): ProjectConfig {
  const owner = keys.text("owner");
  return {
    file,
    project: keys.text("project") ?? "default",
    schema: defaultSchema(keys),
    lowestMajor: Number(keys.text("postgres") ?? 14),
    searchPath: found.searchPath,
    ...(owner === undefined ? {} : { owner }),
    manage: keys.text("manage") === "database" ? "database" : "listed",
    managedSchemas: found.managedSchemas,
    defaultRls: defaultRls(keys),
    ignore,
    dropped,
    targets: readTargets(keys),
    apply: {
      lockTimeout: durationMs(keys.text("apply", "lock_timeout") ?? "500ms"),
      lockWait: durationMs(keys.text("apply", "lock_wait") ?? "60s"),
      safeStatementTimeout: durationMs(keys.text("apply", "safe_statement_timeout") ?? "5s"),
    },
    rollout: {
      phase: keys.text("rollout", "phase") === "all" ? "all" : "expand",
      contract: keys.text("rollout", "contract") === "auto" ? "auto" : "manual",
      lockBudgetMs: Number(keys.text("rollout", "lock_budget_ms") ?? 250),
    },
  };
}

/** Row-level security of a table that says nothing of it. */
export function defaultRls(keys: ConfigKeys): ProjectConfig["defaultRls"] {
  const text = keys.text("defaults", "rls");
  return text === "enabled" || text === "forced" ? text : "disabled";
}

function readTargets(keys: ConfigKeys): ProjectConfig["targets"] {
  const value = keys.entry("targets")?.value;
  const entries = value?.type === "map" ? value.entries : [];
  return Object.fromEntries(
    entries.flatMap(({ key }) => {
      const url = keys.text("targets", key, "url");
      const database = keys.text("targets", key, "expect", "database");
      const setRole = keys.text("targets", key, "set_role");
      const rest = { ...(database === undefined ? {} : { database }), ...(setRole === undefined ? {} : { setRole }) };
      return url === undefined ? [] : [[key, { url, ...rest }]];
    }),
  );
}

/** The rules of `ignore:`. An expired one no longer holds, and says so. */
export function readIgnore(keys: ConfigKeys, today: string, log: ProblemLog): IgnoreRule[] {
  return (keys.list("ignore") ?? []).flatMap((item) => {
    const object = textOf(item, "object");
    const reason = textOf(item, "reason");
    const until = textOf(item, "until");
    if (object === undefined || reason === undefined) return [];
    if (until !== undefined && until < today) {
      log.warning(
        item.at,
        "expired-ignore",
        `the rule that ignores ${object} expired on ${until}`,
        "remove it, or give it a later date",
      );
      return [];
    }
    return [{ object, reason, ...(until === undefined ? {} : { until }) }];
  });
}

function textOf(value: YamlValue, key: string): string | undefined {
  const found = value.type === "map" ? value.entries.find((entry) => entry.key === key)?.value : undefined;
  return found?.type === "scalar" ? found.text : undefined;
}

/** The ids of `dropped:`. A name without schema lies in the default schema; an unknown kind is a problem. */
export function readDropped(keys: ConfigKeys, kinds: readonly KindModule[], log: ProblemLog): ObjectId[] {
  return (keys.list("dropped") ?? []).flatMap((item) => {
    if (item.type !== "scalar") return [];
    const [, kind = "", path = ""] = /^(\S+)\s+(.+)$/.exec(item.text.trim()) ?? [];
    const known = kinds.map((module) => module.kind);
    if (kinds.some((module) => module.kind === kind && module.outsideSchemas === true))
      return [objectId(kind, qualifiedName(...splitPath(path)))];
    if (!known.includes(kind)) {
      const hint = didYouMean(kind, known) ?? "write the kind and the name: table app.legacy";
      log.error(item.at, "unknown-kind", `"${item.text}" names no kind of object`, hint);
      return [];
    }
    return [objectId(kind, canonicalPath(path, defaultSchema(keys)))];
  });
}

/** `legacy` → `app.legacy`; arguments of a function stay as they are. */
function canonicalPath(path: string, schema: string): string {
  const name = withoutArguments(path);
  const names = splitPath(name);
  return qualifiedName(...(names.length > 1 ? names : [schema, ...names])) + path.slice(name.length);
}

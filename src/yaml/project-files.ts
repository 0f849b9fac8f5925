import { dirname, relative, resolve } from "node:path";
import type { SourceRef } from "../model/database.ts";
import type { KindModule, SqlStatement, YamlValue } from "../model/kind.ts";
import { LockstepError } from "../model/lockstep-error.ts";
import { type FileSort, type ShapeCheck, shapeCheck } from "./check-shape.ts";
import { matchFiles } from "./file-patterns.ts";
import type { FileReader } from "./file-reader.ts";
import type { ProblemLog } from "./problem-log.ts";
import { type ConfigKeys, configKeys } from "./project-config.ts";
import { parseSource } from "./source.ts";
import { parseSqlFile } from "./sql-file.ts";
import { expandTemplates } from "./templates.ts";

/** All files of a project, parsed and of the right shape but for what is `broken`. */
export interface ProjectFiles {
  /** Path of schema.yaml as it is shown: relative to the working folder. */
  readonly file: string;
  readonly keys: ConfigKeys;
  /** schema.yaml, then what it includes. */
  readonly documents: readonly YamlValue[];
  readonly statements: readonly SqlStatement[];
  readonly policyDocuments: readonly YamlValue[];
  readonly policyStatements: readonly SqlStatement[];
  /** Names of the policy files, as places show them. */
  readonly policyFiles: ReadonlySet<string>;
  /** Values that are not to be read, and maps with unknown keys. */
  readonly broken: ReadonlySet<YamlValue>;
  readonly incomplete: ReadonlySet<YamlValue>;
  /** False when a file could not be read or parsed: names that it declares are missing then. */
  readonly complete: boolean;
}

interface Reading {
  readonly reader: FileReader;
  readonly cwd: string;
  readonly folder: string;
  readonly log: ProblemLog;
  readonly check: ShapeCheck;
  readonly broken: Set<YamlValue>;
  readonly incomplete: Set<YamlValue>;
  complete: boolean;
}

const noValue: YamlValue = { type: "map", entries: [], at: { file: "", line: 1, column: 1 } };

/**
 * Reads schema.yaml and every file that its patterns name. Problems go to the log.
 * @throws LockstepError when schema.yaml itself cannot be read.
 */
export async function readProject(
  kinds: readonly KindModule[],
  file: string,
  cwd: string,
  log: ProblemLog,
  reader: FileReader,
): Promise<ProjectFiles> {
  const path = resolve(cwd, file);
  const reading: Reading = {
    reader,
    cwd,
    folder: dirname(path),
    log,
    check: await shapeCheck(kinds),
    broken: new Set(),
    incomplete: new Set(),
    complete: true,
  };
  const text = await readMain(path, shown(path, cwd), reader);
  const root = readYaml("project", path, text, reading) ?? noValue;
  const keys = configKeys(root, reading.broken);
  if (reading.complete) checkVersion(keys, root, log);
  const included = await readPattern(keys, "include", reading);
  const sql = await readPattern(keys, "sql", reading);
  const policies = (await readPattern(keys, "policies", reading)).filter((found) => !/\.test\.ya?ml$/.test(found.path));
  return {
    file: shown(path, cwd),
    keys,
    documents: expandTemplates([root, ...readEach("included", included, reading)], kinds, reading, log),
    statements: sqlOf(sql, reading),
    policyDocuments: readEach(
      "policy_file",
      policies.filter((found) => !isSql(found.path)),
      reading,
    ),
    policyStatements: sqlOf(
      policies.filter((found) => isSql(found.path)),
      reading,
    ),
    policyFiles: new Set(policies.map((found) => shown(found.path, cwd))),
    broken: reading.broken,
    incomplete: reading.incomplete,
    complete: reading.complete && !reading.incomplete.has(root),
  };
}

const isSql = (path: string): boolean => path.endsWith(".sql");

/** A path as places and reports show it: relative to the working folder, unless it lies far away. */
export function shown(path: string, cwd: string): string {
  const short = relative(cwd, path).replaceAll("\\", "/");
  return short.startsWith("../../..") ? path : short;
}

async function readMain(path: string, file: string, reader: FileReader): Promise<string> {
  try {
    return decode(await reader.bytes(path));
  } catch (cause) {
    const why = reasonOf(cause);
    const message = why === "missing" ? `there is no file ${file}` : `${file} cannot be read: ${why}`;
    const missing = "name the file with --file, or change to the folder that holds schema.yaml";
    const hint = why === "missing" || why === "it is a folder" ? missing : `make ${file} readable, as UTF-8 text`;
    throw new LockstepError({
      code: "no-file",
      message,
      diagnostics: [{ code: "no-file", severity: "error", message, file, hint }],
      cause,
    });
  }
}

/** Text of a file; a Windows or Latin-1 file must not become a different name or comment in the database. */
function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  if (code === "ENOENT" || code === "ENOTDIR") return "missing";
  if (code === "EISDIR") return "it is a folder";
  if (code === "EACCES" || code === "EPERM") return "no permission";
  return code === "ERR_ENCODING_INVALID_ENCODED_DATA" ? "it is not UTF-8" : String((error as Error).message);
}

function readYaml(sort: FileSort, path: string, text: string, reading: Reading): YamlValue | null {
  const source = parseSource(shown(path, reading.cwd), text, reading.log);
  if (source.root === null) {
    reading.complete = false;
    return null;
  }
  const shape = reading.check(sort, source.root, source.broken, reading.log);
  for (const value of shape.broken) reading.broken.add(value);
  for (const value of shape.incomplete) reading.incomplete.add(value);
  if (sort !== "policy_file" && (shape.incomplete.has(source.root) || shape.broken.has(source.root))) reading.complete = false;
  return source.root;
}

function readEach(sort: FileSort, files: readonly Found[], reading: Reading): YamlValue[] {
  return files.flatMap((found) => readYaml(sort, found.path, found.text, reading) ?? []);
}

function sqlOf(files: readonly Found[], reading: Reading): SqlStatement[] {
  return files.flatMap((found) => {
    const statements = parseSqlFile(shown(found.path, reading.cwd), found.text, reading.log);
    if (statements === null) reading.complete = false;
    return statements ?? [];
  });
}

function checkVersion(keys: ConfigKeys, root: YamlValue, log: ProblemLog): void {
  const known = root.type === "map" && root.entries.some((entry) => entry.key === "version");
  if (!known && keys.text("version") === undefined) {
    log.error(root.at, "missing-key", 'the key "version" is missing', "write `version: 1` at the top of the file");
  }
}

interface Found {
  readonly path: string;
  readonly text: string;
}

/** The files of the patterns of one key, each once. A pattern without a file is a problem. */
async function readPattern(keys: ConfigKeys, key: string, reading: Reading): Promise<Found[]> {
  const paths = new Map<string, SourceRef>();
  for (const item of keys.list(key) ?? []) {
    if (item.type !== "scalar") continue;
    const matches = await matchFiles(reading.folder, item.text.replaceAll("\\", "/"), reading.reader);
    if (matches.length === 0) reportNoMatch(item.text, item.at, key, reading);
    for (const match of matches) paths.set(resolve(reading.folder, match), item.at);
  }
  const found: Found[] = [];
  for (const [path, at] of paths) {
    try {
      found.push({ path, text: decode(await reading.reader.bytes(path)) });
    } catch (error) {
      reading.log.error(at, "unreadable-file", `${shown(path, reading.cwd)} cannot be read: ${reasonOf(error)}`);
      reading.complete = false;
    }
  }
  return found;
}

function reportNoMatch(pattern: string, at: SourceRef, key: string, reading: Reading): void {
  const folder = shown(reading.folder, reading.cwd) || ".";
  reading.log.error(
    at,
    "no-match",
    `no file matches "${pattern}" in ${folder === "." ? reading.folder : folder}`,
    `correct the pattern, or write \`${key}: []\` for none`,
  );
  if (key !== "policies") reading.complete = false;
}

import { join } from "node:path";
import { type ConnectOptions, connect, type Session } from "../catalog/connect.ts";
import { parseConnectionUrl } from "../catalog/connection-url.ts";
import { secretsOfUrl } from "../catalog/redact.ts";
import { resolveTarget, type TargetChoice } from "../catalog/target.ts";
import type { ProjectConfig } from "../model/database.ts";
import { LockstepError } from "../model/lockstep-error.ts";
import { diagnosticsText } from "../report/diagnostics-text.ts";
import { type EmbeddedServer, startEmbeddedServer } from "../scratch/embedded-server.ts";
import type { CommandContext, CommonOptions } from "./command-context.ts";
import { projectFolder } from "./project-folder.ts";

/**
 * For reading, in runs that write too: steps set their own. Deparsing a view takes a weak lock on its tables, which waits for somebody
 * else's ALTER TABLE and makes nobody wait.
 */
const READING_LOCK_TIMEOUT_MS = 10_000;

/** A database that a command works on, open until the command ends. */
export interface OpenTarget {
  readonly session: Session;
  /** Opens another session on the same database; whoever opens it closes it. */
  openSession(options?: Partial<ConnectOptions>): Promise<Session>;
  /** The server for people: `db.example.org:5432`, or `the embedded server`. */
  readonly where: string;
  /** What must not appear in any output: the passwords of the connection. */
  readonly secrets: readonly string[];
}

/** What a command wants of the target: only to read it, and the targets that the files declare, where there are files. */
export interface TargetRequest {
  readonly readOnly: boolean;
  readonly targets?: ProjectConfig["targets"];
  /** Whether a signal cancels what the session runs at once; a run that records its own end does it itself. */
  readonly cancelOnSignal?: boolean;
}

/**
 * Finds the target by the flags and the environment, starts the embedded server where that is it, connects, and calls `body`.
 * Everything is closed and stopped when `body` ends, however it ends. Throws what connecting throws, and `wrong-database` (3) when the
 * target is not the one that the files expect.
 */
export async function withTarget<T>(
  context: CommandContext,
  options: CommonOptions,
  request: TargetRequest,
  body: (target: OpenTarget) => Promise<T>,
): Promise<T> {
  const choice = choose(context, options, request.targets);
  const place = await openPlace(context, options, choice);
  try {
    const signal = request.cancelOnSignal === false ? {} : { signal: context.signal };
    const setRole = options.target === undefined ? undefined : request.targets?.[options.target]?.setRole;
    const role = setRole === undefined ? {} : { setRole };
    const openSession = (more: Partial<ConnectOptions> = {}) =>
      connect(place.url, { readOnly: request.readOnly, lockTimeout: READING_LOCK_TIMEOUT_MS, ...role, ...more });
    const session = await openSession(signal);
    try {
      checkExpected(session, options, request.targets);
      if (session.diagnostics.length > 0) {
        context.output.warn(diagnosticsText(session.diagnostics, { colour: context.output.colourErr }));
      }
      return await body({ session, openSession, where: place.where, secrets: secretsOfUrl(place.url) });
    } finally {
      await session.close();
    }
  } finally {
    await place.stop();
  }
}

function choose(context: CommandContext, options: CommonOptions, targets: TargetRequest["targets"]): TargetChoice {
  return resolveTarget({
    ...(options.url === undefined ? {} : { url: options.url }),
    ...(options.target === undefined ? {} : { target: options.target }),
    ...(targets === undefined ? {} : { targets }),
    env: context.env,
    embedded: options.embedded === true,
    isTty: context.isTty,
  });
}

interface Place {
  readonly url: string;
  readonly where: string;
  stop(): Promise<void>;
}

async function openPlace(context: CommandContext, options: CommonOptions, choice: TargetChoice): Promise<Place> {
  if (choice.kind === "url") {
    context.output.hide(secretsOfUrl(choice.url));
    const { hosts } = parseConnectionUrl(choice.url, choice.from);
    return { url: choice.url, where: hosts.map(({ host, port }) => `${host}:${port}`).join(","), stop: async () => undefined };
  }
  const dataDir = join(projectFolder(context.cwd, options.file), ".lockstep", "server");
  const server = await embedded(dataDir, context.signal);
  context.output.hide(secretsOfUrl(server.url));
  const why = choice.why === "--embedded" ? "" : `: ${choice.why}`;
  context.output.note(`Using the embedded PostgreSQL ${server.major} under .lockstep/${why}.`);
  return { url: server.url, where: "the embedded server", stop: () => server.stop() };
}

async function embedded(dataDir: string, signal: AbortSignal): Promise<EmbeddedServer> {
  try {
    return await startEmbeddedServer({ dataDir, durable: true, signal });
  } catch (cause) {
    if (signal.aborted) throw cause;
    const message = `The embedded server cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new LockstepError({ code: "embedded-server", message, cause });
  }
}

function checkExpected(session: Session, options: CommonOptions, targets: TargetRequest["targets"]): void {
  const expected = options.target === undefined ? undefined : targets?.[options.target]?.database;
  if (expected === undefined || expected === session.database) return;
  const message = `Target ${options.target} expects database "${expected}", but the connection leads to "${session.database}". Nothing was done. Correct the URL, or \`expect:\` in the files.`;
  throw new LockstepError({ code: "wrong-database", message, exitCode: 3 });
}

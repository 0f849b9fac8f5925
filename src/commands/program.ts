import { Command, InvalidArgumentError, Option } from "commander";
import { durationMs, durationPattern } from "../yaml/duration.ts";

/** Runs one command by its name with its parsed options and arguments. The command's module is loaded only then. */
export type Dispatch = (name: CommandName, options: Readonly<Record<string, unknown>>, args: readonly string[]) => Promise<void>;

export type CommandName =
  | "validate"
  | "fmt"
  | "split"
  | "join"
  | "pull"
  | "plan"
  | "apply"
  | "policies plan"
  | "policies apply"
  | "drift"
  | "status"
  | "version";

/** What `--accept-drop` without a list becomes. */
export const EVERY_PAIR = "*";

/**
 * The command line: names, flags, help. Knows nothing of what commands do.
 * @param write where help (`out`) and usage errors (`err`) go
 */
export function buildProgram(
  version: string,
  dispatch: Dispatch,
  write: { readonly out: (text: string) => void; readonly err: (text: string) => void },
): Command {
  const program = new Command("lockstep")
    .description("Keeps a PostgreSQL database in step with a desired state in YAML, without outages.")
    .version(version, "-V, --version", "print the version")
    .exitOverride()
    .configureOutput({ writeOut: write.out, writeErr: write.err })
    .configureHelp({ showGlobalOptions: true, optionTerm: termOf, sortSubcommands: false })
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show help for a command");
  addCommonOptions(program);
  addFileCommands(program, dispatch);
  addPlanCommands(program, dispatch);
  addPoliciesCommands(program, dispatch);
  addStateCommands(program, dispatch);
  example(program, [
    "lockstep plan --embedded",
    "lockstep apply --url postgres://localhost/shop",
    "lockstep plan --json --out plan.json",
  ]);
  for (const command of everyCommand(program)) command.showHelpAfterError(`Run '${pathOf(command)} --help' for usage.`);
  return program;
}

/**
 * `--accept-drop` takes its list only behind `=`, so that it swallows no other argument: the bare flag gets a value of its own
 * before the arguments are parsed.
 */
export function prepareArguments(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf("--");
  return argv.map((arg, index) => (arg === "--accept-drop" && (end === -1 || index < end) ? `--accept-drop=${EVERY_PAIR}` : arg));
}

function addCommonOptions(program: Command): void {
  program
    .addOption(new Option("-f, --file <file>", "the desired state").default("schema.yaml").argParser(nonEmpty))
    .addOption(new Option("--target <name>", "a target that the files declare").argParser(nonEmpty))
    .addOption(new Option("--url <url>", "the database, as a connection URL").argParser(nonEmpty))
    .option("--embedded", "use the embedded server under .lockstep/")
    .option("--json", "write one JSON document to stdout")
    .option("-q, --quiet", "no messages and no progress")
    .option("-v, --verbose", "more: SQL, undo and reason of each step; stack of an internal error")
    .option("--no-color", "no colours (also: NO_COLOR)")
    .option("--no-input", "never ask; an unanswered question is an error")
    .option("--strict", "unmanaged objects are an error");
}

function addFileCommands(program: Command, dispatch: Dispatch): void {
  const validate = program.command("validate").description("check the files; no database is needed");
  validate.action(async () => dispatch("validate", validate.optsWithGlobals(), []));
  example(validate, ["lockstep validate", "lockstep validate -f db/schema.yaml --json"]);

  const pull = program
    .command("pull")
    .description("write the live state of a database as files; into existing ones only what differs")
    .addOption(new Option("--out <dir>", "the folder to write to").makeOptionMandatory().argParser(nonEmpty))
    .addOption(new Option("--only <pattern>", 'only these objects: "table app.*", "app.*" (repeatable)').argParser(addPattern));
  pull.action(async () => dispatch("pull", pull.optsWithGlobals(), []));
  example(pull, [
    "lockstep pull --url postgres://localhost/shop --out db",
    "lockstep pull --out db --only 'table app.*' --only app.touch",
  ]);
  addLayoutCommands(program, dispatch);
}

function addLayoutCommands(program: Command, dispatch: Dispatch): void {
  const fmt = program
    .command("fmt")
    .description("bring the YAML files into one form; what they say stays the same")
    .option("--check", "write nothing; exit 2 when a file is not in this form");
  fmt.action(async () => dispatch("fmt", fmt.optsWithGlobals(), []));
  example(fmt, ["lockstep fmt", "lockstep fmt --check -f db/schema.yaml"]);

  const split = program.command("split").description("give each table a file of its own under tables/");
  split.action(async () => dispatch("split", split.optsWithGlobals(), []));
  example(split, ["lockstep split"]);

  const join = program.command("join").description("bring the included files back into schema.yaml");
  join.action(async () => dispatch("join", join.optsWithGlobals(), []));
  example(join, ["lockstep join"]);
}

function addPlanCommands(program: Command, dispatch: Dispatch): void {
  const plan = program
    .command("plan")
    .description("compare the files with a database and show the steps that lead there; changes nothing")
    .addOption(formatOption(["text", "json", "sql"]))
    .addOption(outOption())
    .addOption(phaseOption())
    .addOption(acceptDropOption())
    .option("--detailed-exitcode", "exit 2 while any step is left")
    .option("--no-data-checks", "no queries on table data; the worst case is assumed");
  plan.action(async () => dispatch("plan", plan.optsWithGlobals(), []));
  example(plan, ["lockstep plan", "lockstep plan --format sql", "lockstep plan --out plan.json --detailed-exitcode"]);

  const apply = program
    .command("apply")
    .description("run a saved plan, or plan and run")
    .argument("[plan]", "a plan file that `lockstep plan --out` wrote")
    .addOption(phaseOption())
    .addOption(acceptDropOption())
    .option("--no-data-checks", "no queries on table data; the worst case is assumed");
  addApplyOptions(apply);
  apply.action(async (file?: string) => dispatch("apply", apply.optsWithGlobals(), file === undefined ? [] : [file]));
  example(apply, [
    "lockstep apply",
    "lockstep apply plan.json --approve locking",
    "lockstep apply --phase contract --approve destructive:app.users.legacy",
  ]);
}

function addPoliciesCommands(program: Command, dispatch: Dispatch): void {
  const policies = program.command("policies").description("row-level security alone: policies, their tables' states and grants");
  const plan = policies
    .command("plan")
    .description("show the steps for row-level security alone; changes nothing")
    .addOption(formatOption(["text", "json", "sql"]))
    .addOption(outOption())
    .option("--detailed-exitcode", "exit 2 while any step is left");
  plan.action(async () => dispatch("policies plan", plan.optsWithGlobals(), []));
  example(plan, ["lockstep policies plan", "lockstep policies plan --json"]);

  const apply = policies
    .command("apply")
    .description("bring row-level security alone in step; no statement when nothing changed");
  addApplyOptions(apply);
  apply.action(async () => dispatch("policies apply", apply.optsWithGlobals(), []));
  example(apply, ["lockstep policies apply", "lockstep policies apply --yes --approve widen"]);
  example(policies, ["lockstep policies plan", "lockstep policies apply --yes"]);
}

function addStateCommands(program: Command, dispatch: Dispatch): void {
  const drift = program
    .command("drift")
    .description("compare a database with the state that was last applied; exit 2 when they differ")
    .addOption(formatOption(["text", "json"]))
    .addOption(outOption("write the result to a file as JSON too"));
  drift.action(async () => dispatch("drift", drift.optsWithGlobals(), []));
  example(drift, ["lockstep drift", "lockstep drift --json"]);

  const status = program.command("status").description("show the last run and what is in flight");
  status.action(async () => dispatch("status", status.optsWithGlobals(), []));
  example(status, ["lockstep status", "lockstep status --json"]);

  const version = program.command("version").description("print the version");
  version.action(async () => dispatch("version", version.optsWithGlobals(), []));
  example(version, ["lockstep version", "lockstep version --json"]);
}

function addApplyOptions(command: Command): void {
  command
    .addOption(
      new Option(
        "--approve <list>",
        "locking, destructive, widen, undeclared, or one object (destructive:app.users.legacy)",
      ).argParser(addToList),
    )
    .addOption(durationOption("--lock-timeout <d>", "wait for a lock, per attempt (default: 500ms)"))
    .addOption(durationOption("--lock-wait <d>", "wait for locks, all attempts together (default: 60s)"))
    .addOption(durationOption("--build-wait <d>", "limit for steps that build concurrently (default: none)"))
    .addOption(durationOption("--wait <d>", "wait for another run to end (default: 60s)"))
    .option("--yes", 'answers "Apply this plan?"; approves nothing');
}

function formatOption(formats: readonly string[]): Option {
  return new Option("--format <format>", "what is written to stdout (default: text)").choices(formats);
}

function outOption(description = "save the plan file, whatever the format"): Option {
  return new Option("--out <file>", description).argParser(nonEmpty);
}

function phaseOption(): Option {
  return new Option("--phase <phase>", "expand (default), contract or all").choices(["expand", "contract", "all"]);
}

function acceptDropOption(): Option {
  return new Option("--accept-drop <list>", "these drop-and-add pairs are no renames; no list: all of them").argParser(addToList);
}

function durationOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text: string) => {
    if (!new RegExp(durationPattern).test(text)) {
      throw new InvalidArgumentError("A duration is a number and a unit: 300ms, 5s, 10m, 2h.");
    }
    return durationMs(text);
  });
}

function nonEmpty(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("It is empty.");
  return text;
}

/** Comma lists, repeatable: `--approve locking --approve widen` is `--approve locking,widen`. */
function addToList(text: string, before: readonly string[] | undefined): readonly string[] {
  const items = splitList(text);
  if (items.length === 0) throw new InvalidArgumentError("The list is empty.");
  return [...(before ?? []), ...items];
}

/** One pattern each: commas may stand in a name. */
function addPattern(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), nonEmpty(text)];
}

/** Commas inside parentheses or quotes belong to a name: `destructive:app.f(integer, text)`. */
function splitList(text: string): readonly string[] {
  const items = text.match(/(?:"[^"]*"|\([^)]*\)|[^,"(])+/g) ?? [];
  return items.map((item) => item.trim()).filter((item) => item !== "");
}

function termOf(option: Option): string {
  return option.long === "--accept-drop" ? "--accept-drop[=<list>]" : option.flags;
}

function example(command: Command, lines: readonly string[]): void {
  const title = lines.length === 1 ? "Example" : "Examples";
  command.addHelpText("after", `\n${title}:\n${lines.map((line) => `  $ ${line}`).join("\n")}`);
}

function everyCommand(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

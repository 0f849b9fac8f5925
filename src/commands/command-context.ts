type Environment = Readonly<Record<string, string | undefined>>;

/** Where a command writes. Data goes to stdout; everything else to stderr, with secrets replaced. */
export interface Output {
  /** A result, on stdout. */
  data(text: string): void;
  /** A message, on stderr; silent with -q. */
  note(text: string): void;
  /** A message that -q does not silence: what went wrong, or what has to be known. */
  warn(text: string): void;
  /** Raw text to stderr, for progress that redraws its line; silent with -q. */
  progress(text: string): void;
  /** Text that must never be shown, from now on. */
  hide(secrets: readonly string[]): void;
  /** A text with the secrets replaced. */
  redacted(text: string): string;
  readonly colourOut: boolean;
  readonly colourErr: boolean;
  /** Width of the terminal that messages go to, in characters. */
  readonly columns: number;
}

/** All that a command knows of the process it runs in. */
export interface CommandContext {
  /** The environment with `.env` below it. */
  readonly env: Environment;
  readonly cwd: string;
  readonly output: Output;
  /** A person can see messages: stderr is a terminal. */
  readonly isTty: boolean;
  /** A person can answer: stdin and stderr are terminals, and --no-input was not given. */
  readonly canAsk: boolean;
  readonly signal: AbortSignal;
  /** Puts a question on stderr and returns the line typed, without its end; empty at end of input. */
  ask(question: string): Promise<string>;
  readonly version: string;
}

/** The flags that every command has. */
export interface CommonOptions {
  readonly file: string;
  readonly target?: string;
  readonly url?: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly embedded: boolean;
  readonly strict: boolean;
}

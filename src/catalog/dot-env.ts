type Environment = Readonly<Record<string, string | undefined>>;

const LINE =
  /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*(?:'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|`([^`]*)`|([^\n]*?))[ \t]*(?:[ \t]#[^\n]*|(?<=['"`])#[^\n]*)?$/gm;

/**
 * Reads the text of a `.env` file: `KEY=VALUE` lines, `export` in front, quotes (double ones know \n, \r, \t, \" and \\; quoted values may
 * span lines), comments. Lines of another form are skipped; the last of two equal keys wins. Nothing is expanded.
 */
export function parseDotEnv(text: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const lines = text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  for (const [, key = "", single, double, backtick, plain] of lines.matchAll(LINE)) {
    found[key] = single ?? backtick ?? (double === undefined ? unquoted(plain ?? "") : unescapeDouble(double));
  }
  return found;
}

/** A `#` begins a comment only after a blank: URLs and passwords hold it. */
function unquoted(text: string): string {
  return text.replace(/^#.*$|\s+#.*$/, "").trim();
}

function unescapeDouble(text: string): string {
  const named: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };
  return text.replace(/\\([nrt"\\$])/g, (_, letter: string) => named[letter] ?? letter);
}

/** The variables of a `.env` file under those of the real environment, which wins, an empty value included. */
export function mergeDotEnv(text: string, env: Environment): Environment {
  const real = Object.entries(env).filter(([, value]) => value !== undefined);
  return { ...parseDotEnv(text), ...Object.fromEntries(real) };
}

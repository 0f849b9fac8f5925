import { redactSecrets } from "../catalog/redact.ts";
import type { Output } from "./command-context.ts";

/** A stream that takes text: the part of process.stdout that is used. */
export interface TextStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** How a command's output looks; fixed once the flags are known. */
export interface OutputStyle {
  readonly colour: boolean;
  readonly quiet: boolean;
}

/** The output of a command over two streams. Colours only on terminals; secrets are replaced in everything but data. */
export function makeOutput(streams: { readonly out: TextStream; readonly err: TextStream }, style: OutputStyle): Output {
  const secrets = new Set<string>();
  const redacted = (text: string) => redactSecrets(text, [...secrets]);
  const say = (text: string) => {
    streams.err.write(redacted(text.endsWith("\n") ? text : `${text}\n`));
  };
  return {
    data: (text) => {
      streams.out.write(text);
    },
    note: (text) => {
      if (!style.quiet) say(text);
    },
    warn: say,
    progress: (text) => {
      if (!style.quiet) streams.err.write(redacted(text));
    },
    hide: (more) => {
      for (const secret of more) secrets.add(secret);
    },
    redacted,
    colourOut: style.colour && streams.out.isTTY === true,
    colourErr: style.colour && streams.err.isTTY === true,
    columns: streams.err.columns || 80,
  };
}

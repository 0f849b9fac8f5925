import { Scalar } from "yaml";

/** A string as a node: long text as a literal block, what a block cannot hold in double quotes. */
export function stringNode(text: string): Scalar {
  const node = new Scalar(text);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for.
  if (/[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]/.test(text) || /(^|\n)[ \t]*\u00a0/.test(text)) node.type = "QUOTE_DOUBLE";
  else if (text.includes("\n")) node.type = "BLOCK_LITERAL";
  return node;
}

/** A string as a standard-conforming SQL literal. Backslashes are plain: every session of ours pins standard_conforming_strings. */
export function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A function body or other long text in dollar quotes, with a tag that does not occur in it. */
export function dollarQuote(text: string): string {
  let tag = "$$";
  for (let n = 0; text.includes(tag) || text.endsWith("$"); n++) {
    tag = `$body${n === 0 ? "" : n}$`;
    if (!text.includes(tag)) break;
  }
  return `${tag}${text}${tag}`;
}

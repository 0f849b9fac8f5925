/** A string as a standard-conforming SQL literal. Backslashes are plain: every session of ours pins standard_conforming_strings. */
export function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

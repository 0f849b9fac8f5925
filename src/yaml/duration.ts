const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** What a duration looks like, as a regular expression of JSON Schema: `300ms`, `5s`, `2h`, `7d`. */
export const durationPattern = "^[0-9]+(\\.[0-9]+)?(ms|s|m|min|h|d)$";

/** A duration in milliseconds. Its form was checked before. */
export function durationMs(text: string): number {
  const match = /^([0-9.]+)([a-z]+)$/.exec(text);
  const unit = units[match?.[2] ?? ""];
  if (match?.[1] === undefined || unit === undefined) throw new Error(`not a duration: ${text}`);
  return Math.round(Number(match[1]) * unit);
}

/** `1 step`, `2 steps`, `1,234 rows`; the plural is the noun and an s unless given. */
export function count(amount: number, noun: string, plural = `${noun}s`): string {
  return `${amount.toLocaleString("en-US")} ${amount === 1 ? noun : plural}`;
}

/** A size in words: `0 B`, `8 kB`, `1.5 GB` (1 kB is 1,024 bytes, as in PostgreSQL). */
export function byteText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let amount = bytes;
  let unit = 0;
  while (amount >= 1024 && unit < units.length - 1) {
    amount /= 1024;
    unit++;
  }
  return `${amount < 10 && unit > 0 ? Math.round(amount * 10) / 10 : Math.round(amount)} ${units[unit]}`;
}

/** A time in words, from milliseconds: `12 ms`, `3.4 s`, `5 min`, `2.5 h`. */
export function timeText(ms: number): string {
  if (ms < 1000) return `${Math.max(ms < 0 ? 0 : 1, Math.round(ms))} ms`;
  if (ms < 60_000) return `${oneDigit(ms / 1000)} s`;
  if (ms < 3_600_000) return `${oneDigit(ms / 60_000)} min`;
  return `${oneDigit(ms / 3_600_000)} h`;
}

/** `18.4` for 180004, `14.22` for 140022. */
export function versionText(serverVersion: number): string {
  return `${Math.floor(serverVersion / 10_000)}.${serverVersion % 10_000}`;
}

function oneDigit(amount: number): number {
  return amount < 10 ? Math.round(amount * 10) / 10 : Math.round(amount);
}

import { setTimeout as sleep } from "node:timers/promises";

/**
 * Polls `test` until it answers true. Resolves to false when `timeoutMs` (milliseconds) ran out first; rejects with the signal's
 * reason when it was aborted.
 */
export async function waitUntil(
  test: () => boolean | Promise<boolean>,
  options: { readonly timeoutMs: number; readonly everyMs?: number; readonly signal?: AbortSignal | undefined },
): Promise<boolean> {
  const deadline = performance.now() + options.timeoutMs;
  for (;;) {
    options.signal?.throwIfAborted();
    if (await test()) return true;
    if (performance.now() >= deadline) return false;
    await sleep(options.everyMs ?? 10);
  }
}

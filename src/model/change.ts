import type { Fact } from "./database.ts";

/** One difference between desired and live state. */
export type Change =
  | { readonly type: "create"; readonly desired: Fact }
  | { readonly type: "drop"; readonly live: Fact }
  | { readonly type: "alter"; readonly live: Fact; readonly desired: Fact; readonly fields: readonly string[] }
  | { readonly type: "rename"; readonly live: Fact; readonly desired: Fact };

/** The fact a change is about: the desired one where there is one. */
export function subjectOf(change: Change): Fact {
  return change.type === "drop" ? change.live : change.desired;
}

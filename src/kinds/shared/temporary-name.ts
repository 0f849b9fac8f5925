import { createHash } from "node:crypto";

/**
 * Name of an object that exists only while a change is under way: `~lockstep_` and a hash of what it stands for, so that
 * a run which takes over finds what the one before it left.
 */
export function temporaryName(purpose: string, path: string): string {
  return `${temporaryPrefix}${createHash("sha256").update(`${purpose} ${path}`).digest("hex").slice(0, 12)}`;
}

/** What names of in-flight objects begin with. */
export const temporaryPrefix = "~lockstep_";

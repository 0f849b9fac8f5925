import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { shortHash } from "../model/fingerprint.ts";
import type { KnownPair } from "../plan/equality.ts";

/** Pairs of texts that a scratch server found equal, as hashes, so that it need not be asked again. */
export interface EqualityCache {
  has(pair: KnownPair): boolean;
  /** Adds pairs and saves the cache. Never throws: a cache that cannot be written only costs time. */
  add(pairs: readonly KnownPair[]): Promise<void>;
}

const KEPT = 10_000;

/** Opens the cache in the project's folder; a missing or broken one is empty. It may be deleted at any time. */
export async function openEqualityCache(folder: string): Promise<EqualityCache> {
  const path = join(folder, ".lockstep", "equal.json");
  const known = new Set(await readHashes(path));
  const add = async (pairs: readonly KnownPair[]) => {
    const fresh = pairs.map(shortHash).filter((hash) => !known.has(hash));
    if (fresh.length === 0) return;
    for (const hash of fresh) known.add(hash);
    await writeHashes(path, [...known].slice(-KEPT)).catch(() => undefined);
  };
  return { has: (pair) => known.has(shortHash(pair)), add };
}

async function readHashes(path: string): Promise<readonly string[]> {
  try {
    const content: unknown = JSON.parse(await readFile(path, "utf8"));
    return Array.isArray(content) ? content.filter((each) => typeof each === "string") : [];
  } catch {
    return [];
  }
}

/** Another run may write at the same time: a whole file takes the place of the old one. */
async function writeHashes(path: string, hashes: readonly string[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, JSON.stringify(hashes));
  await rename(draft, path);
}

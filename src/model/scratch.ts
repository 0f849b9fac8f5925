import type { LiveDatabase } from "./database.ts";
import type { ObjectId } from "./object-id.ts";

/** One statement that builds part of a scratch database, and the ids that are there after it. */
export interface ScratchStatement {
  readonly sql: string;
  readonly provides: readonly ObjectId[];
}

/** What a scratch database became: its catalog, and what could not be built there with PostgreSQL's reason. */
export interface ScratchBuild {
  readonly live: LiveDatabase;
  readonly failed: ReadonlyMap<ObjectId, string>;
}

/** A throw-away PostgreSQL. It starts when something is built, not before. */
export interface Scratch {
  /** Builds a database of its own from statements that run in order. */
  build(statements: readonly ScratchStatement[]): Promise<ScratchBuild>;
  close(): Promise<void>;
}

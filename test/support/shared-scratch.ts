import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { chmod, mkdir, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedServer } from "../../src/scratch/embedded-server.ts";

/** A scratch server for the plans of many folders: it runs all the time, so that no plan starts one of its own. */
export interface SharedScratch {
  /** A folder for the test's files, which is gone after `close`. */
  readonly home: string;
  /** Makes a folder of files use the server. In: the folder, which need not be there. */
  use(cwd: string): Promise<void>;
  close(): Promise<void>;
}

/** In: a prefix for the folder's name. */
export async function shareScratch(prefix: string): Promise<SharedScratch> {
  const home = mkdtempSync(join(tmpdir(), prefix));
  // The scratch server has an account of its own when the tests run as root.
  await chmod(home, 0o711);
  const dataDir = join(home, "scratch");
  const server = await startEmbeddedServer({ dataDir, durable: false });
  return {
    home,
    async use(cwd) {
      await mkdir(join(cwd, ".lockstep"), { recursive: true });
      await symlink(dataDir, join(cwd, ".lockstep", "scratch"));
    },
    async close() {
      await server.stop();
      const moved = join(dataDir, "moved-to");
      if (existsSync(moved)) rmSync(readFileSync(moved, "utf8").trim(), { recursive: true, force: true });
      rmSync(home, { recursive: true, force: true });
    },
  };
}

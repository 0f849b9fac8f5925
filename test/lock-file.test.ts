import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface LockedPackage {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** `npm ci` refuses a lock file that leaves out the binaries of other platforms, and a mirror that lacks them makes npm leave them out. */
test.each(["package-lock.json", "test/servers/package-lock.json"])("%s names the packages of every platform", (file) => {
  const { packages } = JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), "utf8")) as {
    readonly packages: Readonly<Record<string, LockedPackage>>;
  };
  const wanted = Object.entries(packages).flatMap(([path, { optionalDependencies }]) =>
    Object.keys(optionalDependencies ?? {}).map((name) => ({ path, name })),
  );
  const missing = wanted.filter(
    ({ path, name }) => !(`node_modules/${name}` in packages || `${path}/node_modules/${name}` in packages),
  );
  expect(Object.keys(packages).length).toBeGreaterThan(4);
  expect(missing).toEqual([]);
});

import { defineConfig } from "vitest/config";

const report = process.env.TEST_REPORT;

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["**/node_modules/**"],
    globalSetup: ["test/support/global-setup.ts"],
    pool: "forks",
    maxWorkers: 2,
    // A machine that others use too is slow at times; what hangs is ended all the same.
    testTimeout: 180_000,
    hookTimeout: 120_000,
    // A report for machines beside what people read, where TEST_REPORT names a file for it.
    ...(report === undefined
      ? {}
      : { reporters: ["default", ["json", { outputFile: report }]] as ["default", ["json", { outputFile: string }]] }),
  },
});

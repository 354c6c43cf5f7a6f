import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { CountReporter } from "./test/reporter.ts";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    pool: "forks",
    // Left to itself vitest keeps one core free; on two cores the tests, which mostly wait, would run one by one.
    maxWorkers: availableParallelism(),
    // Unit tests take milliseconds; the bound is for those that start nodes as processes.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ["default", new CountReporter()],
  },
});

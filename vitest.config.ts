import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { CountReporter } from "./test/reporter.ts";

/** Tests that start no process and keep nothing in their modules. */
const PURE = ["test/property/**/*.test.ts", "test/unit/**/*.test.ts", "test/vectors/**/*.test.ts"];

/** What measures how long others wait must not wait for another test. */
const TIMED = ["test/integration/fairness.test.ts"];

export default defineConfig({
  test: {
    pool: "forks",
    // Tests that start nodes mostly wait: for disks, for peers, for what must not happen. With one more than there are cores
    // the whole takes half as long as with one less, which is what vitest would take.
    maxWorkers: availableParallelism() + 1,
    // Unit tests take milliseconds; the bound is for those that start nodes as processes.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ["default", new CountReporter()],
    projects: [
      // A process for each of a hundred short files would take longer than what they test.
      { extends: true, test: { name: "pure", include: PURE, isolate: false } },
      { extends: true, test: { name: "nodes", include: ["test/**/*.test.ts"], exclude: [...PURE, ...TIMED] } },
      { extends: true, test: { name: "timed", include: TIMED, sequence: { groupOrder: 1 } } },
    ],
  },
});

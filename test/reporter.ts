import type { Reporter, SerializedError, TestModule } from "vitest/node";

/**
 * Says as the very last line of a run how it went: `Tests: 412 passed, 0 failed, 3 skipped`. A file that could not be
 * loaded, and an error outside any test, count as failed, so that nothing fails unseen.
 */
export class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string): number => tests.filter((test) => test.result().state === state).length;
    const outsideTests = modules.filter(failedOutsideTests).length + unhandledErrors.length;
    const failed = count("failed") + outsideTests;
    // The other reporters print when the run ends, too; the line waits until they have.
    process.once("exit", () =>
      console.log(`Tests: ${count("passed")} passed, ${failed} failed, ${count("skipped")} skipped`),
    );
  }
}

function failedOutsideTests(module: TestModule): boolean {
  return !module.ok() && ![...module.children.allTests("failed")].length;
}

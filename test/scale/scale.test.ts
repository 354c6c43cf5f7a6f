import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

async function figuresOf(...args: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", MAIN, ...args]);
  const lines = stdout.trim().split("\n");
  return new Map(
    lines.map((line) => {
      const { schema, figure, value, unit } = JSON.parse(line) as Record<string, unknown>;
      if (schema !== "entente/scale/1" || typeof unit !== "string") throw new Error(`not a figure: ${line}`);
      return [String(figure), Number(value)];
    }),
  );
}

it("a small federation, each connected to two others, has every record everywhere within seconds", async () => {
  const figures = await figuresOf("simulate", "--nodes", "5", "--links", "2", "--share", "0.001", "--minutes", "1");
  expect(figures.get("records")).toBe(8);
  expect(figures.get("convergence")).toBeLessThan(10_000);
});

it("who joins has all that the others have for it", async () => {
  const figures = await figuresOf("join", "--logs", "3", "--entries", "600");
  // With the charters, followers and member lists of the others.
  expect(figures.get("joinEntries")).toBeGreaterThan(600);
});

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
      const { schema, figure, value, unit, nodes } = JSON.parse(line) as Record<string, unknown>;
      const isFigure = typeof value === "number" && typeof unit === "string" && typeof nodes === "number";
      if (schema !== "entente/scale/1" || !isFigure) throw new Error(`not a figure: ${line}`);
      return [String(figure), value];
    }),
  );
}

it("a small federation of two countries has every record wherever it is addressed within seconds", async () => {
  const figures = await figuresOf("simulate", "--nodes", "6", "--countries", "2", "--share", "0.02");
  // 278 a country and year.
  expect(figures.get("records")).toBe(11);
  // Each trusts the two others of its country, and the contact points each other.
  expect([figures.get("peersMedian"), figures.get("peersMax")]).toEqual([2, 3]);
  expect(figures.get("convergence")).toBeLessThan(10_000);
  // None where all was there by the time that the last one was acknowledged.
  expect(figures.get("rounds")).toBeLessThan(10);
  for (const one of [
    "deliveries",
    "sentMedian",
    "receivedMax",
    "memoryPerNode",
    "memoryPerPeer",
    "memoryPerLog",
    "storedPerNode",
    "steps",
  ])
    expect(figures.get(one), one).toBeGreaterThan(0);
});

it("who joins has all that the others have for it", async () => {
  const figures = await figuresOf("join", "--logs", "3", "--entries", "600");
  // With the charters, followers and member lists of the others.
  expect(figures.get("joinEntries")).toBeGreaterThan(600);
});

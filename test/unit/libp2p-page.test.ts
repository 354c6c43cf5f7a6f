import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import lock from "../../package-lock.json" with { type: "json" };
import packageJson from "../../package.json" with { type: "json" };

// The page says what we do about each known pain of libp2p and which test shows it; here is what keeps it true.

const ROOT = join(import.meta.dirname, "..", "..");
const PAGE = read("docs/decisions/libp2p.md");
const LIMITS = ["cli/limits.ts", "node/limits.ts", "node/network/limits.ts", "protocol/limits.ts"].map(read).join("\n");

/** The cells of a row: number, pain, what we do, what shows it. */
const ROWS = [...PAGE.matchAll(/^\| (F\d+) +\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)].map(
  ([, number = "", , , shown = ""]) => ({ number, shown: shown.trim() }),
);

function read(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

/** A file, and then titles of tests in it. */
function testsOf(text: string): readonly (readonly [file: string, title: string])[] {
  return [...text.matchAll(/`(test\/[^`]+\.test\.ts)`((?:,? \*[^*]+\*)+)/g)].flatMap(([, file = "", titles = ""]) =>
    [...titles.matchAll(/\*([^*]+)\*/g)].map(([, title = ""]) => [file, title] as const),
  );
}

describe("docs/decisions/libp2p.md", () => {
  it("answers every known pain, and shows all but one that does not apply", () => {
    expect(ROWS.map(({ number }) => number)).toEqual(Array.from({ length: 25 }, (_, at) => `F${at + 1}`));
    expect(ROWS.flatMap(({ number, shown }) => (testsOf(shown).length === 0 ? [number] : []))).toEqual(["F14"]);
  });

  it("names tests that there are", () => {
    // A title is the first argument of a test, so that a comma follows.
    const missing = testsOf(PAGE).filter(([file, title]) => !read(file).includes(`${JSON.stringify(title)},`));
    expect(missing).toEqual([]);
  });

  it("names limits and files that there are", () => {
    const limits = [...PAGE.matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g)].map(([, name = ""]) => name);
    expect(limits.length).toBeGreaterThan(10);
    expect(limits.filter((name) => !LIMITS.includes(`export const ${name} = `))).toEqual([]);
    const files = [...PAGE.matchAll(/`((?:cli|docs|docker|node|test)\/[^` ]+\.[a-z]+)`/g)].map(([, path = ""]) => path);
    expect(files.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it("names the versions that are installed, pinned exactly", () => {
    const [status = ""] = PAGE.match(/^\*Status: .*$/m) ?? [];
    const named = [...status.matchAll(/(@?[a-z][a-z0-9/-]*) (\d+\.\d+\.\d+)/g)].map(
      ([, name = "", version = ""]) => [name, version] as const,
    );
    const installed = new Map(Object.entries(lock.packages).map(([path, { version }]) => [path, version]));
    expect(named.length).toBeGreaterThan(5);
    for (const [name, version] of named) expect([name, installed.get(`node_modules/${name}`)]).toEqual([name, version]);
    // A second copy somewhere below would be one that nobody looked at.
    const copies = [...installed.keys()].filter((path) =>
      named.some(([name]) => path.endsWith(`/node_modules/${name}`)),
    );
    expect(copies).toEqual([]);
    const pins = Object.values({ ...packageJson.dependencies, ...packageJson.devDependencies });
    expect(pins.filter((pin) => !/^\d+\.\d+\.\d+$/.test(pin))).toEqual([]);
  });
});

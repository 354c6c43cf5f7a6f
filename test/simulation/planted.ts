import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FaultKind } from "./faults.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What a copy of the project needs to run simulations. */
const COPIED = [
  "package.json",
  "protocol",
  "keys",
  "node",
  "cli",
  "test/data.ts",
  "test/simulation",
  "test/support/space.ts",
  "test/support/case-builder.ts",
];

export type PlantedBug = {
  /** One of the files in `planted/`. */
  readonly patch: string;
  /** What must go wrong for the bug to show. */
  readonly faults: readonly FaultKind[];
  /** Whether a year of cases shows it, and not a minute of troubles. */
  readonly inYear?: boolean;
};

export type PlantedRun = { readonly exitCode: number; readonly output: string };

/** Runs histories, until one fails, in a copy of the project with a bug in it. */
export async function simulateWith({ patch, faults, inYear = false }: PlantedBug, seeds: number): Promise<PlantedRun> {
  const directory = await mkdtemp(join(tmpdir(), "entente-planted-"));
  try {
    for (const path of COPIED) await cp(join(ROOT, path), join(directory, path), { recursive: true });
    await symlink(join(ROOT, "node_modules"), join(directory, "node_modules"), "dir");
    await applyPatch(await readFile(join(ROOT, "test/simulation/planted", patch), "utf8"), directory);
    return await simulate(directory, seeds, inYear ? ["--year"] : ["--faults", faults.join(",")]);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function simulate(directory: string, seeds: number, options: readonly string[]): Promise<PlantedRun> {
  const main = join(directory, "test/simulation/main.ts");
  const parameters = [main, "--seeds", String(seeds), "--until-failure", ...options];
  // The copy has no test data beside it.
  const env = { ...process.env, ENTENTE_TEST_DATA_REQUIRED: "0" };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, parameters, { env }, (_, stdout, stderr) => {
      resolve({ exitCode: child.exitCode ?? -1, output: stdout + stderr });
    });
  });
}

/** As `git apply`, which need not be installed where tests run; what a hunk takes away must stand there exactly once. */
async function applyPatch(patch: string, directory: string): Promise<void> {
  for (const change of patch.split(/^--- a\/.*\n/m).slice(1)) {
    const [head = "", ...hunks] = change.split(/^@@ .*\n/m);
    const path = join(directory, head.replace(/^\+\+\+ b\//, "").trim());
    let text = await readFile(path, "utf8");
    for (const hunk of hunks) {
      const lines = hunk.split("\n").slice(0, -1);
      const side = (other: string): string =>
        lines.flatMap((line) => (line.startsWith(other) ? [] : [`${line.slice(1)}\n`])).join("");
      const pieces = text.split(side("+"));
      if (pieces.length !== 2)
        throw new Error(`a hunk fits ${pieces.length - 1} times into ${path}: bring the patch up to date`);
      text = pieces.join(side("-"));
    }
    await writeFile(path, text);
  }
}

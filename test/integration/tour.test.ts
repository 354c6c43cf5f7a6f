import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, it } from "vitest";

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, "..", "..");
let directory: string | undefined;

afterAll(async () => {
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
});

it("docs/tour.md does what it says, line by line", { timeout: 260_000 }, async () => {
  directory = await mkdtemp(join(tmpdir(), "entente-tour-"));
  const page = await readFile(join(ROOT, "docs", "tour.md"), "utf8");
  const blocks = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, code]) => code ?? "");
  expect(blocks.length).toBeGreaterThan(5);
  // Whatever fails ends it, and what it started.
  const script = ["set -euo pipefail", "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT", ...blocks].join("\n");
  const { stdout } = await run("bash", ["-c", script], {
    cwd: directory,
    env: { PATH: `${dirname(process.execPath)}:${process.env["PATH"]}`, HOME: directory, ENTENTE: ROOT },
    timeout: 240_000,
  });
  expect(stdout).toContain("gacc.example");
  expect(stdout).toContain("nvwa.example:");
});

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, it } from "vitest";
import { freePort } from "../support/nodes.ts";

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, "..", "..");
let directory: string | undefined;

afterAll(async () => {
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
});

it("docs/tour.md does what it says, line by line", { timeout: 260_000 }, async () => {
  directory = await mkdtemp(join(tmpdir(), "entente-tour-"));
  const page = await readFile(join(ROOT, "docs", "tour.md"), "utf8");
  // Other ports than the page says: somebody may be following it on this machine.
  const [nl, cn] = [await freePort(), await freePort()];
  const here = page.replace("tcp/4101", `tcp/${nl}`).replace("tcp/4102", `tcp/${cn}`);
  const blocks = [...here.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, code]) => code ?? "");
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

import { randomBytes } from "node:crypto";
import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generatePassphrase } from "../../keys/generated-passphrase.ts";
import { silentLogger } from "../../node/logger.ts";
import { examineNode, initNode, startNode } from "../../node/node.ts";
import { Prng } from "../simulation/prng.ts";

const passphrase = generatePassphrase(randomBytes(16));
let home = "";
let whole = "";

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "entente-test-"));
  whole = join(home, "whole");
  await initNode({
    dataDir: whole,
    passphrase,
    name: "nvwa.nl",
    title: "Market surveillance",
    country: "NL",
    listen: ["/ip4/127.0.0.1/tcp/0"],
    announce: [],
    roots: 1,
    rootThreshold: 1,
    approver: false,
    offlineDir: join(home, "offline"),
    operator: "anna",
    offlinePassphrase: generatePassphrase(randomBytes(16)),
  });
  const running = await startNode({ dataDir: whole, passphrase, log: silentLogger });
  await running.stop();
});
afterAll(() => rm(home, { recursive: true, force: true }));

let copies = 0;

async function damaged(damage: (store: string) => Promise<void>): Promise<string> {
  const copy = join(home, `copy-${copies++}`);
  await cp(whole, copy, { recursive: true });
  await damage(join(copy, "store"));
  return copy;
}

async function start(dataDir: string): Promise<unknown> {
  try {
    await (await startNode({ dataDir, passphrase, log: silentLogger })).stop();
    return "started";
  } catch (error) {
    return error;
  }
}

const REFUSED = {
  name: "NodeError",
  code: "STORE",
  hint: expect.stringContaining("docs/operations.md, Put back"),
};

describe("a store that is damaged", () => {
  it.each<[string, (store: string) => Promise<void>]>([
    ["is gone", (store) => rm(store, { recursive: true })],
    ["has no CURRENT", (store) => rm(join(store, "CURRENT"))],
    ["has another CURRENT", (store) => writeFile(join(store, "CURRENT"), "nothing\n")],
    ["has no MANIFEST", async (store) => rm(join(store, (await readFile(join(store, "CURRENT"), "utf8")).trim()))],
  ])("%s: start and doctor say so, and what helps", async (_what, damage) => {
    const copy = await damaged(damage);
    expect(await start(copy)).toMatchObject(REFUSED);
    const findings = await examineNode(copy);
    expect(findings).toContainEqual(
      expect.objectContaining({ code: "STORE", level: "alarm", fix: expect.stringContaining("Put back") }),
    );
  });

  it("starts, or is refused with what helps, whatever was cut off or overwritten", { timeout: 120_000 }, async () => {
    const outcomes = new Set<string>();
    for (let seed = 0; seed < 24; seed++) {
      const prng = new Prng(`wrecked ${seed}`);
      const copy = await damaged(async (store) => {
        const files = (await readdir(store)).filter((name) => !["LOCK", "LOG", "LOG.old"].includes(name)).sort();
        const file = join(store, files[prng.int(0, files.length)] ?? "");
        const bytes = await readFile(file);
        const at = prng.int(0, bytes.length + 1);
        if (seed % 2 === 0) await truncate(file, at);
        else
          await writeFile(
            file,
            Buffer.concat([bytes.subarray(0, at), Buffer.alloc(40, seed), bytes.subarray(at + 40)]),
          );
      });
      const outcome = await start(copy);
      if (outcome !== "started") expect(outcome, `seed ${seed}`).toMatchObject(REFUSED);
      outcomes.add(outcome === "started" ? "started" : "refused");
      await rm(copy, { recursive: true });
    }
    expect(outcomes).toEqual(new Set(["started", "refused"]));
  });

  it("a directory with keys and without settings is no empty one", async () => {
    const copy = await damaged((store) => rm(join(store, "..", "config.json")));
    expect(await start(copy)).toMatchObject({ code: "CONFIG", hint: expect.stringContaining("Put back") });
  });
});

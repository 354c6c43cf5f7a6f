import { randomBytes } from "node:crypto";
import { cp, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type NodeProcess, removeNodes, startFederation, temporaryDirectory } from "../support/nodes.ts";
import { until } from "../support/until.ts";

// A backup that was made while the node worked, put back: the node asks its peers before it signs, and forks nothing.

const PATIENCE_MS = 120_000;

let nvwa: NodeProcess;
let baua: NodeProcess;
let backup: string;
let held: string;
/** Entries that were acknowledged, by what they say. */
const acknowledged = new Map<string, string>();
/** Of those, published after the backup was made. */
const LATER = ["later 0", "later 1", "later 2", "later 3"];

beforeAll(async () => {
  const [first, second] = await startFederation("nvwa.nl", "baua.de");
  if (first === undefined || second === undefined) throw new Error("two authorities");
  [nvwa, baua] = [first, second];
  const target = await temporaryDirectory();
  [backup, held] = [join(target, "backup"), join(target, "of now")];
}, PATIENCE_MS);
afterAll(removeNodes);

async function publish(text: string, attached = 0): Promise<void> {
  const client = await nvwa.client();
  const input = { name: "file.bin", type: "application/octet-stream", length: attached };
  const content = Readable.from([randomBytes(attached)]);
  const parts = attached === 0 ? [] : [{ kind: "attachment", staged: (await client.stage(input, content)).staged }];
  const body = { answers: 0, outcome: "not-found", text: { en: text } };
  const { entry } = await client.publish({
    type: "follow-up",
    version: 1,
    body,
    refs: ["nvwa.nl:0"],
    to: ["baua.de"],
    parts,
  });
  if (entry !== null) acknowledged.set(text, entry);
}

async function expectAll(node: NodeProcess): Promise<void> {
  const client = await node.client();
  for (const [text, entry] of acknowledged)
    expect((await client.show(entry)).body).toMatchObject({ text: { en: text } });
  expect(await node.one("verify", "nvwa.nl")).toMatchObject({ problems: [], withheld: 0 });
}

it("is made while the node appends, complete, and by nobody overwritten", { timeout: PATIENCE_MS }, async () => {
  for (let n = 0; n < 20; n++) await publish(`before ${n}`, n === 7 ? 300_000 : 0);
  const isDone = { value: false };
  const appending = (async (): Promise<void> => {
    for (let n = 0; !isDone.value; n++) await publish(`meanwhile ${n}`, n % 5 === 4 ? 200_000 : 0);
  })();
  const report = await nvwa.one("backup", backup);
  isDone.value = true;
  await appending;
  expect(report).toMatchObject({
    schema: "entente/backup/1",
    directory: backup,
    leftOut: ["keys/online.key.age", "keys/heads"],
  });
  expect((await readdir(backup)).toSorted()).toEqual(["config.json", "operators", "store"]);
  expect((await stat(backup)).mode & 0o777).toBe(0o700);
  expect((await stat(join(backup, "operators", "anna.token"))).mode & 0o777).toBe(0o600);
  expect(await nvwa.command("backup", backup)).toMatchObject({ code: 1, stderr: expect.stringContaining("exists") });
  expect(await nvwa.command("backup", join(backup, "a", "b"))).toMatchObject({ code: 3 });
  expect((await readdir(backup)).toSorted()).toEqual(["config.json", "operators", "store"]);

  for (const text of LATER) await publish(text, text === "later 2" ? 250_000 : 0);
  await baua.catchUpWith(nvwa);
  await until("and its parts", async () =>
    (await (await baua.client()).logs()).every(({ missingParts }) => missingParts === 0),
  );
});

it("beside a newer heads file it takes its own entries back", { timeout: PATIENCE_MS }, async () => {
  const before = (await nvwa.status()).log;
  await nvwa.stop();
  await rename(join(nvwa.dataDir, "store"), held);
  await cp(join(backup, "store"), join(nvwa.dataDir, "store"), { recursive: true });
  await baua.stop();
  await nvwa.start();
  // Nobody has answered yet.
  const alone = await nvwa.status();
  expect(alone.signing.state).toBe("asking");
  expect(alone.log.size).toBeLessThan(before.size);
  expect(alone.log.size).toBeGreaterThanOrEqual(20);
  await baua.start();
  const after = await nvwa.waitFor("has its entries back", ({ signing }) => signing.state === "ready");
  expect(after.log).toMatchObject({ size: before.size, root: before.root });
  await until("and their parts", async () => (await nvwa.status()).log.missingParts === 0);
  await publish("after it was put back");
  await baua.catchUpWith(nvwa);
  await expectAll(nvwa);
  await expectAll(baua);
  expect(await baua.entente("evidence", "list")).toEqual([]);
});

it("without a heads file it signs nothing, and forks nothing", { timeout: PATIENCE_MS }, async () => {
  const before = (await nvwa.status()).log;
  await nvwa.stop();
  const keys = join(nvwa.dataDir, "keys");
  await rename(keys, join(nvwa.home, "keys"));
  await rm(nvwa.dataDir, { recursive: true });
  await cp(backup, nvwa.dataDir, { recursive: true });
  await expect(nvwa.start()).rejects.toThrow(/KEYS|online\.key\.age/);
  await cp(join(nvwa.home, "keys", "online.key.age"), join(keys, "online.key.age"), { recursive: true });
  await nvwa.start();
  const { signing, log } = await nvwa.waitFor("holds", (status) => status.signing.state === "held");
  expect(signing.reason).toMatch(/entries of our log|start/);
  expect(log.size).toBeLessThan(before.size);
  await publish("queued");
  expect((await nvwa.status()).signing.queued).toBe(1);
  expect(acknowledged.has("queued")).toBe(false);
  expect(await nvwa.command("complete", "nvwa.nl")).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('"complete":false'),
  });
  // What it holds it goes on serving, as it was.
  expect(await nvwa.one("verify", "nvwa.nl")).toMatchObject({ problems: [] });
  const mirror = (await (await baua.client()).logs()).find(({ name }) => name === "nvwa.nl");
  expect(mirror).toMatchObject({ size: before.size, root: before.root, contested: false });
  expect(await baua.entente("evidence", "list")).toEqual([]);
  await expectAll(baua);

  // It is not talked into a second history; a person takes back what the peer holds, looks, and lets it sign.
  expect(await nvwa.command("settle", "--alone", "--yes")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("settle --take-back"),
  });
  await nvwa.one("settle", "--take-back", "--yes");
  const taken = await nvwa.waitFor("has its entries back", (status) => status.log.size === before.size);
  expect(taken.log.root).toBe(before.root);
  await nvwa.waitFor("waits for a look at them", (status) => status.signing.reason?.includes("taken back") === true);
  await until("and their parts", async () => (await nvwa.status()).log.missingParts === 0);
  await nvwa.one("settle", "--alone", "--yes");
  await nvwa.waitFor("signs what was queued", (status) => status.signing.queued === 0);
  await baua.catchUpWith(nvwa);
  await expectAll(nvwa);
  expect(await baua.entente("evidence", "list")).toEqual([]);
});

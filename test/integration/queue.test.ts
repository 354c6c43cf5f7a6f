import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { generatePassphrase } from "../../keys/generated-passphrase.ts";
import { silentLogger } from "../../node/logger.ts";
import { initNode, type RunningNode, startNode } from "../../node/node.ts";
import { makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { chainFileOf } from "../support/in-process-node.ts";
import { until } from "../support/until.ts";

const DAY_MS = 86_400_000;
const CONTENT = Buffer.from("a photograph\n".repeat(20_000));

let home = "";
let running: RunningNode | undefined;

afterEach(async () => {
  vi.useRealTimers();
  await running?.stop();
  await rm(home, { recursive: true, force: true });
});

/** A node that trusts one authority, which is never there. */
async function makeLonelyNode(): Promise<() => Promise<RunningNode>> {
  home = await mkdtemp(join(tmpdir(), "entente-test-"));
  const options = { dataDir: join(home, "data"), passphrase: generatePassphrase(randomBytes(16)), log: silentLogger };
  await initNode({
    ...options,
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
  const first = await startNode(options);
  await first.service.addPeer(chainFileOf(makeAuthority("away.example", new Prng("away"))), [], "anna");
  await first.stop();
  return () => startNode(options);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

it("what waits for the right to sign keeps its attachments, however long it waits", async () => {
  const start = await makeLonelyNode();
  running = await start();
  const { staged } = await running.service.stage(
    { name: "photo.jpg", type: "image/jpeg", length: CONTENT.length },
    once(CONTENT),
  );
  const body = { answers: 0, outcome: "not-found" };
  const parts = [{ kind: "picture", staged }];
  const input = { type: "follow-up", version: 1, body, refs: ["nvwa.nl:0"], to: ["away.example"], parts };
  expect(await running.service.publish(input, "anna")).toEqual({ state: "queued", entry: null });
  await running.stop();
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3 * DAY_MS });
  running = await start();
  const { service } = running;
  expect((await service.status()).signing).toMatchObject({ state: "asking", queued: 1 });
  await service.settle("alone", "anna");
  await until("nothing waits", async () => (await service.status()).signing.queued === 0);
  const [published] = (await service.list({ limit: 10, type: "follow-up" })).entries;
  expect(published?.parts).toEqual(["held", "held"]);
  const { content } = await service.readPart(published?.entry ?? "", 1);
  const pieces: Uint8Array[] = [];
  for await (const piece of content) pieces.push(piece);
  expect(Buffer.concat(pieces).equals(CONTENT)).toBe(true);
});

it("goes to the readers that it had when it was accepted, and with personal data to nobody who has left the area", async () => {
  const start = await makeLonelyNode();
  running = await start();
  const { service } = running;
  const area = { name: "here", authorities: ["away.example"] };
  const policy = { schema: "entente/policy/1", area, sections: { traceability: "addressees", personal: "addressees" } };
  await service.setPolicy(policy, "anna");
  for (const kind of ["traceability", "personal"]) {
    const file = { name: "file.txt", type: "text/plain", length: 5 };
    const { staged } = await service.stage(file, once(Buffer.from("hello")));
    const body = { answers: 0, outcome: "not-found", text: { en: kind } };
    const parts = [{ kind, staged }];
    const input = { type: "follow-up", version: 1, body, refs: ["nvwa.nl:0"], to: ["away.example"], parts };
    expect(await service.publish(input, "anna")).toEqual({ state: "queued", entry: null });
  }
  await service.setPolicy({ schema: "entente/policy/1" }, "anna");
  await service.settle("alone", "anna");
  await until("one waits", async () => (await service.status()).signing.queued === 1);
  const published = async (): Promise<readonly unknown[]> =>
    await Promise.all(
      (await service.list({ limit: 10, type: "follow-up" })).entries.map(async ({ entry }) =>
        (await service.show(entry)).details.map(({ kind, readers }) => [kind, readers]),
      ),
    );
  const record = ["record", ["away.example"]];
  expect(await published()).toEqual([[record, ["traceability", ["away.example"]]]]);
  await service.setPolicy(policy, "anna");
  await until("nothing waits", async () => (await service.status()).signing.queued === 0);
  expect((await published())[0]).toEqual([record, ["personal", ["away.example"]]]);
});

it("keeps one record under a key, and says what to do where another one waits under it", async () => {
  const start = await makeLonelyNode();
  running = await start();
  const { service } = running;
  const under = (digest: string): Parameters<typeof service.publish>[0] => ({
    type: "follow-up",
    version: 1,
    body: { answers: 0, outcome: "not-found" },
    refs: ["nvwa.nl:0"],
    to: ["away.example"],
    parts: [],
    key: { key: "A12/00001/20", digest },
  });
  for (let n = 0; n < 2; n++)
    expect(await service.publish(under("one"), "anna")).toEqual({ state: "queued", entry: null });
  await expect(service.publish(under("two"), "anna")).rejects.toMatchObject({
    code: "KEY_CHANGED",
    hint: expect.stringContaining("entente status"),
  });
  expect((await service.status()).signing.queued).toBe(1);
  await running.stop();
  running = await start();
  await expect(running.service.publish(under("two"), "anna")).rejects.toMatchObject({ code: "KEY_CHANGED" });
  await running.service.settle("alone", "anna");
  const { service: settled } = running;
  await until("nothing waits", async () => (await settled.status()).signing.queued === 0);
  expect(await running.service.publish(under("one"), "anna")).toMatchObject({ state: "already" });
});

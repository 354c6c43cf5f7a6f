import { randomBytes } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EntryDetail, PublishPreview, Status } from "../../node/service.ts";
import { readSafetyGateCsv } from "../../cli/import/safety-gate-csv.ts";
import { testData } from "../data.ts";
import { runInProcess } from "../support/fake-world.ts";
import { jsonLines } from "../support/run-cli.ts";
import { type NodeProcess, removeNodes, startFederation, temporaryDirectory } from "../support/nodes.ts";
import { until } from "../support/until.ts";

const SAMPLES = join(import.meta.dirname, "..", "..", "samples");
/** Stands in what only one authority may read, often enough that no block boundary of a store hides all of them. */
const SECRET = `made for one reader ${randomBytes(16).toString("hex")}`;
const PHOTO_SIZE = 200_000;
const REPORT_SIZE = 6_000_000;
const PORTAL = testData("safety-gate-2020-w01-10.csv");
/** In that file. */
const ALERTS = 487;
const IMPORTED = z.object({ source: z.object({ columns: z.object({ "Alert number": z.string() }) }) });

let nvwa: NodeProcess;
let baua: NodeProcess;
let samr: NodeProcess;
let files: Awaited<ReturnType<typeof writeFiles>>;
/** The alert of `nvwa.nl` that most of this is about. */
let alert: string;

beforeAll(async () => {
  const [first, second, third] = await startFederation("nvwa.nl", "baua.de", "samr.cn");
  if (first === undefined || second === undefined || third === undefined) throw new Error("three authorities");
  [nvwa, baua, samr] = [first, second, third];
  files = await writeFiles(await temporaryDirectory());
}, 120_000);
afterAll(removeNodes);

/** What is attached: a note, a photograph, a report too large to come by itself, and two files for one authority only. */
async function writeFiles(directory: string): Promise<Record<"note" | "photo" | "report" | "chain" | "film", string>> {
  const secrets = Buffer.from(`${SECRET}\n`.repeat(400));
  const write = async (name: string, content: Uint8Array): Promise<string> => {
    await writeFile(join(directory, name), content);
    return join(directory, name);
  };
  return {
    note: await write("note.txt", Buffer.from("measured twice\n")),
    photo: await write("photo.jpg", randomBytes(PHOTO_SIZE)),
    report: await write("report.pdf", randomBytes(REPORT_SIZE)),
    chain: await write("chain.json", secrets),
    film: await write("film.bin", Buffer.concat([secrets, randomBytes(100_000), secrets])),
  };
}

function publication(): string[] {
  return [
    ["publish", join(SAMPLES, "alert.json"), "--to", "baua.de,samr.cn"],
    ["--section", `traceability=${files.chain}@samr.cn`, "--attach", `${files.film}@samr.cn`],
    ["--attach", files.note, "--attach", files.photo, "--attach", files.report],
  ].flat();
}

async function show(node: NodeProcess, entry: string): Promise<EntryDetail> {
  return await (await node.client()).show(entry);
}

/** Waits until a part is here, and nobody has asked for it. */
async function untilHeld(node: NodeProcess, entry: string, part: number): Promise<void> {
  await until(
    `part ${part} of ${entry} is at ${node.name}`,
    async () => (await show(node, entry)).parts[part] === "held",
  );
}

/** Waits until `witness` has cosigned all of the log of `owner` that it holds. */
async function untilCosigned(witness: NodeProcess, owner: NodeProcess): Promise<void> {
  await until(`${witness.name} cosigned the log of ${owner.name}`, async () => {
    const log = (await (await witness.client()).logs()).find(({ name }) => name === owner.name);
    return log?.witnesses.some(({ name, size }) => name === witness.name && size === log.size) === true;
  });
}

describe("three authorities", () => {
  let preview: PublishPreview;

  it("see before publishing who will be able to read what", async () => {
    const [shown] = await nvwa.entente(...publication(), "--preview");
    expect(shown).toMatchObject({
      schema: "entente/preview/1",
      parts: [
        { part: 0, kind: "record", readers: ["baua.de", "samr.cn"] },
        { part: 1, kind: "traceability", readers: ["samr.cn"] },
        { part: 2, kind: "attachment", name: "film.bin", readers: ["samr.cn"] },
        { part: 3, kind: "attachment", name: "note.txt", readers: ["baua.de", "samr.cn"] },
        { part: 4, kind: "picture", name: "photo.jpg", readers: ["baua.de", "samr.cn"] },
        { part: 5, kind: "attachment", name: "report.pdf", readers: ["baua.de", "samr.cn"] },
      ],
      seeOnlyThatItExists: [],
      warnings: [],
    });
    preview = JSON.parse(JSON.stringify(shown));
  });

  it("publish an alert, and each gets what the preview said", async () => {
    const published = await nvwa.one(...publication());
    expect(published).toMatchObject({ schema: "entente/published/1", state: "appended" });
    alert = String(published["entry"]);
    for (const node of [baua, samr]) {
      await node.catchUpWith(nvwa);
      const { parts, recordStatus } = await show(node, alert);
      expect(recordStatus).toBe("known");
      const mayRead = parts.map((state) => state !== "withheld");
      expect(mayRead).toEqual(preview.parts.map(({ readers }) => readers.includes(node.name)));
    }
  });

  it("get a photograph by itself, and a large report when somebody wants it", async () => {
    for (const node of [baua, samr]) await untilHeld(node, alert, 4);
    await untilHeld(samr, alert, 2);
    expect((await show(baua, alert)).parts).toEqual(["held", "withheld", "withheld", "held", "held", "missing"]);
    const progress: number[] = [];
    const fetched = await (
      await baua.client()
    ).fetchPart(alert, 5, ({ done, total }) => {
      expect(total).toBeGreaterThan(REPORT_SIZE);
      progress.push(done);
    });
    expect(fetched).toEqual({ state: "held" });
    expect(progress.length).toBeGreaterThan(0);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    const directory = await temporaryDirectory();
    const saved = await baua.entente("fetch", alert, "--out", directory);
    expect(saved.map(({ part, state }) => [part, state])).toEqual([0, 3, 4, 5].map((part) => [part, "held"]));
    for (const [part, path] of [
      [3, files.note],
      [4, files.photo],
      [5, files.report],
    ] as const) {
      const file = saved.find((one) => one["part"] === part)?.["file"];
      expect((await readFile(String(file))).equals(await readFile(path))).toBe(true);
    }
    expect((await baua.command("fetch", alert, "--part", "1")).code).toBe(1);
    expect((await show(samr, alert)).parts[5]).toBe("missing");
  });

  it("know whether all has come, and how far an entry has on its way", async () => {
    const whole = await baua.command("complete", "nvwa.nl");
    expect(jsonLines(whole)).toMatchObject([
      { schema: "entente/complete/1", log: "nvwa.nl", complete: true, missing: 0 },
    ]);
    expect(whole.code).toBe(0);
    const lacking = await samr.command("complete", "nvwa.nl");
    const listed = [{ entry: alert, part: 5, waits: "size" }];
    expect(jsonLines(lacking)).toMatchObject([{ complete: false, missing: 1, listed }]);
    expect(lacking.code).toBe(1);
    expect(await samr.one("explain", alert, "samr.cn")).toMatchObject({
      schema: "entente/explain/1",
      stopsAt: "parts-received",
      next: `entente fetch ${alert}`,
    });
    const { steps } = await nvwa.one("explain", alert, "baua.de");
    expect(steps).toMatchObject([
      { step: "appended", state: "yes" },
      { step: "addressed", state: "partly", says: "parts 0, 3, 4, 5 of 6 are addressed to baua.de, the others not" },
      { step: "follows", state: "yes" },
      { step: "connected", state: "yes" },
      { step: "entry-received" },
      { step: "parts-received" },
      { step: "answered", state: "unknown" },
    ]);
  });

  it("hold in no file what is not for them", async () => {
    expect(await baua.stop()).toBe(0);
    expect(await samr.stop()).toBe(0);
    expect(await filesWith(samr.dataDir, SECRET)).not.toEqual([]);
    expect(await filesWith(baua.dataDir, SECRET)).toEqual([]);
    expect(await filesWith(baua.dataDir, "film.bin")).toEqual([]);
    await Promise.all([baua.start(), samr.start()]);
  });

  it("answer, and see the answers below the alert", async () => {
    const to = ["--to", "nvwa.nl,baua.de", "--ref", alert];
    const answer = await samr.one("publish", join(SAMPLES, "follow-up.json"), ...to);
    const report = await samr.one("publish", join(SAMPLES, "test-report.json"), ...to);
    for (const node of [nvwa, baua]) {
      await node.catchUpWith(samr);
      const thread = await node.entente("thread", alert);
      expect(thread.map(({ entry, depth, type }) => [entry, depth, type])).toEqual([
        [alert, 0, "alert"],
        [answer["entry"], 1, "follow-up"],
        [report["entry"], 1, "test-report"],
      ]);
      expect(await show(node, String(answer["entry"]))).toMatchObject({
        log: "samr.cn",
        refs: [alert],
        recordStatus: "known",
      });
    }
    const listed = await baua.entente("list", "--type", "follow-up");
    expect(listed.map(({ entry }) => entry)).toEqual([answer["entry"]]);
  });

  it("see that something was published that is not for them, and no more", async () => {
    const { entry } = await nvwa.one("publish", join(SAMPLES, "alert.json"), "--to", "samr.cn", "--known");
    await baua.catchUpWith(nvwa);
    expect(await show(baua, String(entry))).toMatchObject({
      type: null,
      summary: null,
      body: null,
      recordStatus: "withheld",
      parts: ["withheld"],
    });
    await samr.catchUpWith(nvwa);
    expect(await show(samr, String(entry))).toMatchObject({ type: "alert", recordStatus: "known" });
  });

  it("witness each other and acknowledge what they hold", async () => {
    const { log } = await nvwa.status();
    await nvwa.waitFor("receipts and cosignatures of both", (status) =>
      ["baua.de", "samr.cn"].every(
        (name) =>
          status.log.witnesses.some((one) => one.name === name && one.size === log.size) &&
          status.log.receipts.some((one) => one.name === name && one.size === log.size),
      ),
    );
    const { receipts } = (await nvwa.status()).log;
    // The report that samr.cn did not fetch.
    expect(receipts.find(({ name }) => name === "baua.de")?.exceptions).toBe(0);
    expect(receipts.find(({ name }) => name === "samr.cn")?.exceptions).toBe(1);
  });

  it("keep what is published while no peer can be asked, and publish it when one is back", async () => {
    await Promise.all([nvwa.stop(), baua.stop(), samr.stop()]);
    await nvwa.start();
    expect((await nvwa.status()).signing).toMatchObject({ state: "asking", queued: 0 });
    const { size } = (await nvwa.status()).log;
    for (const queued of [1, 2]) {
      expect(await nvwa.one("publish", join(SAMPLES, "alert.json"), "--to", "baua.de", "--known")).toMatchObject({
        state: "queued",
        entry: null,
      });
      expect((await nvwa.status()).signing).toMatchObject({ state: "asking", queued });
    }
    expect((await nvwa.status()).log.size).toBe(size);
    await baua.start();
    const { log } = await nvwa.waitFor(
      "has published what was queued",
      ({ signing }) => signing.state === "ready" && signing.queued === 0,
    );
    await baua.waitFor("holds it", ({ peers }) =>
      peers.some(({ name, held }) => name === "nvwa.nl" && held === log.size),
    );
    const listed = await baua.entente("list", "--log", "nvwa.nl", "--type", "alert", "--limit", "2");
    expect(
      listed.filter(({ schema }) => schema === "entente/entry/1").every(({ entry }) => indexOf(entry) >= size),
    ).toBe(true);
    await samr.start();
  });

  it("deliver nothing more to whom they trust no longer, and everything again to whom they trust again", async () => {
    const before = await baua.status();
    expect(await nvwa.one("peer", "remove", "baua.de", "--yes")).toMatchObject({ name: "baua.de" });
    const { entry } = await nvwa.one("publish", join(SAMPLES, "alert.json"), "--to", "samr.cn", "--known");
    await samr.catchUpWith(nvwa);
    const after = await baua.waitFor("is refused by nvwa.nl", ({ peers }) =>
      peers.some(({ name, state }) => name === "nvwa.nl" && state === "not-admitted"),
    );
    expect(after.peers.find(({ name }) => name === "nvwa.nl")).toMatchObject({
      held: heldOf(before, "nvwa.nl"),
      seen: heldOf(before, "nvwa.nl"),
    });
    expect((await nvwa.command("publish", join(SAMPLES, "alert.json"), "--to", "baua.de", "--known")).code).toBe(1);
    expect((await nvwa.entente("peer", "pending")).map(({ name }) => name)).toEqual(["baua.de"]);
    await nvwa.trust(baua);
    await baua.catchUpWith(nvwa);
    expect((await show(baua, String(entry))).parts).toEqual(["withheld"]);
  });

  it("prove an entry and a log to somebody who has no node", async () => {
    const directory = await temporaryDirectory();
    const trust = join(directory, "trust.txt");
    const ids = await Promise.all(
      [nvwa, baua, samr].map(async (node) => `authority ${node.name} ${(await node.status()).id}\n`),
    );
    await writeFile(trust, ids.join(""));
    await untilCosigned(baua, nvwa);
    for (const what of [alert, "nvwa.nl"]) {
      const proof = join(directory, what);
      await baua.entente("prove", what, "--out", proof, ...(what === alert ? ["--part", "0", "--part", "4"] : []));
      const verified = await verifyOffline(proof, trust);
      expect(verified).toMatchObject({ code: 0, report: { ok: true, proves: what === alert ? "entry" : "log" } });
      expect(verified.report["witnesses"]).toContainEqual(expect.objectContaining({ name: "baua.de" }));
      for (const file of await filesBelow(proof)) {
        const content = await readFile(file);
        await writeFile(file, flipped(content));
        const { code, report } = await verifyOffline(proof, trust);
        if (file.endsWith("README.txt")) expect(code).toBe(0);
        else expect([file, code, report["ok"] ?? false]).toEqual([file, 1, false]);
        await writeFile(file, content);
      }
    }
    expect(await baua.one("verify", "nvwa.nl")).toMatchObject({ schema: "entente/verify-log/1", problems: [] });
  });

  it.skipIf(PORTAL === undefined)(
    "bring the portal's alerts to everybody, every record readable, and once",
    async () => {
      const path = PORTAL ?? "";
      const importing = ["import", "safety-gate", path, "--to", "baua.de,samr.cn"];
      expect(await nvwa.one(...importing)).toMatchObject({
        imported: ALERTS,
        updated: 0,
        unchanged: 0,
        rejected: [],
        interrupted: false,
      });
      const alerts = new Map<string, unknown>();
      for await (const { result } of readSafetyGateCsv(path))
        if (result.status !== "refused") alerts.set(result.number, result.body);
      expect(alerts.size).toBe(ALERTS);
      for (const node of [baua, samr]) {
        await node.catchUpWith(nvwa);
        const client = await node.client();
        const { entries } = await client.list({ log: "nvwa.nl", limit: ALERTS });
        const read = new Map<string, unknown>();
        for (const { entry } of entries) {
          const { body } = await client.show(entry);
          read.set(IMPORTED.parse(body).source.columns["Alert number"], body);
        }
        expect(read).toEqual(alerts);
      }
      const { size } = (await nvwa.status()).log;
      expect(await nvwa.one(...importing)).toMatchObject({ imported: 0, updated: 0, unchanged: ALERTS, rejected: [] });
      expect((await nvwa.status()).log.size).toBe(size);
      expect(await samr.one("verify", "nvwa.nl")).toMatchObject({ size, problems: [] });
    },
  );

  it("end in good order, and reported no error on the way", async () => {
    for (const node of [nvwa, baua, samr]) {
      expect(await node.stop()).toBe(0);
      expect(node.errors()).toEqual([]);
    }
  });
});

/** What `verify` says to somebody who has the directory and the trust file alone. */
async function verifyOffline(
  directory: string,
  trust: string,
): Promise<{ code: number | null; report: Readonly<Record<string, unknown>> }> {
  const result = await runInProcess(["verify", directory, "--trust", trust, "--json"]);
  return { code: result.code, report: jsonLines(result)[0] ?? {} };
}

/** The bytes with one bit changed, somewhere in the middle. */
function flipped(bytes: Uint8Array): Uint8Array {
  const at = Math.floor(bytes.length / 2);
  return bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));
}

function heldOf(status: Status, name: string): number | undefined {
  return status.peers.find((peer) => peer.name === name)?.held;
}

function indexOf(entry: unknown): number {
  return Number(String(entry).split(":").at(-1));
}

async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

/** Files below a directory in which a text occurs. */
async function filesWith(directory: string, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const path of await filesBelow(directory)) if ((await readFile(path)).includes(text)) found.push(path);
  return found;
}

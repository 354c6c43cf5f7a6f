import { existsSync } from "node:fs";
import { readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ALERT_EXAMPLE } from "../../protocol/record/alert-example.ts";
import { NodeProcess, removeNodes, startFederation } from "../support/nodes.ts";
import { until } from "../support/until.ts";

const PATIENCE_MS = 120_000;

let nvwa: NodeProcess;
let baua: NodeProcess;

beforeAll(async () => {
  const [first, second] = await startFederation("nvwa.nl", "baua.de");
  if (first === undefined || second === undefined) throw new Error("two authorities");
  [nvwa, baua] = [first, second];
}, PATIENCE_MS);
afterAll(removeNodes);

type Product = Readonly<Record<string, unknown>>;

/** Publishes an alert about a product; gives its name. */
async function alert(node: NodeProcess, to: string, product: Product, section?: unknown): Promise<string> {
  const { body } = ALERT_EXAMPLE as { body: Readonly<Record<string, unknown>> };
  const { cases: _, ...rest } = body;
  const [file, chain] = [join(node.home, "alert.json"), join(node.home, "chain.json")];
  await writeFile(
    file,
    JSON.stringify({ ...ALERT_EXAMPLE, body: { ...rest, product: { category: "toys", ...product } } }),
  );
  if (section !== undefined) await writeFile(chain, JSON.stringify(section));
  const part = section === undefined ? [] : ["--section", `traceability=${chain}@${to}`];
  const { entry } = await node.one("publish", file, "--to", to, "--known", ...part);
  return String(entry);
}

async function found(node: NodeProcess, ...args: readonly string[]): Promise<readonly string[]> {
  const lines = await node.entente("search", ...args);
  return lines.filter(({ schema }) => schema === "entente/entry/1").map(({ entry }) => String(entry));
}

/** What stands at last, once the index has followed. */
async function finds(node: NodeProcess, entries: readonly string[], ...args: readonly string[]): Promise<void> {
  let last: readonly string[] = [];
  await until(`${args.join(" ")} finds ${entries.join(", ")}`, async () => {
    last = await found(node, ...args);
    return JSON.stringify(last.toSorted()) === JSON.stringify(entries.toSorted());
  }).catch((error: unknown) => {
    throw new Error(`${String(error)}: found ${last.join(", ")}`);
  });
}

describe("two authorities", () => {
  let duck: string;
  let bear: string;
  let theirs: string;

  it("what one publishes the other finds", { timeout: PATIENCE_MS }, async () => {
    duck = await alert(nvwa, "baua.de", {
      kind: { en: "Wooden duck", zh: "木制玩具鸭" },
      brands: ["Größenwahn"],
      models: ["ED-104"],
      barcodes: ["5 709386 484552"],
    });
    bear = await alert(
      nvwa,
      "baua.de",
      { kind: { en: "Plush bear" }, brands: ["Other"], batches: ["LOT 05/20"] },
      {
        type: "traceability",
        version: 1,
        operators: [{ link: "importer", name: "Bright Toys B.V.", email: "x@y.zz" }],
      },
    );
    await finds(baua, [duck], "WOODEN", "duck");
    await finds(baua, [bear], "plush");
    expect(await found(baua, "玩具")).toEqual([duck]);
    expect(await found(baua, "制")).toEqual([duck]);
    expect(await found(baua, "grossenw*")).toEqual([duck]);
    expect(await found(baua, "wooden", "bear")).toEqual([]);
    expect(await found(baua, "5709386484552")).toEqual([duck]);
    expect(await found(baua, "--key", "gtin=5709386-484552")).toEqual([duck]);
    expect(await found(baua, "--key", "operator=bright toys bv")).toEqual([]);
    expect(await found(baua, "--key", "operator=BRIGHT TOYS B V")).toEqual([bear]);
    expect(await found(baua, "--key", "batch=lot0520", "--log", "nvwa.nl", "--type", "alert")).toEqual([bear]);
    expect(await found(baua, "plush", "--type", "follow-up")).toEqual([]);
    expect(await found(baua, "plush", "--log", "baua.de")).toEqual([]);
    expect(await found(baua, "x@y.zz")).toEqual([]);
    expect(await found(nvwa, "plush")).toEqual([bear]);
  });

  it("what shares a key is related, whoever published it", { timeout: PATIENCE_MS }, async () => {
    theirs = await alert(baua, "nvwa.nl", { brands: ["GRÖSSENWAHN"], models: ["ed104"], barcodes: ["5709386484552"] });
    await finds(nvwa, [duck, theirs], "--key", "model=ED 104");
    const [first, ...rest] = await nvwa.entente("related", duck);
    expect(first).toMatchObject({
      schema: "entente/related/1",
      entry: theirs,
      tie: "barcode",
      shared: [
        { kind: "gtin", value: "05709386484552", entries: 2 },
        { kind: "model", value: "ed104", entries: 2 },
      ],
    });
    expect(rest).toEqual([{ schema: "entente/search/1", found: 1, more: false, behind: 0 }]);
  });

  it("a question that SQLite would not understand is one of words", async () => {
    for (const text of ['duck" OR "1', "NEAR(a b)", "a:b", "(", "^duck", "tokens : duck", "duck -bear", "*", "'"])
      expect((await baua.command("search", text, "duck")).code).toBe(0);
    expect(await baua.command("search", "!!!")).toMatchObject({ code: 1 });
    expect(await baua.command("search", "d*")).toMatchObject({ code: 1 });
    expect(await baua.command("search", "--key", "colour=red")).toMatchObject({ code: 1 });
    expect(await baua.command("search")).toMatchObject({ code: 2 });
  });

  it("the file may go and be damaged while the node runs and while it does not", { timeout: PATIENCE_MS }, async () => {
    const file = join(baua.dataDir, "index", "search.sqlite");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(baua.dataDir, "index"))).mode & 0o777).toBe(0o700);
    await rm(file);
    await finds(baua, [bear], "plush");
    expect(existsSync(file)).toBe(true);
    const after = await alert(nvwa, "baua.de", { kind: { en: "Plush crocodile" } });
    await finds(baua, [after, bear], "plush");

    await baua.stop();
    for (const end of ["", "-wal", "-shm"]) await rm(`${file}${end}`, { force: true });
    await baua.start();
    await finds(baua, [after, bear], "plush");

    await baua.kill();
    await rm(file);
    await baua.start();
    await finds(baua, [after, bear], "plush");

    await baua.stop();
    await writeFile(file, "this is no database");
    await baua.start();
    await finds(baua, [after, bear], "plush");

    await baua.stop();
    await truncate(file, (await stat(file)).size / 2);
    await baua.start();
    await finds(baua, [after, bear], "plush");

    await baua.stop();
    const bytes = await readFile(file);
    bytes.fill(0x55, 4096);
    await writeFile(file, bytes);
    await baua.start();
    await finds(baua, [after, bear], "plush");
    expect(baua.errors()).toEqual([]);
  });

  it("it is in no backup", async () => {
    const directory = join(baua.home, "backup");
    await baua.entente("backup", directory);
    expect(existsSync(join(directory, "store"))).toBe(true);
    expect(existsSync(join(directory, "index"))).toBe(false);
  });
});

import { lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Arrivals } from "../../cli/drop/arrivals.ts";
import type { LocalClient } from "../../cli/local-client.ts";
import type { EntryDetail, LogStatus, PartState } from "../../node/service.ts";
import { CliError } from "../../cli/cli-error.ts";
import { createFakeService } from "../support/fake-service.ts";

const POSITION = ".entente-drop.json";
const NEVER = new AbortController().signal;

/** An entry as a log has it: its kind, and whether its record is here. */
type Entry = { kind: string; state: PartState; leaf: string };

let dir: string;
let told: string[];
let notes: string[];
/** Entries of each log, by its name and epoch. */
let logs: Map<string, Entry[]>;
/** Entries that an erasure names. */
let erased: Map<string, readonly string[]>;
let broken: string | undefined;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "entente-test-"));
  [told, notes, logs, erased, broken] = [[], [], new Map(), new Map(), undefined];
});
afterEach(async () => {
  await rm(dir, { recursive: true });
});

function add(log: string, ...states: readonly (PartState | "grant" | "erase" | "audience")[]): void {
  const entries = logs.get(log) ?? [];
  logs.set(log, entries);
  for (const state of states) {
    const leaf = `${log} ${entries.length}`;
    const isKind = state === "grant" || state === "erase" || state === "audience";
    entries.push(isKind ? { kind: state, state: "held", leaf } : { kind: "record", state, leaf });
  }
}

function set(log: string, index: number, state: PartState): void {
  const entry = logs.get(log)?.[index];
  if (entry !== undefined) entry.state = state;
}

/** A node that says of its logs and entries what stands above. */
const fake = createFakeService();
const client = {
  logs: async () => {
    const [own] = await fake.logs();
    if (own === undefined) throw new Error("the fake has an own log");
    return [own, ...[...logs].map(([name, entries]) => logStatus(own, name, entries))];
  },
  show: async (entry: string) => {
    if (entry === broken) throw new CliError("NOT_FOUND", `${entry} is not here`);
    const [log = "", index = ""] = entry.split(":");
    const found = logs.get(log)?.[Number(index)];
    if (found === undefined) throw new CliError("NOT_FOUND", `${entry} is not here`);
    const detail = await fake.show("baua.de:4");
    const [part] = detail.details;
    if (part === undefined) throw new Error("the fake's entry has a part");
    const shown: EntryDetail = {
      ...detail,
      entry,
      kind: found.kind,
      leafHash: Buffer.from(found.leaf).toString("hex"),
      body: found.state === "held" ? { text: "\u202eevil" } : null,
      details: found.kind === "record" ? [{ ...part, state: found.state }] : [],
    };
    return shown;
  },
  erasures: async () => {
    const [one] = await fake.erasures();
    if (one === undefined) throw new Error("the fake has an erasure");
    return [...erased].map(([entry, entries]) => ({
      ...one,
      entry,
      parts: entries.map((of) => ({ entry: of, part: 0 })),
    }));
  },
} as unknown as LocalClient;

function logStatus(own: LogStatus, text: string, entries: readonly Entry[]): LogStatus {
  const [name = "", epoch = "0"] = text.split("/");
  const missingParts = entries.filter(({ state }) => state === "missing").length;
  const id = Buffer.from(name).toString("hex");
  return { ...own, name, epoch: Number(epoch), id, own: false, size: entries.length, missingParts };
}

function arrivals(): Arrivals {
  return new Arrivals({
    folder: dir,
    language: "en",
    tell: ({ event, file, entries }) => void told.push(`${event} ${entries.join()} ${file}`),
    note: (line) => void notes.push(line),
  });
}

async function files(): Promise<readonly string[]> {
  return (await readdir(dir)).filter((name) => name !== POSITION).sort();
}

describe("drop --out", () => {
  it("writes each record that is here as show --json does, and goes on where it was", async () => {
    add("nvwa.nl", "audience", "held", "withheld", "held");
    add("baua.de/2", "held");
    await arrivals().pass(client, NEVER);
    expect(await files()).toEqual([
      "000000000001_nvwa.nl_0_1.json",
      "000000000002_nvwa.nl_0_3.json",
      "000000000003_baua.de_2_0.json",
    ]);
    const path = join(dir, "000000000001_nvwa.nl_0_1.json");
    const text = await readFile(path, "utf8");
    expect(text).toMatch(/^\{"schema":"entente\/entry-detail\/1",.*\\u202e.*\}\n$/);
    expect(JSON.parse(text)).toMatchObject({ entry: "nvwa.nl:1", body: { text: "\u202eevil" } });
    expect((await stat(path)).mode & 0o007).toBe(0);
    expect(told).toEqual([
      "arrived nvwa.nl:1 000000000001_nvwa.nl_0_1.json",
      "arrived nvwa.nl:3 000000000002_nvwa.nl_0_3.json",
      "arrived baua.de/2:0 000000000003_baua.de_2_0.json",
    ]);
    for (const name of await files()) await rm(join(dir, name));
    add("nvwa.nl", "held");
    await arrivals().pass(client, NEVER);
    expect(await files()).toEqual(["000000000004_nvwa.nl_0_4.json"]);
    expect(notes).toEqual([]);
  });

  it("writes what was not here when it comes", async () => {
    add("nvwa.nl", "missing", "held", "missing");
    const one = arrivals();
    await one.pass(client, NEVER);
    expect(await files()).toEqual(["000000000001_nvwa.nl_0_1.json"]);
    set("nvwa.nl", 2, "held");
    await one.pass(client, NEVER);
    set("nvwa.nl", 0, "held");
    await arrivals().pass(client, NEVER);
    expect(await files()).toEqual([
      "000000000001_nvwa.nl_0_1.json",
      "000000000002_nvwa.nl_0_2.json",
      "000000000003_nvwa.nl_0_0.json",
    ]);
  });

  it("writes what a grant opens, also of an earlier epoch", async () => {
    add("nvwa.nl", "withheld", "withheld", "held", "withheld");
    add("nvwa.nl/1", "held");
    add("baua.de", "withheld");
    const one = arrivals();
    await one.pass(client, NEVER);
    add("nvwa.nl/1", "grant");
    set("nvwa.nl", 1, "held");
    set("nvwa.nl", 3, "missing");
    set("baua.de", 0, "held");
    await one.pass(client, NEVER);
    await one.pass(client, NEVER);
    set("nvwa.nl", 3, "held");
    await one.pass(client, NEVER);
    expect((await files()).map((name) => name.slice(13))).toEqual([
      "nvwa.nl_0_2.json",
      "nvwa.nl_1_0.json",
      "nvwa.nl_0_1.json",
      "nvwa.nl_0_3.json",
    ]);
  });

  it("says that something was erased, and takes away what still lies there", async () => {
    add("nvwa.nl", "held", "held", "erased", "withheld");
    const one = arrivals();
    await one.pass(client, NEVER);
    expect(await files()).toHaveLength(2);
    set("nvwa.nl", 0, "erased");
    erased.set("nvwa.nl:4", ["nvwa.nl:0", "nvwa.nl:2", "nvwa.nl:3"]);
    add("nvwa.nl", "erase");
    await one.pass(client, NEVER);
    expect(await files()).toEqual(["000000000002_nvwa.nl_0_1.json", "000000000003_nvwa.nl_0_0_erased.json"]);
    const text = await readFile(join(dir, "000000000003_nvwa.nl_0_0_erased.json"), "utf8");
    expect(JSON.parse(text)).toMatchObject({ entry: "nvwa.nl:0", body: null });
    erased.set("nvwa.nl:5", ["nvwa.nl:0"]);
    add("nvwa.nl", "erase");
    await arrivals().pass(client, NEVER);
    expect(await files()).toEqual(["000000000002_nvwa.nl_0_1.json", "000000000004_nvwa.nl_0_0_erased.json"]);
  });

  it("writes nothing twice where it was ended before it had noted the position", async () => {
    add("nvwa.nl", "held");
    await arrivals().pass(client, NEVER);
    const before = await readFile(join(dir, POSITION), "utf8");
    add("baua.de", "held");
    add("nvwa.nl", "held", "held");
    await arrivals().pass(client, NEVER);
    const written = await files();
    await writeFile(join(dir, POSITION), before);
    await writeFile(join(dir, ".000000000009_nvwa.nl_0_9.json.tmp"), "{");
    // Whatever comes first this time.
    logs = new Map([...logs].reverse());
    add("samr.cn", "held");
    await arrivals().pass(client, NEVER);
    expect(await files()).toEqual([...written, "000000000005_samr.cn_0_0.json"]);
  });

  it("skips nothing where a file cannot be written", async () => {
    add("nvwa.nl", "held", "held", "held");
    const inTheWay = join(dir, ".000000000002_nvwa.nl_0_1.json.tmp");
    const one = arrivals();
    await one.pass(client, AbortSignal.abort());
    await mkdir(join(inTheWay, "x"), { recursive: true });
    await expect(one.pass(client, NEVER)).rejects.toMatchObject({ code: "FILE" });
    expect(await files()).toEqual([".000000000002_nvwa.nl_0_1.json.tmp", "000000000001_nvwa.nl_0_0.json"]);
    await rm(inTheWay, { recursive: true });
    await one.pass(client, NEVER);
    expect((await files()).map((name) => name.slice(13))).toEqual([
      "nvwa.nl_0_0.json",
      "nvwa.nl_0_1.json",
      "nvwa.nl_0_2.json",
    ]);
  });

  it("goes on with the other logs where one cannot be read, and says which", async () => {
    add("nvwa.nl", "held", "held");
    add("baua.de", "held");
    broken = "nvwa.nl:1";
    const one = arrivals();
    await one.pass(client, NEVER);
    await one.pass(client, NEVER);
    expect((await files()).map((name) => name.slice(13))).toEqual(["baua.de_0_0.json"]);
    expect(notes).toEqual(["nvwa.nl does not go on: nvwa.nl:1 is not here"]);
    broken = undefined;
    await one.pass(client, NEVER);
    expect(await files()).toHaveLength(3);
  });

  it("begins a log anew that has another history than the one that was written", async () => {
    add("nvwa.nl", "held", "held");
    await arrivals().pass(client, NEVER);
    logs.clear();
    add("nvwa.nl", "held");
    const one = arrivals();
    await one.pass(client, NEVER);
    expect(notes).toEqual(["nvwa.nl: fewer entries are here than were written; the rest is awaited"]);
    add("nvwa.nl", "held", "held");
    for (const entry of logs.get("nvwa.nl") ?? []) entry.leaf = `other ${entry.leaf}`;
    await one.pass(client, NEVER);
    expect(notes).toHaveLength(2);
    expect((await files()).slice(2).map((name) => name.slice(13))).toEqual([
      "nvwa.nl_0_0.json",
      "nvwa.nl_0_1.json",
      "nvwa.nl_0_2.json",
    ]);
  });

  it("begins at the beginning in another folder, also in the place of the first", async () => {
    add("nvwa.nl", "held");
    const one = arrivals();
    await one.pass(client, NEVER);
    await rename(dir, `${dir}-old`);
    await mkdir(dir);
    await one.pass(client, NEVER);
    expect(await files()).toEqual(["000000000001_nvwa.nl_0_0.json"]);
    await rm(`${dir}-old`, { recursive: true });
  });

  it("writes through no link, and refuses a position that it does not understand", async () => {
    add("nvwa.nl", "held");
    const elsewhere = join(dir, "elsewhere");
    await writeFile(elsewhere, "mine");
    await symlink(elsewhere, join(dir, "000000000001_nvwa.nl_0_0.json"));
    await symlink(elsewhere, join(dir, ".000000000002_nvwa.nl_0_0.json.tmp"));
    await arrivals().pass(client, NEVER);
    expect(await readFile(elsewhere, "utf8")).toBe("mine");
    expect(await files()).toEqual(["000000000001_nvwa.nl_0_0.json", "elsewhere"]);
    expect((await lstat(join(dir, "000000000001_nvwa.nl_0_0.json"))).isFile()).toBe(true);
    await writeFile(join(dir, POSITION), "{}");
    await expect(arrivals().pass(client, NEVER)).rejects.toThrow("does not say how far it is");
  });

  it("leads nowhere, whatever the entry is called", async () => {
    logs.set("../../etc", [{ kind: "record", state: "held", leaf: "x" }]);
    await expect(arrivals().pass(client, NEVER)).rejects.toThrow("not a name");
    expect(await files()).toEqual([]);
  });
});

import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { buildNextCharter } from "../../keys/charter-builder.ts";
import { keyPairFromSeed } from "../../keys/ed25519.ts";
import { createNoteSigner } from "../../keys/signer.ts";
import { utf8Decode, utf8Encode } from "../../protocol/bytes.ts";
import { checkChain } from "../../protocol/charter-chain.ts";
import { formatLeaf } from "../../protocol/leaf/leaf.ts";
import { verifyProofDirectory } from "../../protocol/proof/proof-directory.ts";
import type { ProofReader } from "../../protocol/proof/proof-reader.ts";
import type { ProofReport } from "../../protocol/proof/proof-report.ts";
import type { TrustedAuthority } from "../../protocol/trust-file.ts";
import { damaged } from "../damage.ts";
import {
  chainFile,
  charterEntry,
  CRYPTO,
  entryProof,
  logProof,
  plainEntry,
  readerOf,
  recordEntry,
  testAuthority,
} from "../support/proof-builder.ts";
import type { Files } from "../support/proof-builder.ts";

const owner = testAuthority("nvwa.nl", 1);
const friend = testAuthority("baua.de", 2);
const stranger = testAuthority("stranger.example", 3);
const TRUST = [owner, friend];
const RECORD = 3;
const entries = [
  charterEntry(owner),
  plainEntry(1),
  plainEntry(2),
  recordEntry(owner, 150_000),
  ...Array.from({ length: 600 }, (_, n) => plainEntry(n)),
];

let entryFiles: Files;
let logFiles: Files;
beforeAll(async () => {
  entryFiles = await entryProof(owner, entries, RECORD, [friend, stranger]);
  logFiles = logProof(owner, entries, [friend]);
});

function verify(
  files: Files,
  trust: readonly TrustedAuthority[] = TRUST,
  strange: readonly string[] = [],
): Promise<ProofReport> {
  return verifyProofDirectory(readerOf(files, strange), trust, CRYPTO);
}

/** Names of the steps that failed. */
function failures({ steps }: ProofReport): readonly string[] {
  return steps.filter(({ result }) => result === "failed").map(({ step }) => step);
}

type Change = (files: Files) => void;

const remove =
  (path: string): Change =>
  (files) =>
    void files.delete(path);
const put =
  (path: string, text: string): Change =>
  (files) =>
    void files.set(path, utf8Encode(text));
const flip =
  (path: string, at: number): Change =>
  (files) => {
    const bytes = Uint8Array.from(files.get(path) ?? []);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    files.set(path, bytes);
  };
const replace =
  (path: string, from: string | RegExp, to: string): Change =>
  (files) =>
    void files.set(path, utf8Encode(utf8Decode(files.get(path) ?? new Uint8Array()).replace(from, to)));

function changed(files: Files, change: Change): Files {
  const copy: Files = new Map(files);
  change(copy);
  return copy;
}

describe("the proof of an entry", () => {
  it("says what was proved", async () => {
    const report = await verify(entryFiles);
    expect(failures(report)).toEqual([]);
    expect(report).toMatchObject({
      proves: "entry",
      isOk: true,
      log: { name: "nvwa.nl", title: "Authority nvwa.nl", epoch: 0, size: entries.length },
      entry: {
        name: "nvwa.nl:3",
        kind: "record",
        time: 1_800_000_000,
        isDisavowed: false,
        record: { type: "follow-up", version: 1, summary: expect.any(String) },
      },
      parts: [
        { part: 0, index: 3 },
        { part: 1, name: "photo.jpg", type: "image/jpeg", length: 150_000 },
      ],
      witnesses: [{ name: "baua.de", time: 1_800_000_000 }],
    });
    expect(report.steps.at(-1)?.detail).toBe("1 of trusted authorities verified, 1 not judged");
  });

  it("needs no parts and no witnesses", async () => {
    const files = await entryProof(owner, entries, RECORD, []);
    for (const path of files.keys()) if (path.startsWith("parts/") || path === "README.txt") files.delete(path);
    expect(await verify(files)).toMatchObject({ isOk: true, parts: [], witnesses: [], entry: { record: undefined } });
  });

  it("holds for every index of a small log", async () => {
    const small = entries.slice(0, 5);
    for (const index of small.keys()) expect((await verify(await entryProof(owner, small, index, []))).isOk).toBe(true);
  });

  const cases: readonly (readonly [string, Change, readonly string[]])[] = [
    ["charters are missing", remove("charters.txt"), ["files", "charters"]],
    ["charters are no chain file", put("charters.txt", "hello\n"), ["charters"]],
    ["charters are of another authority", put("charters.txt", chainFile(friend)), ["checkpoint", "part 0", "part 1"]],
    ["a charter was changed", replace("charters.txt", "Authority nvwa.nl", "Authority of evil"), ["charters"]],
    ["a charter lost its signature", replace("charters.txt", /— nvwa.nl\/root\/1 .*\n/, ""), ["charters"]],
    [
      "charters carry a checkpoint",
      replace(
        "charters.txt",
        /$/,
        "checkpoint 5\nnvwa.nl\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n— x AAAAAAAA\n",
      ),
      ["charters"],
    ],
    ["the proof is missing", remove("entry.tlog-proof"), ["files", "proof"]],
    ["the index is another", replace("entry.tlog-proof", "index 3", "index 4"), ["inclusion"]],
    ["a hash was changed", replace("entry.tlog-proof", /^([A-Za-z0-9+/]{10})./m, "$1x"), ["inclusion"]],
    [
      "the size is another",
      replace("entry.tlog-proof", `\n${entries.length}\n`, `\n${entries.length + 1}\n`),
      ["checkpoint", "inclusion", "witnesses"],
    ],
    ["the origin is another", replace("entry.tlog-proof", "\nnvwa.nl\n", "\nbaua.de\n"), ["checkpoint", "witnesses"]],
    ["data that nobody signed", replace("entry.tlog-proof", "index 3", "extra AAAA\nindex 3"), ["proof"]],
    ["the log did not sign", replace("entry.tlog-proof", /— nvwa.nl .*\n/, ""), ["checkpoint"]],
    [
      "a trusted cosignature is wrong",
      replace("entry.tlog-proof", /(— baua.de\/witness .{20})./, "$1x"),
      ["witnesses"],
    ],
    ["the leaf is missing", remove("leaf.cbor"), ["files", "leaf"]],
    ["the leaf was changed", flip("leaf.cbor", 10), ["inclusion"]],
    [
      "the leaf is another",
      (files) => void files.set("leaf.cbor", entries[1]?.leaf ?? new Uint8Array()),
      ["inclusion", "part 0", "part 1"],
    ],
    ["a part was changed", flip("parts/1.part", 100_000), ["part 1"]],
    [
      "a part was cut",
      (files) => void files.set("parts/1.part", files.get("parts/1.part")?.subarray(0, -1) ?? new Uint8Array()),
      ["part 1"],
    ],
    [
      "parts were exchanged",
      (files) => void files.set("parts/0.part", files.get("parts/1.part") ?? new Uint8Array()),
      ["part 0"],
    ],
    ["a part too many", put("parts/2.part", "x"), ["part 2"]],
    [
      "a witness of another name",
      (files) => void files.set("witnesses/anses.fr.txt", files.get("witnesses/baua.de.txt") ?? new Uint8Array()),
      ["witnesses"],
    ],
    ["a witness that is nothing", put("witnesses/anses.fr.txt", "x"), ["witnesses"]],
    ["a file that does not belong there", put("photo.jpg", "x"), ["files"]],
    ["a part under a second name", put("parts/00.part", "x"), ["files"]],
    ["a name that hides", put("parts/1.part.exe", "x"), ["files"]],
  ];
  it.each(cases)("fails where %s", async (_case, change, expected) => {
    const report = await verify(changed(entryFiles, change));
    expect(report.isOk).toBe(false);
    expect(failures(report).filter((step) => !expected.includes(step))).toEqual([]);
    expect(failures(report).some((step) => expected.includes(step))).toBe(true);
  });

  it("fails where somebody else is trusted, or nobody", async () => {
    expect(failures(await verify(entryFiles, [friend]))).toEqual(["trust"]);
    expect(failures(await verify(entryFiles, []))).toEqual(["trust"]);
    const impostor = { name: "nvwa.nl", id: friend.id };
    expect((await verify(entryFiles, [impostor])).steps.find(({ step }) => step === "trust")?.detail).toContain(
      "another id",
    );
  });

  it("judges no witness who is not trusted, also a wrong one", async () => {
    const report = await verify(
      changed(entryFiles, replace("entry.tlog-proof", /(— stranger.example\/witness .{20})./, "$1x")),
    );
    expect(report).toMatchObject({ isOk: true, witnesses: [{ name: "baua.de" }] });
  });

  it("fails where something is no plain file", async () => {
    expect(failures(await verify(entryFiles, TRUST, ["parts/5.part"]))).toEqual(["files", "part 5"]);
  });

  it("fails where a chain file is larger than any may be, without reading it", async () => {
    const reader = readerOf(entryFiles);
    const read: ProofReader["read"] = (path, maxSize) => {
      if (path === "charters.txt") expect(maxSize).toBe(33_554_432);
      return path === "charters.txt" ? Promise.resolve(undefined) : reader.read(path, maxSize);
    };
    expect(failures(await verifyProofDirectory({ ...reader, read }, TRUST, CRYPTO))).toEqual(["charters"]);
  });

  it("says of README.txt that it proves nothing, where there is one", async () => {
    const said = async (files: Files): Promise<string | undefined> => (await verify(files)).steps[0]?.detail;
    expect(await said(entryFiles)).toContain("README.txt proves nothing");
    expect(await said(changed(entryFiles, remove("README.txt")))).not.toContain("README.txt");
  });

  it("never throws, and never proves another leaf, whatever is damaged", async () => {
    const paths = ["charters.txt", "entry.tlog-proof", "leaf.cbor", "parts/0.part", "witnesses/baua.de.txt"];
    const damage = fc
      .constantFrom(...paths)
      .chain((path) =>
        damaged(fc.constant(entryFiles.get(path) ?? new Uint8Array())).map((bytes) => ({ path, bytes })),
      );
    await fc.assert(
      fc.asyncProperty(damage, async ({ path, bytes }) => {
        const report = await verify(changed(entryFiles, (files) => void files.set(path, bytes)));
        if (report.entry !== undefined && report.isOk) expect(report.entry.record?.type).toBe("follow-up");
        // A damaged line of a witness who is not trusted, or a name in it, changes nothing that is proved.
        if (path === "leaf.cbor" || path === "parts/0.part")
          expect(report.isOk && !equal(bytes, entryFiles.get(path))).toBe(false);
      }),
      { numRuns: 60 },
    );
  });
});

describe("the proof of a log", () => {
  it("says what was proved", async () => {
    const report = await verify(logFiles);
    expect(failures(report)).toEqual([]);
    expect(report).toMatchObject({
      proves: "log",
      isOk: true,
      log: { size: entries.length },
      parts: [
        { index: 3, part: 0 },
        { index: 3, part: 1 },
      ],
      witnesses: [{ name: "baua.de" }],
    });
  });

  it.each([1, 2, 4, 255, 256, 257, 512])("holds for %i entries", async (size) => {
    expect(failures(await verify(logProof(owner, entries.slice(0, size), [])))).toEqual([]);
  });

  const cases: readonly (readonly [string, Change, readonly string[]])[] = [
    ["charters are missing", remove("charters.txt"), ["files", "charters"]],
    ["the checkpoint is another's", replace("checkpoint", "nvwa.nl\n", "baua.de\n"), ["checkpoint"]],
    ["the size is another", replace("checkpoint", `\n${entries.length}\n`, "\n600\n"), ["checkpoint"]],
    ["entries are missing", remove("tile/entries/001"), ["entries"]],
    ["an entry was changed", flip("tile/entries/001", 500), ["entries"]],
    ["a tile is missing", remove("tile/1/000.p/2"), ["entries"]],
    ["a full tile was changed", flip("tile/0/001", 5), ["entries"]],
    ["a partial tile was changed", flip("tile/0/002.p/92", 5), ["entries"]],
    ["an upper tile was changed", flip("tile/1/000.p/2", 5), ["entries"]],
    ["a part was changed", flip("parts/3/1.part", 100), ["entries"]],
    ["a part of an entry that has none", put("parts/2/0.part", "x"), ["entries"]],
    ["a part beyond the end", put("parts/99999/0.part", "x"), ["entries"]],
    ["a cosignature is wrong", replace("checkpoint", /(— baua.de\/witness .{20})./, "$1x"), ["witnesses"]],
    ["a file does not belong there", put("tile/0/002", "x"), ["entries"]],
    ["an entry's proof lies there too", put("entry.tlog-proof", "x"), ["files"]],
  ];
  it.each(cases)("fails where %s", async (_case, change, expected) => {
    const report = await verify(changed(logFiles, change));
    expect(report.isOk).toBe(false);
    expect(failures(report).length).toBeGreaterThan(0);
    expect(failures(report).filter((step) => !expected.includes(step))).toEqual([]);
  });

  it("finds that the log has a charter which the chain file leaves out", async () => {
    const chain = checkChain([{ epoch: 0, index: 0, note: owner.charter }], CRYPTO);
    if (!chain.ok) throw new Error("no chain");
    const node = createNoteSigner("nvwa.nl/node", keyPairFromSeed(new Uint8Array(32).fill(9)));
    const second = buildNextCharter(chain.chain, { node }, [owner.root]);
    const withSecond = [
      ...entries.slice(0, 3),
      { leaf: formatLeaf({ kind: "charter", time: 1_800_000_000, note: second }), parts: [] },
      plainEntry(5),
    ];
    const files = logProof(owner, withSecond, []);
    expect(failures(await verify(files))).toEqual(["entries"]);

    const places = (index: number): string =>
      chainFile(owner, [
        { epoch: 0, index: 0, note: owner.charter },
        { epoch: 0, index, note: second },
      ]);
    expect(failures(await verify(changed(files, put("charters.txt", places(3)))))).toEqual([]);
    for (const wrong of [1, 2, 4, 5, 100])
      expect((await verify(changed(files, put("charters.txt", places(wrong))))).isOk).toBe(false);
  });

  it("fills no memory for a size that nobody holds", async () => {
    const checkpoint = { origin: "nvwa.nl", size: Number.MAX_SAFE_INTEGER };
    const text = `${checkpoint.origin}\n${checkpoint.size}\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n`;
    const files = changed(logFiles, put("checkpoint", `${text}\n${owner.log.sign(text)}\n`));
    expect(failures(await verify(files))).toEqual(["entries"]);
  });
});

function equal(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return b !== undefined && Buffer.from(a).equals(b);
}

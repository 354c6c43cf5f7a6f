import {
  binary,
  checkpointNote,
  cosigned,
  entryDirectory,
  logDirectory,
  noteOfSize,
  proofText,
  utf8,
} from "./proof-files.ts";
import type { Content, Directory } from "./proof-files.ts";
import {
  AT,
  chainFile,
  charterLeaf,
  CONTINUED,
  cosign,
  criticalOwner,
  EPOCHS,
  epoch1Leaves,
  foreign,
  forked,
  leaves,
  log1,
  MEMBERS,
  memo,
  ONE,
  owner,
  PICTURE,
  RECORD,
  recordLeaf,
  ROTATION,
  second,
  secondUnsigned,
  STOLEN,
  trustLine,
  TWO,
  witness,
  WITNESS,
  witness2,
  withLeaf,
} from "./proof-logs.ts";
import type { Placed } from "./proof-logs.ts";
import { tileFiles } from "./proof-tree.ts";
import { ENTRY, LOG, noted, put, without } from "./proof-valid.ts";
import type { BaseName } from "./proof-valid.ts";

type Step = "files" | "charters" | "checkpoint" | "inclusion" | "place" | "parts" | "entries" | "witnesses";
type Invalid = {
  readonly name: string;
  readonly of: BaseName;
  readonly files: Directory;
  readonly trust?: string;
  readonly step: Step;
};

const entry = (step: Step, name: string, files: Directory, trust?: string): Invalid => ({
  name: `entry: ${name}`,
  of: "entry",
  files,
  step,
  ...(trust === undefined ? {} : { trust }),
});
const log = (step: Step, name: string, files: Directory): Invalid => ({ name: `log: ${name}`, of: "log", files, step });

const textOf = (content: Content | undefined): string => {
  if (content === undefined || !("utf8" in content)) throw new Error("no text");
  return content.utf8;
};
/** `directory` with something else in one of its texts. */
const edited = (directory: Directory, path: string, edit: (text: string) => string): Directory =>
  put(directory, path, utf8(edit(textOf(directory[path]))));
const flipped = (directory: Directory, path: string, at: number): Directory => {
  const content = directory[path];
  if (content === undefined || !("base64" in content)) throw new Error("no bytes");
  const bytes = Buffer.from(content.base64, "base64");
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return put(directory, path, binary(bytes));
};

const NOTHING = utf8("");
const ADDRESS = "address /ip4/192.0.2.7/tcp/4001\n";
const block = (note: string): string => `checkpoint ${note.split("\n").length - 1}\n${note}`;
const BVL = "witnesses/bvl.example.txt";
const OLD = { signer: owner.log };

/** With the chain file of the owner. */
const charters = (directory: Directory, chain: readonly Placed[], end?: string): Directory =>
  put(directory, "charters.txt", utf8(chainFile(chain, end)));

/** A line whose signature is over something else. */
const wrong = (key: { cosign(time: bigint, checkpoint: string): string }) => (text: string) => [
  ...cosigned(text).slice(2),
  key.cosign(1_800_000_000n, `x\n${text}`),
];

/** A bundle of the log's entries, and of memos beyond its end. */
const bundle = (from: number, to: number): Uint8Array =>
  Buffer.concat(
    Array.from({ length: to - from }, (_, i) => leaves[from + i] ?? memo(from + i)).flatMap((leaf) => [
      Uint8Array.of(leaf.length >> 8, leaf.length & 0xff),
      leaf,
    ]),
  );
const tileBytes = (path: string): Uint8Array => tileFiles(leaves)[path] ?? new Uint8Array();

/** 64 bytes, without a time, under the key id of a cosigner. */
const plainBy = (text: string): string => {
  const [, name = "", blob = ""] = cosign(witness2, text).split(" ");
  const [, , signature = ""] = witness2.sign(text).split(" ");
  const bytes = Buffer.concat([
    Buffer.from(blob, "base64").subarray(0, 4),
    Buffer.from(signature, "base64").subarray(4),
  ]);
  return `— ${name} ${bytes.toString("base64")}`;
};

const bvlCheckpoint = checkpointNote({ origin: witness.name, signer: witness.log, lines: () => [] });

const FILES: readonly Invalid[] = [
  entry("files", "no charters.txt", without(ENTRY, "charters.txt")),
  entry("files", "no leaf.cbor", without(ENTRY, "leaf.cbor")),
  entry("files", "neither entry.tlog-proof nor checkpoint", without(ENTRY, "entry.tlog-proof")),
  entry("files", "both entry.tlog-proof and checkpoint", put(ENTRY, "checkpoint", utf8(checkpointNote({})))),
  entry("files", "a file that is not named", put(ENTRY, "extra.txt", utf8("believe me\n"))),
  entry("files", "a file whose name begins with a dot", put(ENTRY, ".hidden", NOTHING)),
  entry("files", "readme.txt", put(ENTRY, "readme.txt", NOTHING)),
  entry("files", "README.txt in another directory", put(ENTRY, "parts/README.txt", NOTHING)),
  entry("files", "a part number with a leading zero", put(ENTRY, "parts/01.part", binary(PICTURE))),
  entry("files", "part 64", put(ENTRY, "parts/64.part", NOTHING)),
  entry("files", "the part of an index", put(ENTRY, `parts/${AT.record}/0.part`, binary(RECORD))),
  entry("files", "a tile", put(ENTRY, "tile/0/000", NOTHING)),
  entry("files", "a witness whose name is none", put(ENTRY, "witnesses/bvl.txt", utf8(chainFile(WITNESS)))),
  entry("files", "a link in the place of a part", put(ENTRY, "parts/0.part", { link: "1.part" })),
  entry("files", "a link named README.txt", put(ENTRY, "README.txt", { link: "charters.txt" })),
  entry("files", "an empty directory", put(ENTRY, "empty", { directory: true })),
  entry("files", "an empty directory in parts", put(ENTRY, "parts/more", { directory: true })),
  log("files", "no charters.txt", without(LOG, "charters.txt")),
  log("files", "a file that is not named", put(LOG, "extra.txt", NOTHING)),
  log("files", "leaf.cbor", put(LOG, "leaf.cbor", NOTHING)),
  log("files", "a part without an index", put(LOG, "parts/0.part", binary(RECORD))),
  log("files", "an index with a leading zero", put(LOG, `parts/0${AT.record}/0.part`, binary(RECORD))),
  log("files", "part 64", put(LOG, `parts/${AT.record}/64.part`, NOTHING)),
  log("files", "an empty directory of parts", put(LOG, "parts/4", { directory: true })),
  log("files", "an empty directory of tiles", put(LOG, "tile/2", { directory: true })),
];

const CHARTERS: readonly Invalid[] = [
  entry("charters", "charters.txt is no chain file", put(ENTRY, "charters.txt", utf8("hello\n"))),
  entry("charters", "a chain that is not valid", charters(ENTRY, [...ONE, [secondUnsigned, ROTATION]])),
  entry("charters", "a checkpoint block in charters.txt", charters(ENTRY, TWO, block(checkpointNote({})))),
  entry("charters", "an address in charters.txt", charters(ENTRY, TWO, ADDRESS)),
  entry("charters", "a critical line in the last charter", charters(ENTRY, [...TWO, [criticalOwner, 270]])),
  entry("charters", "nobody is trusted", ENTRY, ""),
  entry("charters", "the owner is trusted under another id", ENTRY, trustLine(owner, "00".repeat(32))),
  entry("charters", "only a witness is trusted", ENTRY, trustLine(witness)),
  log("charters", "a checkpoint block in charters.txt", charters(LOG, TWO, block(checkpointNote({})))),
  log("charters", "a critical line in the last charter", charters(LOG, [...TWO, [criticalOwner, 270]])),
];

const CHECKPOINT: readonly Invalid[] = [
  entry("checkpoint", "the proof is none", put(ENTRY, "entry.tlog-proof", utf8("hello\n"))),
  entry(
    "checkpoint",
    "extra data in the proof",
    edited(ENTRY, "entry.tlog-proof", (text) => text.replace("index", "extra aGVsbG8=\nindex")),
  ),
  entry("checkpoint", "signed by a former log key", entryDirectory(AT.unknown, OLD)),
  entry("checkpoint", "signed by a log key not yet in force", entryDirectory(AT.unknown, { size: ROTATION })),
  entry(
    "checkpoint",
    "not signed by the log",
    edited(ENTRY, "entry.tlog-proof", (text) => text.replace(/— nvwa\.nl .*\n/, "")),
  ),
  entry("checkpoint", "of another authority", entryDirectory(AT.unknown, { origin: "bvl.example" })),
  entry(
    "checkpoint",
    "of an epoch that the chain does not have",
    entryDirectory(1, { tree: epoch1Leaves, size: 3, origin: log1.name, signer: log1 }),
  ),
  entry(
    "checkpoint",
    "a note of more than 65 536 bytes",
    put(ENTRY, "entry.tlog-proof", utf8(proofText(AT.record, {}, noteOfSize(65_537)))),
  ),
  entry(
    "checkpoint",
    "another tree at the very size that was continued",
    entryDirectory(100, { tree: forked, size: CONTINUED }, EPOCHS),
  ),
  log("checkpoint", "signed by a former log key", logDirectory(OLD)),
  log(
    "checkpoint",
    "another tree at the very size that was continued",
    logDirectory({ tree: forked, size: CONTINUED }, EPOCHS),
  ),
  log("checkpoint", "is none", put(LOG, "checkpoint", utf8("hello\n"))),
];

const ENTRIES: readonly Invalid[] = [
  entry("inclusion", "another leaf", put(without(ENTRY, "parts/0.part", "parts/1.part"), "leaf.cbor", binary(memo(5)))),
  entry(
    "inclusion",
    "another index",
    edited(ENTRY, "entry.tlog-proof", (text) => text.replace("index 2", "index 3")),
  ),
  entry(
    "inclusion",
    "a hash missing",
    edited(ENTRY, "entry.tlog-proof", (text) => text.replace(/(index 2\n).*\n/, "$1")),
  ),
  entry(
    "inclusion",
    "an index beyond the tree",
    edited(ENTRY, "entry.tlog-proof", (text) => text.replace("index 2", "index 300")),
  ),

  entry(
    "place",
    "a charter that the chain has elsewhere",
    entryDirectory(ROTATION, {}, [...ONE, [second, ROTATION + 1]]),
  ),
  entry("place", "a valid charter that the chain does not have", entryDirectory(ROTATION, OLD, ONE)),
  entry(
    "place",
    "another valid charter than the chain has there",
    entryDirectory(ROTATION, { tree: withLeaf(ROTATION, charterLeaf(foreign)) }),
  ),
  entry(
    "place",
    "no charter where the chain has one",
    entryDirectory(ROTATION, { tree: withLeaf(ROTATION, memo(258)) }),
  ),
  entry(
    "place",
    "a charter of the right text, with signatures that do not make it valid",
    entryDirectory(ROTATION, { tree: withLeaf(ROTATION, charterLeaf(secondUnsigned)) }),
  ),
  entry(
    "place",
    "an entry of epoch 1 in the place of its first charter",
    entryDirectory(0, { tree: epoch1Leaves.with(0, memo(0)), size: 3, origin: log1.name, signer: log1 }, EPOCHS),
  ),

  entry("parts", "a byte of the second chunk changed", flipped(ENTRY, "parts/1.part", 65_540)),
  entry("parts", "parts exchanged", { ...ENTRY, "parts/0.part": binary(PICTURE), "parts/1.part": binary(RECORD) }),
  entry("parts", "a part that the leaf does not have", put(ENTRY, "parts/2.part", binary(RECORD))),
  entry("parts", "a part beside a leaf without parts", put(entryDirectory(AT.unknown), "parts/0.part", binary(RECORD))),
  entry("parts", "a part beside a malformed leaf", put(entryDirectory(AT.malformed), "parts/0.part", binary(RECORD))),
  entry(
    "parts",
    "a second part of an audience leaf",
    put(entryDirectory(AT.audience), "parts/1.part", binary(MEMBERS)),
  ),
  entry(
    "parts",
    "the part of another owner, to which the leaf commits",
    put(entryDirectory(AT.stolen), "parts/0.part", binary(STOLEN)),
  ),
  entry("parts", "an empty part", put(ENTRY, "parts/0.part", NOTHING)),

  log("entries", "a charter of the chain at the size of the checkpoint", logDirectory({ ...OLD, size: ROTATION })),
  log("entries", "a charter of the chain far beyond", logDirectory({ ...OLD, size: 200 })),
  log(
    "entries",
    "a charter placed beyond the checkpoint, so that a former log key is in force",
    logDirectory(OLD, [...ONE, [second, 9999]]),
  ),
  log("entries", "a valid charter that the chain does not have", logDirectory(OLD, ONE)),
  log("entries", "a charter that the chain has elsewhere", charters(LOG, [...ONE, [second, ROTATION + 1]])),
  log(
    "entries",
    "another valid charter than the chain has there",
    logDirectory({ tree: withLeaf(ROTATION, charterLeaf(foreign)) }),
  ),
  log(
    "entries",
    "a charter of the right text, with signatures that do not make it valid",
    logDirectory({ tree: withLeaf(ROTATION, charterLeaf(secondUnsigned)) }),
  ),
  log("entries", "no charter where the chain has one", logDirectory({ tree: withLeaf(ROTATION, memo(258)) })),
  log(
    "entries",
    "a valid charter more",
    logDirectory({ ...OLD, tree: withLeaf(200, charterLeaf(foreign)), size: 250 }, ONE),
  ),
  log("entries", "the thief's log, larger than what was continued", logDirectory({ tree: forked }, EPOCHS)),
  log("entries", "the root of another tree", put(LOG, "checkpoint", utf8(checkpointNote({ tree: forked })))),
  log("entries", "an entry changed", flipped(LOG, "tile/entries/001.p/44", 100)),
  log("entries", "an entry bundle missing", without(LOG, "tile/entries/001.p/44")),
  log("entries", "an entry bundle of one entry fewer", put(LOG, "tile/entries/001.p/44", binary(bundle(256, 299)))),
  log("entries", "an entry bundle of one entry more", put(LOG, "tile/entries/001.p/44", binary(bundle(256, 301)))),
  log(
    "entries",
    "bytes after the last entry",
    put(LOG, "tile/entries/001.p/44", binary(Buffer.concat([bundle(256, 300), Uint8Array.of(0)]))),
  ),
  log("entries", "a full tile changed", flipped(LOG, "tile/0/000", 5)),
  log("entries", "a partial tile changed", flipped(LOG, "tile/0/001.p/44", 5)),
  log("entries", "the tile of level 1 changed", flipped(LOG, "tile/1/000.p/1", 5)),
  log("entries", "the tile of level 1 missing", without(LOG, "tile/1/000.p/1")),
  log("entries", "a partial tile of a smaller size", {
    ...LOG,
    "tile/0/000.p/4": binary(tileBytes("tile/0/000").subarray(0, 128)),
  }),
  log("entries", "a bundle of a smaller size", put(LOG, "tile/entries/000.p/4", binary(bundle(0, 4)))),
  log(
    "entries",
    "a tile under a path with another number of zeros",
    put(LOG, "tile/0/0", binary(tileBytes("tile/0/000"))),
  ),
  log("entries", "a part of an entry beyond the end", put(LOG, `parts/${leaves.length}/0.part`, binary(RECORD))),
  log("entries", "a part that the leaf does not have", put(LOG, `parts/${AT.record}/2.part`, binary(RECORD))),
  log("entries", "a part of a malformed leaf", put(LOG, `parts/${AT.malformed}/0.part`, binary(RECORD))),
  log("entries", "a part changed", flipped(LOG, `parts/${AT.record}/0.part`, 70)),
  log(
    "entries",
    "the part of another owner, to which the leaf commits",
    put(LOG, `parts/${AT.stolen}/0.part`, binary(STOLEN)),
  ),
  {
    name: "log: of epoch 1 without its first charter",
    of: "log of epoch 1",
    files: logDirectory(
      { tree: [recordLeaf(0), ...epoch1Leaves.slice(1)], size: 3, origin: log1.name, signer: log1 },
      EPOCHS,
    ),
    step: "entries",
  },
];

const WITNESSES: readonly Invalid[] = [
  entry("witnesses", "a wrong cosignature", noted(wrong(witness2))),
  entry("witnesses", "a wrong cosignature by a former witness key", noted(wrong(witness.witness))),
  entry("witnesses", "a wrong cosignature by the owner", noted(wrong(owner.witness))),
  entry(
    "witnesses",
    "a right and a wrong cosignature by one key",
    noted((text) => [cosign(witness2, text), cosign(witness2, `x\n${text}`)]),
  ),
  entry(
    "witnesses",
    "a plain signature by a witness key",
    noted((text) => [plainBy(text)]),
  ),
  entry("witnesses", "a file that is no chain file", put(ENTRY, BVL, utf8("hello\n"))),
  entry("witnesses", "the chain of another authority", put(ENTRY, "witnesses/baua.de.txt", utf8(chainFile(WITNESS)))),
  entry(
    "witnesses",
    "a chain that is not valid",
    edited(ENTRY, BVL, (text) => text.replace("title Authority", "title Author")),
  ),
  entry(
    "witnesses",
    "a chain that is not valid, of an authority that is not trusted",
    edited(ENTRY, "witnesses/stranger.example.txt", (text) => text.replace("title Authority", "title Author")),
  ),
  entry("witnesses", "the chain of the owner", put(ENTRY, "witnesses/nvwa.nl.txt", utf8(chainFile(TWO)))),
  entry("witnesses", "a checkpoint block", put(ENTRY, BVL, utf8(chainFile(WITNESS, block(bvlCheckpoint))))),
  entry("witnesses", "an address", put(ENTRY, BVL, utf8(chainFile(WITNESS, ADDRESS)))),
  log("witnesses", "a wrong cosignature", put(LOG, "checkpoint", utf8(checkpointNote({ lines: wrong(witness2) })))),
  log("witnesses", "a file that is no chain file", put(LOG, BVL, utf8("hello\n"))),
  log("witnesses", "the chain of the owner", put(LOG, "witnesses/nvwa.nl.txt", utf8(chainFile(TWO)))),
];

export const INVALID: readonly Invalid[] = [...FILES, ...CHARTERS, ...CHECKPOINT, ...ENTRIES, ...WITNESSES];

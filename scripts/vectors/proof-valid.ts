import { binary, checkpointNote, entryDirectory, logDirectory, noteOfSize, proofText, utf8 } from "./proof-files.ts";
import type { Content, Directory, Signed } from "./proof-files.ts";
import {
  AT,
  chainFile,
  CONTINUED,
  CORRECTED,
  cosign,
  criticalWitness,
  EPOCHS,
  epoch1Leaves,
  forked,
  LATE,
  LATE_EPOCHS,
  log1,
  MEMBERS,
  ONE,
  owner,
  PICTURE,
  RECORD,
  recordLeaf,
  ROTATION,
  second,
  stranger,
  trustLine,
  witness,
  witness2,
  withLate,
  withLeaf,
} from "./proof-logs.ts";

export const ENTRY: Directory = {
  ...entryDirectory(AT.record),
  "parts/0.part": binary(RECORD),
  "parts/1.part": binary(PICTURE),
};
export const LOG: Directory = {
  ...logDirectory(),
  [`parts/${AT.audience}/0.part`]: binary(MEMBERS),
  [`parts/${AT.record}/0.part`]: binary(RECORD),
};
const EPOCH1: Directory = logDirectory({ tree: epoch1Leaves, size: 3, origin: log1.name, signer: log1 }, EPOCHS);

/** The directories from which the cases differ. */
export const BASES = { entry: ENTRY, log: LOG, "log of epoch 1": EPOCH1 };
export type BaseName = keyof typeof BASES;

type Valid = {
  readonly name: string;
  readonly of: BaseName;
  readonly files: Directory;
  readonly trust?: string;
  readonly disputed?: number;
  readonly good: number;
  readonly notJudged: number;
};

/** What a case expects where nothing else is said: two cosignatures of trusted authorities, one of a stranger. */
const USUAL = { good: 2, notJudged: 1 };

export const without = (directory: Directory, ...paths: readonly string[]): Directory =>
  Object.fromEntries(Object.entries(directory).filter(([path]) => !paths.includes(path)));

/** `directory` with one file put in. */
export const put = (directory: Directory, path: string, content: Content): Directory => ({
  ...directory,
  [path]: content,
});

const entry = (name: string, files: Directory, expected: Partial<Valid> = {}): Valid => ({
  name: `entry: ${name}`,
  of: "entry",
  files,
  ...USUAL,
  ...expected,
});
const log = (name: string, files: Directory, expected: Partial<Valid> = {}): Valid => ({
  name: `log: ${name}`,
  of: "log",
  files,
  ...USUAL,
  ...expected,
});

/** The entry of the record under another note. */
export const noted = (lines: Signed["lines"], directory: Directory = ENTRY): Directory => {
  const signed = lines === undefined ? {} : { lines };
  return put(directory, "entry.tlog-proof", utf8(proofText(AT.record, signed)));
};

/** The first log key signs what is smaller. */
const OLD = { signer: owner.log };
const CRITICAL = { "witnesses/critical.example.txt": utf8(chainFile([[criticalWitness.first, 0]])) };
const otherKeyId = (line: string): string => {
  const [dash, name, blob = ""] = line.split(" ");
  const bytes = Buffer.from(blob, "base64");
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return `${dash} ${name} ${bytes.toString("base64")}`;
};

export const VALID: readonly Valid[] = [
  entry("all that may be there", ENTRY),
  entry(
    "what is required and no more",
    without(
      noted(() => []),
      ...Object.keys(ENTRY).filter((path) => path.includes("/") || path === "README.txt"),
    ),
    { good: 0, notJudged: 0 },
  ),
  entry("no README.txt", without(ENTRY, "README.txt")),
  entry("another README.txt", put(ENTRY, "README.txt", utf8("believe me\n"))),
  entry("a README.txt that is not UTF-8", put(ENTRY, "README.txt", binary(Uint8Array.of(0xff, 0xfe)))),
  entry(
    "empty directories parts and witnesses",
    {
      ...without(ENTRY, ...Object.keys(ENTRY).filter((path) => path.includes("/"))),
      parts: { directory: true },
      witnesses: { directory: true },
    },
    { good: 1, notJudged: 2 },
  ),
  entry("one part of two", without(ENTRY, "parts/0.part")),
  entry("the first charter", entryDirectory(0)),
  entry("the second charter, under the tree that it completes", entryDirectory(ROTATION, { size: ROTATION + 1 })),
  entry("the second charter", entryDirectory(ROTATION)),
  entry("the part of an audience leaf", put(entryDirectory(AT.audience), "parts/0.part", binary(MEMBERS))),
  entry("a charter that is not valid, at a place where the chain has none", entryDirectory(AT.invalidCharter)),
  entry("a leaf of an unknown kind", entryDirectory(AT.unknown)),
  entry("a leaf of a critical kind", entryDirectory(AT.critical)),
  entry("a malformed leaf", entryDirectory(AT.malformed)),
  entry(
    "a record whose audience is no audience leaf",
    entryDirectory(9, { tree: withLeaf(9, recordLeaf(AT.unknown)) }),
  ),
  entry("an old checkpoint, with a chain that has grown since", entryDirectory(AT.unknown, { ...OLD, size: 200 })),
  entry("the last entry of a tree of 257", entryDirectory(256, { ...OLD, size: 257 })),
  entry("the only entry of a tree of one", entryDirectory(0, { ...OLD, size: 1 }, ONE)),
  entry(
    "a place that nobody signed puts a former log key in force: what the directory of an entry cannot show",
    entryDirectory(AT.unknown, OLD, [...ONE, [second, 9999]]),
  ),
  entry("a short chain puts a former log key in force: the same", entryDirectory(AT.unknown, OLD, ONE)),

  entry(
    "a cosignature by a former witness key",
    noted((text) => [cosign(witness.witness, text)]),
    {
      good: 1,
      notJudged: 0,
    },
  ),
  entry(
    "cosignatures by both keys of one witness",
    noted((text) => [cosign(witness.witness, text), cosign(witness2, text)]),
    { good: 2, notJudged: 0 },
  ),
  entry(
    "a cosignature that stands twice",
    noted((text) => [cosign(witness2, text), cosign(witness2, text)]),
    {
      good: 1,
      notJudged: 0,
    },
  ),
  entry(
    "a key id that no charter of the witness has",
    noted((text) => [otherKeyId(cosign(witness2, text)), cosign(owner.witness, text)]),
    { good: 1, notJudged: 1 },
  ),
  entry("the chain of a witness is not there", without(ENTRY, "witnesses/bvl.example.txt"), {
    good: 1,
    notJudged: 2,
  }),
  entry("a witness who is not trusted", ENTRY, { trust: trustLine(owner), good: 1, notJudged: 2 }),
  entry("a witness who is trusted under another id", ENTRY, {
    trust: trustLine(owner) + trustLine(witness, "00".repeat(32)),
    good: 1,
    notJudged: 2,
  }),
  entry(
    "a wrong cosignature of one who is not trusted",
    noted((text) => [cosign(stranger.witness, `x\n${text}`)]),
    { good: 0, notJudged: 1 },
  ),
  entry(
    "a wrong cosignature of a witness whose charter has a critical line",
    { ...noted((text) => [cosign(criticalWitness.witness, `x\n${text}`)]), ...CRITICAL },
    { good: 0, notJudged: 1 },
  ),
  entry(
    "lines of a former log key and of nobody",
    noted((text) => [owner.log.sign(`x\n${text}`), "— example.com/foo AAAAAAAA", cosign(witness2, text)]),
    { good: 1, notJudged: 2 },
  ),
  entry("the chain of a witness who did not cosign", { ...ENTRY, ...CRITICAL }),

  entry("at the size that was continued", entryDirectory(AT.unknown, { size: CONTINUED }, EPOCHS)),
  entry("disputed: from the continued size on", entryDirectory(285, {}, EPOCHS), { disputed: 1 }),
  entry("disputed: below it, under a larger tree", entryDirectory(AT.unknown, {}, EPOCHS), { disputed: 1 }),
  entry("disputed: below it, under a smaller tree", entryDirectory(AT.unknown, { size: 270 }, EPOCHS), {
    disputed: 1,
  }),
  entry("disputed: the thief's entry below it, under a larger tree", entryDirectory(100, { tree: forked }, EPOCHS), {
    disputed: 1,
  }),
  entry("disputed: a valid charter that the chain does not have", entryDirectory(LATE, { tree: withLate }, EPOCHS), {
    disputed: 1,
  }),
  entry("disputed: an entry at the place of a charter that was disavowed", entryDirectory(LATE, {}, LATE_EPOCHS), {
    disputed: 1,
  }),
  entry("the last of two continuations counts", entryDirectory(AT.unknown, { size: CONTINUED }, CORRECTED)),
  entry("of epoch 1", entryDirectory(1, { tree: epoch1Leaves, size: 3, origin: log1.name, signer: log1 }, EPOCHS)),

  log("two charters, full tiles and one of level 1", LOG),
  log(
    "no parts, no witnesses, no README.txt",
    without(
      put(LOG, "checkpoint", utf8(checkpointNote({ lines: () => [] }))),
      ...Object.keys(LOG).filter((path) => /^(parts|witnesses|README)/.test(path)),
    ),
    { good: 0, notJudged: 0 },
  ),
  log("a checkpoint note of 65 536 bytes", put(LOG, "checkpoint", utf8(noteOfSize(65_536))), { notJudged: 2 }),
  log("one entry", logDirectory({ ...OLD, size: 1 }, ONE)),
  log("a full tile and no other", logDirectory({ ...OLD, size: 256 }, ONE)),
  log("the tree that the second charter completes", logDirectory({ size: ROTATION + 1 })),
  log(
    "a chain that ends below the size, of an authority that has more charters",
    logDirectory({ ...OLD, size: ROTATION }, ONE),
  ),
  log("disputed: from the continued size on", logDirectory({}, EPOCHS), { disputed: 20 }),
  log("at the size that was continued", logDirectory({ size: CONTINUED }, EPOCHS)),
  log("disputed: smaller than what was continued", logDirectory({ size: 270 }, EPOCHS), { disputed: 270 }),
  log("disputed: a valid charter that the chain does not have", logDirectory({ tree: withLate }, EPOCHS), {
    disputed: 20,
  }),
  log("disputed: the charter of the chain is beyond the size", logDirectory({ size: 285 }, LATE_EPOCHS), {
    disputed: 5,
  }),
  log("the last of two continuations counts", logDirectory({ size: CONTINUED }, CORRECTED)),
  { name: "log: of epoch 1", of: "log of epoch 1", files: EPOCH1, ...USUAL },
  {
    name: "log: of epoch 1, a place in epoch 0 that is not true",
    of: "log of epoch 1",
    files: put(
      EPOCH1,
      "charters.txt",
      utf8(chainFile(EPOCHS.map(([made, index]) => [made, index === ROTATION ? 9999 : index]))),
    ),
    ...USUAL,
  },
];

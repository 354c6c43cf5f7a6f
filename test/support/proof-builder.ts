import { buildFirstCharter } from "../../keys/charter-builder.ts";
import { admitPublicKey, keyPairFromSeed, verifySignature } from "../../keys/ed25519.ts";
import { sha256 } from "../../keys/sha256.ts";
import { createCosigner, createNoteSigner } from "../../keys/signer.ts";
import type { Cosigner, NoteSigner } from "../../keys/signer.ts";
import { concatBytes, utf8Encode } from "../../protocol/bytes.ts";
import { formatChainFile } from "../../protocol/chain-file.ts";
import type { ChainEntry } from "../../protocol/charter-chain.ts";
import { formatCheckpoint } from "../../protocol/checkpoint.ts";
import { formatLeaf } from "../../protocol/leaf/leaf.ts";
import { emptyRange, extendRange, rangeRoot } from "../../protocol/merkle/compact-range.ts";
import { leafHash } from "../../protocol/merkle/hash.ts";
import { proveInclusion } from "../../protocol/merkle/proof.ts";
import { authorityId } from "../../protocol/name.ts";
import { parseNote } from "../../protocol/note.ts";
import { partDigest } from "../../protocol/part-digest.ts";
import { formatPart } from "../../protocol/part.ts";
import type { ProofFileEntry, ProofReader } from "../../protocol/proof/proof-reader.ts";
import { formatRecord } from "../../protocol/record/index.ts";
import {
  encodeEntryBundle,
  entryBundlePath,
  TILE_WIDTH,
  tileCoordinates,
  tileLevels,
  tilePath,
} from "../../protocol/tlog-tiles.ts";
import { formatTlogProof } from "../../protocol/tlog-proof.ts";
import type { TrustedAuthority } from "../../protocol/trust-file.ts";

export const CRYPTO = { sha256, verify: verifySignature, admitKey: admitPublicKey };

const TIME = 1_800_000_000;
const CHARTERS = 64;

export type TestAuthority = TrustedAuthority & {
  readonly charter: string;
  readonly log: NoteSigner;
  readonly witness: Cosigner;
  readonly root: NoteSigner;
};

/** An authority whose keys follow from a small number. */
export function testAuthority(name: string, seed: number): TestAuthority {
  const key = (n: number): ReturnType<typeof keyPairFromSeed> => keyPairFromSeed(sha256(Uint8Array.of(seed, n)));
  const root = createNoteSigner(`${name}/root/1`, key(1));
  const log = createNoteSigner(name, key(2));
  const witness = createCosigner(`${name}/witness`, key(3));
  const charter = buildFirstCharter({
    authority: name,
    title: `Authority ${name}`,
    country: "NL",
    rootThreshold: 1,
    roots: [root],
    next: { threshold: 1, vkeys: [createNoteSigner(`${name}/root/2`, key(4)).vkey] },
    log,
    witness,
    node: createNoteSigner(`${name}/node`, key(5)),
    member: sha256(Uint8Array.of(seed, 6)),
    roles: [],
  });
  return { name, id: authorityId(sha256, parseNote(charter, CHARTERS).text), charter, log, witness, root };
}

export type TestEntry = { readonly leaf: Uint8Array; readonly parts: readonly Uint8Array[] };

/** The first entry of a log. */
export function charterEntry({ charter }: TestAuthority): TestEntry {
  return { leaf: formatLeaf({ kind: "charter", time: TIME, note: charter }), parts: [] };
}

/** A record with one attachment of `length` bytes. */
export function recordEntry(owner: TestAuthority, length: number): TestEntry {
  const record = formatRecord({
    type: "follow-up",
    refs: [{ id: owner.id, epoch: 0, index: 0, leafHash: new Uint8Array(32) }],
    partKinds: ["picture"],
    body: { answers: 0, outcome: "not-found" },
  });
  const parts = [
    formatPart({
      ownerId: owner.id,
      salt: new Uint8Array(32),
      name: "",
      type: "application/vnd.entente.record+cbor",
      content: record,
    }),
    formatPart({
      ownerId: owner.id,
      salt: new Uint8Array(32).fill(1),
      name: "photo.jpg",
      type: "image/jpeg",
      content: new Uint8Array(length).fill(7),
    }),
  ];
  const commitments = parts.map((bytes) => ({ audience: 1, digest: partDigest(sha256, bytes), size: bytes.length }));
  return { leaf: formatLeaf({ kind: "record", time: TIME, parts: commitments }), parts };
}

export function plainEntry(n: number): TestEntry {
  return { leaf: formatLeaf({ kind: "followers", time: TIME + n, ids: [] }), parts: [] };
}

/** Paths and content of a proof directory. */
export type Files = Map<string, Uint8Array>;

/** What `prove ENTRY` writes, with a cosignature by each of `witnesses`. */
export async function entryProof(
  owner: TestAuthority,
  entries: readonly TestEntry[],
  index: number,
  witnesses: readonly TestAuthority[],
): Promise<Files> {
  const hashes = entries.map(({ leaf }) => leafHash(sha256, leaf));
  const readNodes = async (coordinates: readonly { level: number; index: number }[]): Promise<Uint8Array[]> =>
    coordinates.map((at) => nodeAt(hashes, at.level, at.index));
  const proof = await proveInclusion(sha256, { readNodes }, index, entries.length);
  const files: Files = new Map([
    ["charters.txt", utf8Encode(chainFile(owner))],
    [
      "entry.tlog-proof",
      utf8Encode(formatTlogProof({ index, proof, note: signedCheckpoint(owner, entries, witnesses) })),
    ],
    ["leaf.cbor", entries[index]?.leaf ?? new Uint8Array()],
    ["README.txt", utf8Encode("hello\n")],
  ]);
  for (const [part, bytes] of (entries[index]?.parts ?? []).entries()) files.set(`parts/${part}.part`, bytes);
  addWitnesses(files, owner, witnesses);
  return files;
}

/** What `prove LOG` writes. */
export function logProof(
  owner: TestAuthority,
  entries: readonly TestEntry[],
  witnesses: readonly TestAuthority[],
): Files {
  const hashes = entries.map(({ leaf }) => leafHash(sha256, leaf));
  const files: Files = new Map([
    ["charters.txt", utf8Encode(chainFile(owner))],
    ["checkpoint", utf8Encode(signedCheckpoint(owner, entries, witnesses))],
  ]);
  for (let at = 0; at < entries.length; at += TILE_WIDTH) {
    const leaves = entries.slice(at, at + TILE_WIDTH).map(({ leaf }) => leaf);
    files.set(entryBundlePath(at / TILE_WIDTH, leaves.length), encodeEntryBundle(leaves));
  }
  for (const { level, full, partial } of tileLevels(entries.length)) {
    for (let index = 0; index < full + Math.sign(partial); index++) {
      const width = index < full ? TILE_WIDTH : partial;
      files.set(
        tilePath(level, index, width),
        concatBytes(...tileCoordinates(level, index, width).map((at) => nodeAt(hashes, at.level, at.index))),
      );
    }
  }
  for (const [index, { parts }] of entries.entries())
    for (const [part, bytes] of parts.entries()) files.set(`parts/${index}/${part}.part`, bytes);
  addWitnesses(files, owner, witnesses);
  return files;
}

/** The chain of the owner, who cosigns its own log too, is charters.txt. */
function addWitnesses(files: Files, owner: TestAuthority, witnesses: readonly TestAuthority[]): void {
  for (const witness of witnesses)
    if (witness !== owner) files.set(`witnesses/${witness.name}.txt`, utf8Encode(chainFile(witness)));
}

export function chainFile(
  { name, id, charter }: TestAuthority,
  entries: readonly ChainEntry[] = [{ epoch: 0, index: 0, note: charter }],
): string {
  return formatChainFile({ name, id, entries, checkpoint: undefined, addresses: [] }, sha256);
}

function signedCheckpoint(
  owner: TestAuthority,
  entries: readonly TestEntry[],
  witnesses: readonly TestAuthority[],
): string {
  const hashes = entries.map(({ leaf }) => leafHash(sha256, leaf));
  const root = rangeRoot(sha256, extendRange(sha256, emptyRange(0), hashes));
  const text = formatCheckpoint({ origin: owner.name, size: entries.length, root });
  const lines = [owner.log.sign(text), ...witnesses.map(({ witness }) => witness.cosign(text, TIME))];
  return `${text}\n${lines.join("\n")}\n`;
}

/** The files as a verifier reads them; `strange` are links and the like. */
export function readerOf(
  files: Files,
  strange: readonly string[] = [],
  emptyDirectories: readonly string[] = [],
): ProofReader {
  const listed = new Map<string, ProofFileEntry>();
  for (const [path, { length }] of files) listed.set(path, { isPlain: true, size: length });
  for (const path of strange) listed.set(path, { isPlain: false, size: 0 });
  return {
    files: listed,
    emptyDirectories,
    read: async (path, maxSize) => {
      const bytes = files.get(path);
      return bytes === undefined || bytes.length > maxSize ? undefined : bytes;
    },
    readPieces: async function* (path, pieceSize) {
      const bytes = files.get(path) ?? new Uint8Array();
      for (let at = 0; at < bytes.length; at += pieceSize) yield bytes.slice(at, at + pieceSize);
    },
  };
}

function nodeAt(hashes: readonly Uint8Array[], level: number, index: number): Uint8Array {
  const width = 2 ** level;
  return rangeRoot(sha256, extendRange(sha256, emptyRange(0), hashes.slice(index * width, (index + 1) * width)));
}

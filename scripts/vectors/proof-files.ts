import { chainFile, cosign, leaves, log2, owner, SIZE, stranger, TWO, WITNESS, witness2 } from "./proof-logs.ts";
import type { Placed } from "./proof-logs.ts";
import type { CharterKey } from "./authority.ts";
import { tileFiles, treePath, treeRoot } from "./proof-tree.ts";
import { base64 } from "./tools.ts";

/** What stands at a path. */
export type Content =
  | { readonly utf8: string }
  | { readonly base64: string }
  | { readonly link: string }
  | { readonly directory: true };

export type Directory = Readonly<Record<string, Content>>;

/** A directory as it differs from another; `null` is what is not there. */
export type Changes = Readonly<Record<string, Content | null>>;

export const utf8 = (text: string): Content => ({ utf8: text });
export const binary = (bytes: Uint8Array): Content => ({ base64: base64(bytes) });

export type Signed = {
  readonly tree?: readonly Uint8Array[];
  readonly size?: number;
  readonly origin?: string;
  readonly signer?: CharterKey;
  /** Cosignature lines, and whatever else, after the log's own. */
  readonly lines?: (text: string) => readonly string[];
};

/** The owner's own line, one by the witness's second key, and one of an authority that is not trusted. */
export const cosigned = (text: string): readonly string[] =>
  [owner.witness, witness2, stranger.witness].map((key) => cosign(key, text));

export function checkpointNote({
  tree = leaves,
  size = SIZE,
  origin = owner.name,
  signer = log2,
  lines = cosigned,
}: Signed): string {
  const text = `${origin}\n${size}\n${base64(treeRoot(tree.slice(0, size)))}\n`;
  return `${text}\n${[signer.sign(text), ...lines(text)].map((line) => `${line}\n`).join("")}`;
}

/** A checkpoint note with a line that nobody knows, so that it has so many bytes. */
export function noteOfSize(bytes: number): string {
  const base = checkpointNote({});
  // An em dash of three bytes, two spaces, a newline; base64 comes in fours.
  const left = bytes - Buffer.byteLength(base) - 6;
  const blob = left - 4 - (left % 4);
  return `${base}— ${"x".repeat(left - blob)} ${"A".repeat(blob)}\n`;
}

export function proofText(index: number, signed: Signed, note: string = checkpointNote(signed)): string {
  const { tree = leaves, size = SIZE } = signed;
  const hashes = treePath(index, tree.slice(0, size)).map((hash) => `${base64(hash)}\n`);
  return `c2sp.org/tlog-proof@v1\nindex ${index}\n${hashes.join("")}\n${note}`;
}

const README = utf8("Verify this with a program that you have from a source of your own.\n");
const WITNESSES: Directory = {
  "witnesses/bvl.example.txt": utf8(chainFile(WITNESS)),
  "witnesses/stranger.example.txt": utf8(chainFile([[stranger.first, 0]])),
};

/** The directory of one entry, without parts. */
export function entryDirectory(index: number, signed: Signed = {}, chain: readonly Placed[] = TWO): Directory {
  const leaf = (signed.tree ?? leaves)[index];
  if (leaf === undefined) throw new Error(`no leaf ${index}`);
  return {
    "charters.txt": utf8(chainFile(chain)),
    "entry.tlog-proof": utf8(proofText(index, signed)),
    "leaf.cbor": binary(leaf),
    ...WITNESSES,
    "README.txt": README,
  };
}

/** The directory of a whole log, without parts. */
export function logDirectory(signed: Signed = {}, chain: readonly Placed[] = TWO): Directory {
  const { tree = leaves, size = SIZE } = signed;
  const tiles = Object.entries(tileFiles(tree.slice(0, size))).map(([path, bytes]) => [path, binary(bytes)] as const);
  return {
    "charters.txt": utf8(chainFile(chain)),
    checkpoint: utf8(checkpointNote(signed)),
    ...Object.fromEntries(tiles),
    ...WITNESSES,
    "README.txt": README,
  };
}

/** What makes `other` of `base`. */
export function changes(base: Directory, other: Directory): Changes {
  const same = (path: string): boolean => JSON.stringify(base[path]) === JSON.stringify(other[path]);
  const paths = [...new Set([...Object.keys(base), ...Object.keys(other)])].filter((path) => !same(path));
  return Object.fromEntries(paths.map((path) => [path, other[path] ?? null]));
}

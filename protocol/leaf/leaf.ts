import { decodeCbor, encodeCbor } from "../cbor.ts";
import { FormatError } from "../format-error.ts";
import { MAX_LEAF_SIZE, MAX_LEAF_TIME, MIN_LEAF_TIME } from "../limits.ts";
import { LEAF_KINDS } from "./kinds.ts";
import { leafShape } from "./leaf-kind.ts";
import type { LeafKind } from "./leaf-kind.ts";

export type { AudienceLeaf } from "./audience.ts";

/** A leaf of a known kind: `{ kind: "record", time: 1800000000, parts: […] }`. */
export type Leaf = ReturnType<(typeof LEAF_KINDS)[number]["read"]>;

/**
 * What the bytes at an index of a log are. Whatever it is, it counts as a leaf of the tree. Only a known one has an
 * effect; not knowing a critical one stops us from serving that log's parts to third parties.
 */
export type LeafReading =
  | { readonly status: "known"; readonly leaf: Leaf }
  | { readonly status: "unknown"; readonly kind: string; readonly critical: boolean; readonly time: number }
  | { readonly status: "malformed"; readonly reason: string };

/**
 * Reads a leaf (`docs/spec/leaf.md`), a canonical CBOR array `[kind, time, …]`:
 *
 *     83 69 666f6c6c6f77657273 1a 6b49d200 80        ["followers", 1800000000, []]
 *
 * Never throws. Byte strings in it are views of `bytes`.
 */
export function readLeaf(bytes: Uint8Array): LeafReading {
  try {
    return readStrictly(bytes);
  } catch (error) {
    if (error instanceof FormatError) return { status: "malformed", reason: error.message };
    throw error;
  }
}

/** The one encoding of `leaf`. `LEAF_MALFORMED` for what `readLeaf` would not find known. */
export function formatLeaf(leaf: Leaf): Uint8Array {
  const bytes = encodeCbor([leaf.kind, leaf.time, ...(KINDS.get(leaf.kind)?.fields(leaf) ?? [])]);
  const reading = readLeaf(bytes);
  if (reading.status === "malformed") leafShape.fail(reading.reason);
  return bytes;
}

/** Each under its own name, so that `fields` is only ever given the leaves that its kind made. */
const KINDS: ReadonlyMap<string, LeafKind<Leaf>> = new Map(LEAF_KINDS.map((kind) => [kind.kind, kind]));

function readStrictly(bytes: Uint8Array): LeafReading {
  if (bytes.length > MAX_LEAF_SIZE) leafShape.fail(`a leaf of more than ${MAX_LEAF_SIZE} bytes`);
  const [kind, time, ...fields] = leafShape.array(decodeCbor(bytes), "a leaf", 2, MAX_LEAF_SIZE);
  const name = leafShape.text(kind, "the kind");
  const seconds = leafShape.integer(time, "the time", MIN_LEAF_TIME, MAX_LEAF_TIME);
  const known = KINDS.get(name);
  if (known !== undefined) return { status: "known", leaf: known.read(seconds, fields) };
  if (!/^[a-z][a-z0-9-]{0,31}!?$/.test(name)) leafShape.fail("the kind is not a word");
  return { status: "unknown", kind: name, critical: name.endsWith("!"), time: seconds };
}

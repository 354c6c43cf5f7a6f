import { equalBytes } from "./bytes.ts";
import { parseCharterNote } from "./charter.ts";
import type { Charter, CharterCrypto, CharterNote, Continuation } from "./charter.ts";
import { rootLines } from "./charter-lines.ts";
import { addKeyNames, judgeCharter } from "./charter-rules.ts";
import type { CharterFault } from "./charter-rules.ts";
import type { Primitives } from "./crypto.ts";
import { isUnsigned } from "./decimal.ts";
import { FormatError } from "./format-error.ts";
import { MAX_CHAIN_CHARTERS, MAX_CHAIN_KEYS } from "./limits.ts";
import { authorityId } from "./name.ts";
import type { Vkey } from "./vkey.ts";

/** A charter and its place: the epoch that it names, and its index in that epoch's tree. */
export type ChainEntry = {
  readonly epoch: number;
  readonly index: number;
  /** The whole signed note, as it stands in the leaf. */
  readonly note: string;
};

export type PlacedCharter = ChainEntry & CharterNote;

export type ChainCrypto = CharterCrypto & Primitives;

/**
 * The charters of one authority, serials 0 … n, each valid after those before it:
 *
 *     epoch 0, index 0     serial 0   the first, which fixes the id
 *     epoch 0, index 4711  serial 1   other online keys
 *     epoch 1, index 0     serial 2   opens epoch 1, continues epoch 0 at some size
 *
 * Only `extendChain` and `checkChain` make one, hence whoever holds one holds a valid one. Immutable.
 */
class ValidChain {
  /** Of the authority: `nvwa.nl`. */
  readonly name: string;
  /** 32 bytes. */
  readonly id: Uint8Array;
  readonly entries: readonly [PlacedCharter, ...PlacedCharter[]];
  readonly #keyNames: ReadonlyMap<string, string>;

  constructor(
    id: Uint8Array,
    entries: readonly [PlacedCharter, ...PlacedCharter[]],
    keyNames: ReadonlyMap<string, string>,
  ) {
    this.name = entries[0].charter.authority;
    this.id = id;
    this.entries = entries;
    this.#keyNames = keyNames;
  }

  static keyNames(chain: ValidChain): ReadonlyMap<string, string> {
    return chain.#keyNames;
  }
}

export type Chain = ValidChain;

/** Why a charter does not continue a chain. `serial` is the one that it would have had. */
export type CharterRefusal = CharterFault & { readonly ok: false; readonly serial: number; readonly message: string };

export type ChainExtension = { readonly ok: true; readonly chain: Chain } | CharterRefusal;

/** `chain` with one more charter, or a chain of one where `chain` is `undefined`; or the first rule that is broken. */
export function extendChain(chain: Chain | undefined, candidate: ChainEntry, crypto: ChainCrypto): ChainExtension {
  const serial = chain?.entries.length ?? 0;
  const full =
    chain !== undefined && (serial >= MAX_CHAIN_CHARTERS || ValidChain.keyNames(chain).size >= MAX_CHAIN_KEYS);
  // SPEC: "A chain has at most 512 charters." Before the candidate is read, since reading it admits its keys.
  if (full) return refusal({ rule: "limit", code: "CHAIN_LIMIT" }, serial);
  const read = readNote(candidate.note, crypto);
  // SPEC: 1. "C parses"
  if (typeof read === "string") return refusal({ rule: 1, code: "CHARTER_MALFORMED" }, serial, read);
  const placed = { ...candidate, ...read };
  const keyNames = chain === undefined ? new Map<string, string>() : ValidChain.keyNames(chain);
  const fault = judgeCharter({ charters: chain?.entries ?? [], keyNames }, placed, crypto) ?? placeFault(chain, placed);
  if (fault !== undefined) return refusal(fault, serial);
  return { ok: true, chain: append(chain, placed, chain?.id ?? authorityId(crypto.sha256, placed.text)) };
}

/** The chain of `entries`, in order of serial from 0, or what is wrong with the first that is. */
export function checkChain(entries: readonly ChainEntry[], crypto: ChainCrypto): ChainExtension {
  let chain: Chain | undefined;
  for (const entry of entries) {
    const extension = extendChain(chain, entry, crypto);
    if (!extension.ok) return extension;
    chain = extension.chain;
  }
  return chain === undefined
    ? refusal({ rule: 1, code: "CHARTER_MALFORMED" }, 0, "a chain without charters")
    : { ok: true, chain };
}

export function lastCharter(chain: Chain): Charter {
  return lastEntry(chain).charter;
}

/**
 * The charter that a checkpoint of `size` in `epoch` is judged by; `undefined` for size 0 and for an epoch that the chain
 * does not know.
 *
 * SPEC: "The log key for a checkpoint of size n in epoch e is that of the valid charter of epoch e with the greatest
 * index < n: the new key signs the batch that brings it."
 */
export function charterInForce(chain: Chain, epoch: number, size: number): Charter | undefined {
  return chain.entries.findLast((entry) => entry.epoch === epoch && entry.index < size)?.charter;
}

export function logKeyAt(chain: Chain, epoch: number, size: number): Vkey | undefined {
  return charterInForce(chain, epoch, size)?.log;
}

/**
 * The charter in force at a leaf: of its member, role and approver keys.
 *
 * SPEC: "The member key in force at a leaf is that of the valid charter of its epoch with the greatest index ≤ the leaf's."
 */
export function charterAtLeaf(chain: Chain, epoch: number, index: number): Charter | undefined {
  return charterInForce(chain, epoch, index + 1);
}

export function memberKeyAt(chain: Chain, epoch: number, index: number): Uint8Array | undefined {
  return charterAtLeaf(chain, epoch, index)?.member;
}

/**
 * Whether the owner took back the entry at `index` of `epoch`, by opening a later epoch.
 *
 * SPEC: "When a valid charter opens epoch E with `continues e s r`: the entries of epoch e from index s on, and all
 * entries of epochs between e and E, are disavowed"
 */
export function disavowed(chain: Chain, epoch: number, index: number): boolean {
  return index >= disavowedFrom(chain, epoch);
}

/** The index from which on the owner took back the entries of `epoch`; infinite where it took back none. */
export function disavowedFrom(chain: Chain, epoch: number): number {
  return chain.entries.reduce((from, { charter: { epoch: opened, continues } }) => {
    if (continues === undefined) return from;
    if (continues.epoch < epoch && epoch < opened) return 0;
    return epoch === continues.epoch ? Math.min(from, continues.size) : from;
  }, Number.POSITIVE_INFINITY);
}

/**
 * What the owner continued of `epoch`, when it opened a later one.
 *
 * SPEC: "Where a chain continues an epoch several times, the last charter that does so counts."
 */
export function continuedAt(chain: Chain, epoch: number): Continuation | undefined {
  return chain.entries.findLast(({ charter: { continues } }) => continues?.epoch === epoch)?.charter.continues;
}

/**
 * The charters that go with a log of `size` entries.
 *
 * SPEC: "who exports a log leaves out the charters from the first that stands at or beyond the checkpoint's size on"; one in
 * a disavowed range is not asked for there.
 */
export function chartersBelow(chain: Chain, epoch: number, size: number): readonly PlacedCharter[] {
  const beyond = chain.entries.findIndex(
    (entry) => entry.epoch === epoch && entry.index >= size && !disavowed(chain, epoch, entry.index),
  );
  return beyond < 0 ? chain.entries : chain.entries.slice(0, beyond);
}

/** The first critical line of the chain that we do not know, by keyword; `undefined` if there is none. */
export function unknownCriticalIn(chain: Chain): string | undefined {
  return chain.entries.find(({ charter }) => charter.unknownCritical.length > 0)?.charter.unknownCritical[0];
}

/**
 * The text of each charter of `epoch` by the index at which a leaf must hold it.
 *
 * SPEC: "a charter whose place lies in a disavowed range is in the chain, since the roots signed it, and its place is not
 * checked"
 */
export function placedCharters(chain: Chain, epoch: number): ReadonlyMap<number, string> {
  const placed = chain.entries.filter((entry) => entry.epoch === epoch && !disavowed(chain, epoch, entry.index));
  return new Map(placed.map(({ index, text }) => [index, text]));
}

/** What a charter leaf is to a chain. */
export type LeafVerdict =
  /** The chain has this charter at this place. */
  | { readonly kind: "placed" }
  /** It continues the chain, which is now `chain`. */
  | { readonly kind: "next"; readonly chain: Chain }
  /** It is valid here, and the chain has another one, or has it elsewhere: the chain is not that of this tree. */
  | { readonly kind: "contradicts" }
  /** To be kept, alarmed, and without effect. */
  | { readonly kind: "invalid"; readonly refusal: CharterRefusal }
  /** Its owner disavowed the range: not judged. */
  | { readonly kind: "disavowed" };

/**
 * Judges a charter leaf, as it arrives, against the chain that one was given.
 *
 * SPEC: "Whoever is given a chain checks, as the leaves arrive, that at each place in it stands a charter leaf with that
 * text, and that no other valid charter stands in the tree". Valid is judged after the charters that stand before it.
 */
export function judgeCharterLeaf(chain: Chain, leaf: ChainEntry, crypto: ChainCrypto): LeafVerdict {
  if (disavowed(chain, leaf.epoch, leaf.index)) return { kind: "disavowed" };
  const before = chain.entries.filter(
    (entry) => entry.epoch < leaf.epoch || (entry.epoch === leaf.epoch && entry.index < leaf.index),
  );
  const extension = extendChain(beginning(chain, before.length), leaf, crypto);
  if (!extension.ok) return { kind: "invalid", refusal: extension };
  if (before.length === chain.entries.length) return { kind: "next", chain: extension.chain };
  const expected = placedCharters(chain, leaf.epoch).get(leaf.index);
  return { kind: expected === lastEntry(extension.chain).text ? "placed" : "contradicts" };
}

/** What `other` is to the chain `held`, both valid and of one id. `shared`: the number of charters that both begin with. */
export type Comparison = {
  readonly kind: "same" | "extends" | "held-prevails" | "other-prevails" | "undecided";
  readonly shared: number;
};

/**
 * SPEC: "Two valid chains of one id are compared by the texts of their charters. If one is a beginning of the other, the
 * longer prevails. Otherwise they part at some serial, and the one that alone contains, from that serial on, a charter
 * whose root lines differ from its predecessor's prevails. If both or neither do, the one held stays, and a person is
 * asked."
 *
 * `extends`: `other` goes on where `held` ends. Places and signatures take no part: who goes over to `other` does it by
 * `adoptChain`.
 */
export function prevailing(held: Chain, other: Chain): Comparison {
  if (!equalBytes(held.id, other.id))
    throw new FormatError("CHAIN_MALFORMED", "chains of two authorities are not compared");
  const shared = sharedCharters(held, other);
  if (shared === other.entries.length)
    return { kind: shared === held.entries.length ? "same" : "held-prevails", shared };
  if (shared === held.entries.length) return { kind: "extends", shared };
  const [heldRotates, otherRotates] = [changesRoots(held, shared), changesRoots(other, shared)];
  if (heldRotates === otherRotates) return { kind: "undecided", shared };
  return { kind: otherRotates ? "other-prevails" : "held-prevails", shared };
}

/**
 * `other`, with the places that `held` gives to the charters which both have: nobody signed a place, and who could move
 * one would say which log key was in force. Refused where the charters that follow then stand before those.
 */
export function adoptChain(held: Chain, other: Chain): ChainExtension {
  const { shared } = prevailing(held, other);
  let chain = beginning(held, shared);
  for (const entry of other.entries.slice(shared)) {
    const fault = placeFault(chain, entry);
    if (fault !== undefined) return refusal(fault, entry.charter.serial);
    chain = append(chain, entry, held.id);
  }
  return { ok: true, chain: chain ?? held };
}

/**
 * Of `chain`, which goes on from `held`, what a tree of `epoch` that was verified up to `size` has shown: `held`, and the
 * charters of that epoch which stand below.
 */
export function shownBeginning(held: Chain, chain: Chain, epoch: number, size: number): Chain {
  const known = held.entries.length;
  const end = chain.entries.findIndex(
    (entry, serial) => serial >= known && (entry.epoch !== epoch || entry.index >= size),
  );
  if (end < 0) return chain;
  return end === known ? held : (beginning(chain, end) ?? held);
}

/**
 * Every raw key of the chain that signs, in hex, with its one key name: whoever meets such a key under another name, in
 * the chain of another authority, raises an alarm.
 */
export function rawKeyUses(chain: Chain): ReadonlyMap<string, string> {
  return ValidChain.keyNames(chain);
}

function readNote(note: string, crypto: CharterCrypto): CharterNote | string {
  try {
    return parseCharterNote(note, crypto);
  } catch (error) {
    if (error instanceof FormatError) return error.message;
    throw error;
  }
}

// SPEC: "Each charter of a chain has a place (epoch, index): the epoch that it names and its index in that epoch's tree.
// Within an epoch indexes ascend; the first charter of an epoch has index 0."
function placeFault(chain: Chain | undefined, { epoch, index, charter }: PlacedCharter): CharterFault | undefined {
  const last = chain === undefined ? undefined : lastEntry(chain);
  const follows = last?.epoch === charter.epoch ? isUnsigned(index) && index > last.index : index === 0;
  return epoch === charter.epoch && follows ? undefined : { rule: "place", code: "CHARTER_PLACE" };
}

export function lastEntry(chain: Chain): PlacedCharter {
  return chain.entries.at(-1) ?? chain.entries[0];
}

/** `chain` and one more charter, which is known to be valid there. */
function append(chain: Chain | undefined, entry: PlacedCharter, id: Uint8Array): Chain {
  if (chain === undefined) return new ValidChain(id, [entry], addKeyNames(new Map(), entry.charter));
  return new ValidChain(id, [...chain.entries, entry], addKeyNames(ValidChain.keyNames(chain), entry.charter));
}

/** The chain of the first `count` charters; `undefined` for none. */
function beginning(chain: Chain, count: number): Chain | undefined {
  if (count === chain.entries.length) return chain;
  return chain.entries
    .slice(0, count)
    .reduce<Chain | undefined>((begun, entry) => append(begun, entry, chain.id), undefined);
}

/** How many charters, from serial 0 on, have the same text in both. */
function sharedCharters(a: Chain, b: Chain): number {
  const parting = a.entries.findIndex(({ text }, serial) => text !== b.entries[serial]?.text);
  return parting < 0 ? a.entries.length : parting;
}

/** Whether a charter from serial `from` on has other root lines than the one before it. */
function changesRoots({ entries }: Chain, from: number): boolean {
  return entries.some(
    ({ text }, serial) => serial >= from && rootLines(text) !== rootLines(entries[serial - 1]?.text ?? text),
  );
}

function refusal(fault: CharterFault, serial: number, message: string = MESSAGES[fault.code]): CharterRefusal {
  return { ok: false, ...fault, serial, message };
}

const MESSAGES: Readonly<Record<CharterFault["code"], string>> = {
  CHARTER_MALFORMED: "not a charter",
  CHARTER_AUTHORITY: "a charter of another authority",
  CHARTER_SERIAL: "not the next serial",
  CHARTER_PREVIOUS: "not the digest of the charter before it",
  CHARTER_EPOCH: "neither the epoch of the charter before it, with what that continues, nor a later one",
  CHARTER_CONTINUES:
    "a new epoch that continues one which was passed over, or one beyond the size at which it was left",
  CHARTER_KEY_REUSED: "one key under two names",
  CHARTER_SIGNATURE_INVALID: "a signature line of a known key does not verify",
  CHARTER_KEY_UNPROVEN: "a new key does not sign",
  CHARTER_ROOT_THRESHOLD: "fewer root keys sign than must",
  CHARTER_ROOT_UNANNOUNCED: "a new root key whose digest the charter before it does not list",
  CHARTER_NEXT_THRESHOLD: "fewer new root keys than must be",
  CHARTER_ROOT_UNSIGNED: "a new root key does not sign",
  CHARTER_ROOT_HALF_CHANGED: "only one of root lines and next lines changed",
  CHAIN_LIMIT: "the chain is as long as a chain may be",
  CHARTER_PLACE: "a place that does not follow",
};

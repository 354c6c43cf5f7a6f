import { equalBytes, toHex, utf8Encode } from "./bytes.ts";
import type { Charter, CharterNote, Continuation } from "./charter.ts";
import { signingKeys } from "./charter-fields.ts";
import type { SigningKey } from "./charter-fields.ts";
import { nextLines, rootLines } from "./charter-lines.ts";
import type { Primitives, Sha256 } from "./crypto.ts";
import { FormatError } from "./format-error.ts";
import { openNote } from "./note.ts";
import { formatVkey, keyId, SIGNATURE_TYPE } from "./vkey.ts";
import type { Vkey } from "./vkey.ts";

// The rules 1 to 6 of docs/spec/charter.md, "Validity": one function each, in that order. Reading the candidate (the
// first clause of rule 1) and its place are charter-chain.ts's.

/** Why a charter is not the next of a chain. `rule` is the number in the specification, `place` what follows them there. */
export type CharterFault =
  | {
      readonly rule: 1;
      readonly code: "CHARTER_MALFORMED" | "CHARTER_AUTHORITY" | "CHARTER_SERIAL" | "CHARTER_PREVIOUS";
    }
  | { readonly rule: 2; readonly code: "CHARTER_EPOCH" | "CHARTER_CONTINUES" }
  | { readonly rule: 3; readonly code: "CHARTER_KEY_REUSED" }
  | { readonly rule: 4; readonly code: "CHARTER_SIGNATURE_INVALID" }
  | { readonly rule: 5; readonly code: "CHARTER_KEY_UNPROVEN" }
  | {
      readonly rule: 6;
      readonly code:
        | "CHARTER_ROOT_THRESHOLD"
        | "CHARTER_ROOT_UNANNOUNCED"
        | "CHARTER_NEXT_THRESHOLD"
        | "CHARTER_ROOT_UNSIGNED"
        | "CHARTER_ROOT_HALF_CHANGED";
    }
  | { readonly rule: "place"; readonly code: "CHARTER_PLACE" }
  | { readonly rule: "limit"; readonly code: "CHAIN_LIMIT" };

/** A chain as the rules see it: its charters by serial, and the key name that each raw key (hex) has in it. */
export type Judged = {
  readonly charters: readonly CharterNote[];
  readonly keyNames: ReadonlyMap<string, string>;
};

/** The first rule that `candidate` breaks as the next charter of `chain` (of none: as a first one); `undefined` if valid. */
export function judgeCharter(chain: Judged, candidate: CharterNote, primitives: Primitives): CharterFault | undefined {
  const last = chain.charters.at(-1);
  const early =
    sequenceFault(primitives.sha256, last, candidate) ??
    epochFault(chain.charters, last, candidate.charter) ??
    keyNameFault(chain.keyNames, candidate.charter);
  if (early !== undefined) return early;
  const signers = verifiedSigners(primitives, last, candidate);
  if (signers === undefined) return { rule: 4, code: "CHARTER_SIGNATURE_INVALID" };
  return (
    possessionFault(signers, last?.charter, candidate.charter) ??
    (last && rootFault(primitives.sha256, signers, last, candidate))
  );
}

/** The key names of a chain after `charter`, which is valid there. */
export function addKeyNames(keyNames: ReadonlyMap<string, string>, charter: Charter): ReadonlyMap<string, string> {
  return new Map([...keyNames, ...signingKeys(charter).map(({ vkey }) => [toHex(vkey.publicKey), vkey.name] as const)]);
}

// SPEC: 1. "same `authority`; serial = L's + 1; `previous` = SHA-256 of L's text."
// SPEC: "The first (serial 0, `previous none`, epoch 0) begins a chain and fixes the id." That `none` stands in serial 0
// and nowhere else is the format's.
function sequenceFault(
  sha256: Sha256,
  last: CharterNote | undefined,
  { charter }: CharterNote,
): CharterFault | undefined {
  if (last === undefined) return charter.serial === 0 ? undefined : { rule: 1, code: "CHARTER_SERIAL" };
  if (charter.authority !== last.charter.authority) return { rule: 1, code: "CHARTER_AUTHORITY" };
  if (charter.serial !== last.charter.serial + 1) return { rule: 1, code: "CHARTER_SERIAL" };
  const follows = charter.previous !== undefined && equalBytes(charter.previous, sha256(utf8Encode(last.text)));
  return follows ? undefined : { rule: 1, code: "CHARTER_PREVIOUS" };
}

// SPEC: 2. "Either `epoch` and `continues` are those of L. Or the epoch is greater than L's and `continues e s r` names an
// epoch e that is *in line* […]; and where e is not L's own, s is not above the size at which e is already continued."
function epochFault(
  charters: readonly CharterNote[],
  last: CharterNote | undefined,
  { epoch, continues }: Charter,
): CharterFault | undefined {
  const fault: CharterFault = { rule: 2, code: "CHARTER_EPOCH" };
  if (last === undefined) return epoch === 0 ? undefined : fault;
  if (epoch === last.charter.epoch) return isSameContinuation(continues, last.charter.continues) ? undefined : fault;
  if (epoch < last.charter.epoch || continues === undefined) return fault;
  const bound = epochsInLine(charters, last.charter).get(continues.epoch);
  return bound !== undefined && continues.size <= bound ? undefined : { rule: 2, code: "CHARTER_CONTINUES" };
}

/**
 * The epochs that a new one may continue, each with the size above which it may not.
 *
 * SPEC: "*in line*: L's own epoch, or the epoch that one in line continues (so an epoch that was passed over cannot come
 * back)"
 */
function epochsInLine(charters: readonly CharterNote[], last: Charter): ReadonlyMap<number, number> {
  const line = new Map([[last.epoch, Number.MAX_SAFE_INTEGER]]);
  // Every charter of one epoch carries the same `continues` line, so any of them tells; epochs only go down.
  for (let at = last.continues; at !== undefined; at = continuationOf(charters, at.epoch)) line.set(at.epoch, at.size);
  return line;
}

function continuationOf(charters: readonly CharterNote[], epoch: number): Continuation | undefined {
  return charters.find(({ charter }) => charter.epoch === epoch)?.charter.continues;
}

// SPEC: 3. "A raw public key (root, log, witness, node or role; counted) keeps one key name for the whole chain, C included."
function keyNameFault(keyNames: ReadonlyMap<string, string>, charter: Charter): CharterFault | undefined {
  const names = new Map(keyNames);
  for (const { vkey } of signingKeys(charter)) {
    const key = toHex(vkey.publicKey);
    if ((names.get(key) ?? vkey.name) !== vkey.name) return { rule: 3, code: "CHARTER_KEY_REUSED" };
    names.set(key, vkey.name);
  }
  return undefined;
}

/**
 * The keys of L and C that signed the candidate; `undefined` if a line of one of them is wrong.
 *
 * SPEC: 4. "Of the signature lines whose name and key id belong to a key of L or C, none is invalid."
 *
 * Where a line fits two different keys (key ids have 32 bits), it is not valid under both, hence counts as invalid.
 */
function verifiedSigners(
  primitives: Primitives,
  last: CharterNote | undefined,
  { text, signatures, charter }: CharterNote,
): Signers | undefined {
  const keys = [...(last === undefined ? [] : signingKeys(last.charter)), ...signingKeys(charter)];
  try {
    const verified = openNote(
      { text, signatures },
      keys.map(({ vkey }) => asNoteKey(primitives.sha256, vkey)),
      primitives,
    );
    return new Set(verified.map(({ verifier }) => signerName(verifier)));
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    // Nobody known signed: rules 5 and 6 say whose signature is missing.
    return error.code === "NOTE_UNTRUSTED" ? new Set() : undefined;
  }
}

type Signers = ReadonlySet<string>;

/** Key name and raw key: what rule 3 lets belong to one key only. */
function signerName({ name, publicKey }: Vkey): string {
  return `${name} ${toHex(publicKey)}`;
}

/**
 * The key as which it signs charters.
 *
 * SPEC: "the line of the witness key is a plain Ed25519 signature (type 0x01 rule) with the name `<name>/witness` and the
 * key id computed with type byte 0x01"
 */
function asNoteKey(sha256: Sha256, { name, publicKey }: Vkey): Vkey {
  const type = SIGNATURE_TYPE.ed25519;
  return { name, type, keyId: keyId(sha256, name, type, publicKey), publicKey };
}

// SPEC: 5. "Every counted signing key in C that is not in L under the same keyword and vkey signs (all of them in the
// first charter)."
function possessionFault(signers: Signers, last: Charter | undefined, charter: Charter): CharterFault | undefined {
  const line = ({ keyword, vkey }: SigningKey): string => `${keyword} ${formatVkey(vkey)}`;
  const known = new Set(last === undefined ? [] : signingKeys(last).map(line));
  const proven = signingKeys(charter).every((key) => known.has(line(key)) || signers.has(signerName(key.vkey)));
  return proven ? undefined : { rule: 5, code: "CHARTER_KEY_UNPROVEN" };
}

// SPEC: 6. "*Root lines* are the `root-threshold` and `root` lines, *next lines* the `next-threshold` and `next` lines,
// verbatim and in order."
function rootFault(
  sha256: Sha256,
  signers: Signers,
  last: CharterNote,
  candidate: CharterNote,
): CharterFault | undefined {
  const sameRoots = rootLines(candidate.text) === rootLines(last.text);
  const sameNext = nextLines(candidate.text) === nextLines(last.text);
  // SPEC: "Only one of the two differs: invalid."
  if (sameRoots !== sameNext) return { rule: 6, code: "CHARTER_ROOT_HALF_CHANGED" };
  return sameRoots
    ? keptRootsFault(signers, last.charter)
    : changedRootsFault(sha256, signers, last.charter, candidate);
}

// SPEC: "Both as in L: at least L's root threshold of L's counted root keys sign."
function keptRootsFault(signers: Signers, last: Charter): CharterFault | undefined {
  const count = last.roots.filter((key) => signers.has(signerName(key))).length;
  return count >= last.rootThreshold ? undefined : { rule: 6, code: "CHARTER_ROOT_THRESHOLD" };
}

// SPEC: "Both differ from L's: every `root` key of C has its digest in L's `next` lines; the counted ones are at least L's
// next threshold, and all of them sign."
function changedRootsFault(
  sha256: Sha256,
  signers: Signers,
  last: Charter,
  { charter }: CharterNote,
): CharterFault | undefined {
  const announced = new Set(last.next.map(toHex));
  const uncounted = charter.kept.filter(({ keyword }) => keyword === "root").map(({ value }) => value);
  const vkeys = [...charter.roots.map(formatVkey), ...uncounted];
  if (!vkeys.every((vkey) => announced.has(toHex(sha256(utf8Encode(vkey))))))
    return { rule: 6, code: "CHARTER_ROOT_UNANNOUNCED" };
  if (charter.roots.length < last.nextThreshold) return { rule: 6, code: "CHARTER_NEXT_THRESHOLD" };
  const allSign = charter.roots.every((key) => signers.has(signerName(key)));
  return allSign ? undefined : { rule: 6, code: "CHARTER_ROOT_UNSIGNED" };
}

function isSameContinuation(a: Continuation | undefined, b: Continuation | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.epoch === b.epoch && a.size === b.size && equalBytes(a.root, b.root);
}

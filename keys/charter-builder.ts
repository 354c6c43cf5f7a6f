import { isRootKeyName } from "../protocol/authority-key.ts";
import { toHex, utf8Encode } from "../protocol/bytes.ts";
import { extendChain, rawKeyUses } from "../protocol/charter-chain.ts";
import type { Chain, PlacedCharter } from "../protocol/charter-chain.ts";
import { formatCharter } from "../protocol/charter.ts";
import type { CharterFields, Continuation } from "../protocol/charter.ts";
import { FormatError } from "../protocol/format-error.ts";
import { parseVkey, SIGNATURE_TYPE } from "../protocol/vkey.ts";
import type { Vkey } from "../protocol/vkey.ts";
import { CharterError } from "./charter-error.ts";
import { admitPublicKey, verifySignature } from "./ed25519.ts";
import { sha256 } from "./sha256.ts";
import type { Cosigner, NoteSigner } from "./signer.ts";

// Builds the charters of docs/spec/charter.md and signs them. Each function returns the signed note, after it has judged
// it as any stranger would; it throws CharterError, with the rule that would be broken, and returns no half-signed note.

/** Root keys to come: how many of them must sign when they become the root keys, and their vkeys. */
export type NextRoots = { readonly threshold: number; readonly vkeys: readonly string[] };

export type FirstCharter = {
  readonly authority: string;
  readonly title: string;
  readonly country: string;
  readonly rootThreshold: number;
  /** All of them: each proves that it is held. */
  readonly roots: readonly NoteSigner[];
  readonly next: NextRoots;
  readonly log: NoteSigner;
  readonly witness: Cosigner;
  readonly node: NoteSigner;
  /** X25519 public key, 32 bytes. */
  readonly member: Uint8Array;
  readonly roles: readonly NoteSigner[];
};

/** What is to be otherwise than in the charter before; new keys come as signers, since each must sign. */
export type CharterChanges = {
  readonly title?: string;
  readonly country?: string;
  readonly log?: NoteSigner;
  readonly witness?: Cosigner;
  readonly node?: NoteSigner;
  readonly member?: Uint8Array;
  /** Added, or in the place of the role keys of the same names. */
  readonly addRoles?: readonly NoteSigner[];
  /** Names of role keys, `nvwa.nl/lab/1`. */
  readonly removeRoles?: readonly string[];
};

export type RootRotation = {
  readonly rootThreshold: number;
  /** The new root keys, each of them listed as a next one in the charter before; all sign. */
  readonly roots: readonly NoteSigner[];
  readonly next: NextRoots;
};

export type EpochOpening = {
  /** Above every epoch that anybody has seen of this authority. */
  readonly epoch: number;
  readonly continues: Continuation;
  /** A new key: the old one has another name, and may be stolen. */
  readonly log: NoteSigner;
};

export function buildFirstCharter(first: FirstCharter): string {
  const fields: CharterFields = {
    authority: first.authority,
    title: first.title,
    country: first.country,
    serial: 0,
    previous: undefined,
    epoch: 0,
    continues: undefined,
    rootThreshold: first.rootThreshold,
    roots: first.roots.map(vkeyOf),
    nextThreshold: first.next.threshold,
    next: first.next.vkeys.map(digestOf),
    log: vkeyOf(first.log),
    witness: vkeyOf(first.witness),
    node: vkeyOf(first.node),
    member: first.member,
    roles: first.roles.map(vkeyOf),
    kept: [],
  };
  const signers = [...first.roots, first.log, asNoteSigner(first.witness), first.node, ...first.roles];
  return seal(undefined, fields, signers, first.next);
}

/** The next charter, root keys kept. `roots`: as many of them as the root threshold asks for, or more. */
export function buildNextCharter(chain: Chain, changes: CharterChanges, roots: readonly NoteSigner[]): string {
  return seal(chain, nextFields(chain, changes), [...roots, ...newSigners(changes)]);
}

/** The next charter, with other root keys and other keys announced to follow them. The old root keys need not sign. */
export function buildRootRotation(chain: Chain, rotation: RootRotation, changes: CharterChanges): string {
  const fields = { ...nextFields(chain, changes), ...rootFields(rotation) };
  return seal(chain, fields, [...rotation.roots, ...newSigners(changes)], rotation.next);
}

/** The next charter, which opens an epoch, its first entry; root keys kept. `roots` as for `buildNextCharter`. */
export function buildNewEpoch(
  chain: Chain,
  opening: EpochOpening,
  changes: CharterChanges,
  roots: readonly NoteSigner[],
): string {
  const { epoch, continues, log } = opening;
  const all = { ...changes, log };
  return seal(chain, { ...nextFields(chain, all), epoch, continues }, [...roots, ...newSigners(all)]);
}

/** Both at once, for when root keys were stolen together with the log key. */
export function buildNewEpochWithRootRotation(
  chain: Chain,
  opening: EpochOpening,
  rotation: RootRotation,
  changes: CharterChanges,
): string {
  const { epoch, continues, log } = opening;
  const all = { ...changes, log };
  const fields = { ...nextFields(chain, all), ...rootFields(rotation), epoch, continues };
  return seal(chain, fields, [...rotation.roots, ...newSigners(all)], rotation.next);
}

function nextFields(chain: Chain, changes: CharterChanges): CharterFields {
  const { charter, text } = lastOf(chain);
  // To leave such a line out would take back what a newer version said; to copy it, to say what one does not understand.
  if (charter.kept.length > 0) {
    throw new CharterError(
      "CHARTER_OF_NEWER_VERSION",
      "the last charter has lines that this version does not know: a version that knows them must write the next one",
    );
  }
  const { unknownCritical: _, ...fields } = charter;
  return {
    ...fields,
    title: changes.title ?? fields.title,
    country: changes.country ?? fields.country,
    serial: fields.serial + 1,
    previous: sha256(utf8Encode(text)),
    log: changes.log === undefined ? fields.log : vkeyOf(changes.log),
    witness: changes.witness === undefined ? fields.witness : vkeyOf(changes.witness),
    node: changes.node === undefined ? fields.node : vkeyOf(changes.node),
    member: changes.member ?? fields.member,
    roles: nextRoles(fields.roles, changes),
  };
}

function nextRoles(roles: readonly Vkey[], { addRoles = [], removeRoles = [] }: CharterChanges): readonly Vkey[] {
  const unknown = removeRoles.find((name) => !roles.some((role) => role.name === name));
  if (unknown !== undefined) throw new CharterError("CHARTER_MALFORMED", `the charter has no role key ${unknown}`);
  const left = [...removeRoles, ...addRoles.map(({ name }) => name)];
  return [...roles.filter(({ name }) => !left.includes(name)), ...addRoles.map(vkeyOf)];
}

function rootFields({ rootThreshold, roots, next }: RootRotation) {
  return { rootThreshold, roots: roots.map(vkeyOf), nextThreshold: next.threshold, next: next.vkeys.map(digestOf) };
}

function newSigners({ log, witness, node, addRoles = [] }: CharterChanges): readonly NoteProver[] {
  return [log, witness === undefined ? undefined : asNoteSigner(witness), node, ...addRoles].filter(
    (signer) => signer !== undefined,
  );
}

type NoteProver = Pick<NoteSigner, "sign">;

function asNoteSigner(witness: Cosigner): NoteProver {
  return { sign: (text) => witness.prove(text) };
}

/** Signs, and lets the note out only if it is the valid next charter of `chain`, whose announced roots may follow. */
function seal(
  chain: Chain | undefined,
  fields: CharterFields,
  signers: readonly NoteProver[],
  announced?: NextRoots,
): string {
  const text = formatted(fields);
  const note = `${text}\n${signers.map((signer) => `${signer.sign(text)}\n`).join("")}`;
  const extension = extendChain(chain, { epoch: fields.epoch, index: someIndex(chain, fields.epoch), note }, CRYPTO);
  if (!extension.ok) throw new CharterError(extension.code, `this charter would not be valid: ${extension.message}`);
  if (announced !== undefined) assertCanFollow(extension.chain, announced);
  return note;
}

const CRYPTO = { sha256, verify: verifySignature, admitKey: admitPublicKey };

function formatted(fields: CharterFields): string {
  try {
    return formatCharter(fields);
  } catch (error) {
    if (error instanceof FormatError)
      throw new CharterError("CHARTER_MALFORMED", `this charter would not be valid: ${error.message}`);
    throw error;
  }
}

/** Some place that the charter may have; the log gives it the true one. */
function someIndex(chain: Chain | undefined, epoch: number): number {
  if (chain === undefined) return 0;
  const last = lastOf(chain);
  return last.epoch === epoch ? last.index + 1 : 0;
}

function lastOf({ entries }: Chain): PlacedCharter {
  return entries.at(-1) ?? entries[0];
}

function vkeyOf({ vkey }: { readonly vkey: string }): Vkey {
  return parseVkey(sha256, vkey);
}

function digestOf(vkey: string): Uint8Array {
  return sha256(utf8Encode(vkey));
}

/**
 * A digest hides whether its key can ever become a root key: one of another type, with another name or in use elsewhere
 * would leave the authority unable to change its root keys, and nobody would know before the day when it must.
 */
function assertCanFollow(chain: Chain, { vkeys }: NextRoots): void {
  const names = new Map(rawKeyUses(chain));
  for (const vkey of vkeys.map(readNextRoot)) {
    const key = toHex(vkey.publicKey);
    const taken = (names.get(key) ?? vkey.name) !== vkey.name;
    if (
      taken ||
      !isRootKeyName(chain.name, vkey.name) ||
      vkey.type !== SIGNATURE_TYPE.ed25519 ||
      !admitPublicKey(vkey.publicKey)
    ) {
      throw unusable(`${vkey.name} cannot become a root key`);
    }
    names.set(key, vkey.name);
  }
  if (new Set(vkeys.map((vkey) => vkey.split("+")[0])).size !== vkeys.length)
    throw unusable("two next root keys have one name");
}

function readNextRoot(vkey: string): Vkey {
  try {
    return parseVkey(sha256, vkey);
  } catch (error) {
    if (error instanceof FormatError) throw unusable(`a next root key is not a vkey: ${error.message}`);
    throw error;
  }
}

function unusable(message: string): CharterError {
  return new CharterError("CHARTER_NEXT_UNUSABLE", message);
}

import { isRoleKeyName, nodeKeyName, witnessKeyName } from "../protocol/authority-key.ts";
import { compareBytes, toHex, utf8Encode } from "../protocol/bytes.ts";
import { isUnsigned } from "../protocol/decimal.ts";
import { isName, origin, parseOrigin } from "../protocol/name.ts";
import type { Origin } from "../protocol/name.ts";
import { keyPairFromSeed } from "./ed25519.ts";
import type { Ed25519KeyPair } from "./ed25519.ts";
import { formatKeyBundle, parseKeyBundle } from "./key-bundle.ts";
import type { NamedKey } from "./key-bundle.ts";
import { KeyError } from "./key-error.ts";
import { KEY_LENGTH } from "./key-pair.ts";
import type { AnyKeyPair } from "./pem.ts";
import { x25519KeyPairFromSeed } from "./x25519.ts";
import type { X25519KeyPair } from "./x25519.ts";

/** The secret keys that a running node holds: all but the root keys. Names as in docs/spec/names.md. */
export type OnlineKeys = {
  /** Of the authority: `nvwa.nl`. */
  readonly name: string;
  /** Of the log key. */
  readonly epoch: number;
  readonly log: Ed25519KeyPair;
  readonly witness: Ed25519KeyPair;
  readonly node: Ed25519KeyPair;
  /** Every member key that there ever was, newest first: the tags of old audiences need the old ones. */
  readonly members: readonly [X25519KeyPair, ...X25519KeyPair[]];
  /** Keys of functions by what follows the authority's name: `lab/1`, `approver/2`. */
  readonly roles: ReadonlyMap<string, Ed25519KeyPair>;
};

export type OnlineKeysInit = { readonly name: string; readonly epoch: number; readonly roles: readonly string[] };

/** `random(n)` gives n bytes that nobody can guess. */
export type Random = (length: number) => Uint8Array;

/** New keys of every kind. Throws KEY_BUNDLE_MALFORMED for a role that is no `<label>/<number>`. */
export function generateOnlineKeys({ name, epoch, roles }: OnlineKeysInit, random: Random): OnlineKeys {
  const signingKey = (): Ed25519KeyPair => keyPairFromSeed(random(KEY_LENGTH));
  const keys = {
    name,
    epoch,
    log: signingKey(),
    witness: signingKey(),
    node: signingKey(),
    members: [x25519KeyPairFromSeed(random(KEY_LENGTH))] as const,
    roles: new Map(roles.map((role) => [role, signingKey()])),
  };
  assertOnlineKeys(keys);
  return keys;
}

/**
 * The bundle (docs/spec/key-files.md) that is kept encrypted as the file of online keys: log, witness, node, member keys
 * newest first, role keys by name.
 *
 *     # nvwa.nl
 *     -----BEGIN PRIVATE KEY-----
 *     …
 *     # nvwa.nl/witness
 */
export function formatOnlineKeys(keys: OnlineKeys): string {
  assertOnlineKeys(keys);
  const { name } = keys;
  return formatKeyBundle([
    { name: origin(name, keys.epoch), key: keys.log },
    { name: witnessKeyName(name), key: keys.witness },
    { name: nodeKeyName(name), key: keys.node },
    ...keys.members.map((key) => ({ name: memberKeyName(name), key })),
    ...sortedRoles(keys).map(([role, key]) => ({ name: `${name}/${role}`, key })),
  ]);
}

/** Reads what `formatOnlineKeys` writes, and nothing else. Throws KEY_BUNDLE_MALFORMED. */
export function parseOnlineKeys(text: string): OnlineKeys {
  const bundle = parseKeyBundle(text);
  const { name, epoch } = parseLogKeyName(bundle[0]?.name ?? "");
  const [member, ...olderMembers] = bundle.filter((entry) => entry.name === memberKeyName(name)).map(exchangeKey);
  if (member === undefined) throw malformed("there is no member key");
  const keys = {
    name,
    epoch,
    log: signingKey(bundle[0]),
    witness: signingKey(bundle.find((entry) => entry.name === witnessKeyName(name))),
    node: signingKey(bundle.find((entry) => entry.name === nodeKeyName(name))),
    members: [member, ...olderMembers] as const,
    roles: parseRoles(name, bundle.slice(1)),
  };
  if (formatOnlineKeys(keys) !== text) throw malformed("the keys stand in another order, or one stands twice");
  return keys;
}

function parseLogKeyName(text: string): Origin {
  try {
    return parseOrigin(text);
  } catch {
    throw malformed("the first key is not a log key");
  }
}

function parseRoles(name: string, bundle: readonly NamedKey[]): ReadonlyMap<string, Ed25519KeyPair> {
  const reserved = [witnessKeyName(name), nodeKeyName(name), memberKeyName(name)];
  const roles = bundle.filter((entry) => !reserved.includes(entry.name));
  if (!roles.every((entry) => entry.name.startsWith(`${name}/`))) throw malformed("a key belongs to another authority");
  return new Map(roles.map((entry) => [entry.name.slice(name.length + 1), signingKey(entry)]));
}

function signingKey(entry: NamedKey | undefined): Ed25519KeyPair {
  if (entry === undefined) throw malformed("the witness key or the node key is missing");
  if (entry.key.type !== "ed25519") throw malformed(`${entry.name} is not an Ed25519 key`);
  return entry.key;
}

function exchangeKey(entry: NamedKey): X25519KeyPair {
  if (entry.key.type !== "x25519") throw malformed(`${entry.name} is not an X25519 key`);
  return entry.key;
}

/** Only in key files: in a charter a member key has no name. */
function memberKeyName(name: string): string {
  return `${name}/member`;
}

/** By name, bytewise. */
function sortedRoles({ roles }: OnlineKeys): readonly (readonly [string, Ed25519KeyPair])[] {
  return [...roles].sort(([a], [b]) => compareBytes(utf8Encode(a), utf8Encode(b)));
}

function assertOnlineKeys(keys: OnlineKeys): void {
  if (!isName(keys.name) || !isUnsigned(keys.epoch)) throw malformed("not the name of an authority and an epoch");
  if (![...keys.roles.keys()].every((role) => isRoleKeyName(keys.name, `${keys.name}/${role}`)))
    throw malformed("a role is named `<label>/<number>`, such as lab/1");
  const all: readonly AnyKeyPair[] = [keys.log, keys.witness, keys.node, ...keys.members, ...keys.roles.values()];
  // A raw key serves one role: what it signs in one could else be shown in another.
  if (new Set(all.map((key) => toHex(key.publicKey))).size !== all.length)
    throw malformed("one key stands under two names");
}

function malformed(what: string): KeyError {
  return new KeyError("KEY_BUNDLE_MALFORMED", `not a file of online keys: ${what}`);
}

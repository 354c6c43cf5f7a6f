import { isRoleKeyName, isRootKeyName, nodeKeyName, witnessKeyName } from "./authority-key.ts";
import { toHex } from "./bytes.ts";
import type { CharterFields, Continuation } from "./charter.ts";
import { isUnsigned } from "./decimal.ts";
import { FormatError } from "./format-error.ts";
import { MAX_CHARTER_TITLE } from "./limits.ts";
import { isName, origin } from "./name.ts";
import { SIGNATURE_TYPE } from "./vkey.ts";
import type { Vkey } from "./vkey.ts";

/** `CHARTER_MALFORMED` where a value is not as the table in docs/spec/charter.md, column *value*, says. */
export function assertCharterFields(charter: CharterFields): void {
  if (!isName(charter.authority)) throw malformed("authority is not a name");
  if ([...charter.title].length > MAX_CHARTER_TITLE)
    throw malformed(`a title of more than ${MAX_CHARTER_TITLE} characters`);
  if (!/^[A-Z]{2}$/.test(charter.country)) throw malformed("country is not two capital letters, such as NL");
  assertPosition(charter);
  assertRoots(charter);
  assertKeys(charter);
  if (charter.member.length !== 32) throw malformed("member is not 32 bytes");
}

function assertPosition({ serial, previous, epoch, continues }: CharterFields): void {
  if (!isUnsigned(serial) || !isUnsigned(epoch)) throw malformed("not a serial and an epoch from 0 to 2^53 − 1");
  // SPEC: "`none` in serial 0; else SHA-256 of the text of the previous charter"
  if ((serial === 0) !== (previous === undefined)) throw malformed("serial 0, and no other, has no previous charter");
  if (previous !== undefined && previous.length !== 32) throw malformed("previous is not 32 bytes");
  // SPEC: "`none` in epoch 0; else `<epoch> <size> <root in base64>`: the last good checkpoint of an earlier epoch, size ≥ 1"
  if ((epoch === 0) !== (continues === undefined)) throw malformed("epoch 0, and no other, continues none");
  if (continues !== undefined) assertContinuation(continues);
}

function assertContinuation({ epoch, size, root }: Continuation): void {
  if (!isUnsigned(epoch) || !isUnsigned(size) || size < 1 || root.length !== 32) {
    throw malformed("continues is not an epoch, a size from 1 and a root of 32 bytes");
  }
}

function assertRoots({ rootThreshold, roots, nextThreshold, next }: CharterFields): void {
  // SPEC: "k, 1 ≤ k ≤ number of counted root keys"
  if (!isBetween(rootThreshold, 1, roots.length))
    throw malformed("root-threshold is not from 1 to the number of root keys");
  // SPEC: "1 ≤ k ≤ number of `next` lines"
  if (!isBetween(nextThreshold, 1, next.length))
    throw malformed("next-threshold is not from 1 to the number of next lines");
  if (next.some((digest) => digest.length !== 32)) throw malformed("next is not 32 bytes");
  // SPEC: "none twice"
  if (new Set(next.map(toHex)).size !== next.length) throw malformed("a next digest stands twice");
}

function assertKeys(charter: CharterFields): void {
  const { authority, epoch, roots, log, witness, node, roles } = charter;
  for (const { keyword, vkey } of signingKeys(charter)) {
    if (vkey.type !== countedType(keyword))
      throw malformed(`${vkey.name} is of a type that does not count in a ${keyword} line`);
  }
  if (!roots.every(({ name }) => isRootKeyName(authority, name)))
    throw malformed("a root key is not named <name>/root/<n>");
  if (log.name !== origin(authority, epoch)) throw malformed("the log key is not named as the origin of the epoch");
  if (witness.name !== witnessKeyName(authority)) throw malformed("the witness key is not named <name>/witness");
  if (node.name !== nodeKeyName(authority)) throw malformed("the node key is not named <name>/node");
  if (!roles.every(({ name }) => isRoleKeyName(authority, name)))
    throw malformed("a role key is not named <name>/<label>/<n>");
  // SPEC: "no name twice" of root, "no name twice among the counted" of role lines
  const names = [...roots, ...roles].map(({ name }) => name);
  if (new Set(names).size !== names.length) throw malformed("two keys of one name");
}

/** A signing key of a charter with the keyword of its line. */
export type SigningKey = { readonly keyword: KeyKeyword; readonly vkey: Vkey };

/** Keywords of the lines whose keys sign. */
export type KeyKeyword = "root" | "log" | "witness" | "node" | "role";

/** All counted keys that sign, in the order of their lines. */
export function signingKeys(charter: CharterFields): readonly SigningKey[] {
  return [
    ...charter.roots.map((vkey) => ({ keyword: "root" as const, vkey })),
    { keyword: "log", vkey: charter.log },
    { keyword: "witness", vkey: charter.witness },
    { keyword: "node", vkey: charter.node },
    ...charter.roles.map((vkey) => ({ keyword: "role" as const, vkey })),
  ];
}

/** SPEC: "0x04 for `witness`, 0x01 elsewhere" */
export function countedType(keyword: KeyKeyword): number {
  return keyword === "witness" ? SIGNATURE_TYPE.cosignature : SIGNATURE_TYPE.ed25519;
}

function isBetween(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

function malformed(message: string): FormatError {
  return new FormatError("CHARTER_MALFORMED", message);
}

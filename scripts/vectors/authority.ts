import { createPrivateKey, sign } from "node:crypto";
import { base64, hex, sha256, testKey, unhex } from "./tools.ts";

// Authorities whose secret keys everybody knows: each seed is the SHA-256 of a label. Whatever is asked for is built and
// signed here, valid or not.

/** A key of a charter. */
export type CharterKey = {
  readonly name: string;
  readonly vkey: string;
  /** A signature line as charters have it, of type 0x01 whatever the type of the vkey. */
  sign(text: string): string;
  /** The same line over other bytes than text. */
  signBytes(message: Uint8Array): string;
  /** A cosignature line, of type 0x04. */
  cosign(time: bigint, checkpoint: string): string;
};

/** `label` tells keys of one name apart. */
export function key(name: string, label: string = name, type: number = 0x01): CharterKey {
  const seed = sha256(`entente vectors ${label}`);
  const plain = testKey(name, 0x01, seed);
  const typed = testKey(name, type, seed);
  return {
    name,
    vkey: typed.vkey,
    sign: (text) => plain.line(text),
    signBytes: (message) => signatureLine(name, plain.keyId, sign(null, message, privateKey(seed))),
    cosign: (time, checkpoint) => testKey(name, 0x04, seed).cosign(time, checkpoint),
  };
}

/** RFC 8410: a PKCS#8 wrapper of 16 bytes before the seed. */
function privateKey(seed: Uint8Array) {
  const der = Buffer.concat([unhex("302e020100300506032b657004220420"), seed]);
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
}

export function signatureLine(name: string, keyId: Uint8Array, signature: Uint8Array): string {
  return `— ${name} ${base64(Buffer.concat([keyId, signature]))}`;
}

/** A vkey of a type that nobody knows; it signs nothing. */
export function unknownVkey(name: string, label: string, type: number = 0xf1): string {
  const bytes = Buffer.concat([Uint8Array.of(type), sha256(`entente vectors ${label}`), sha256(label)]);
  return `${name}+${hex(sha256(label).subarray(0, 4))}+${bytes.toString("base64")}`;
}

/** A charter, valid or not, by what its lines say. */
export type Spec = {
  readonly authority: string;
  readonly title: string;
  readonly country: string;
  readonly serial: number;
  readonly previous: string;
  readonly epoch: number;
  readonly continues: string;
  readonly rootThreshold: number;
  readonly roots: readonly Line[];
  readonly nextThreshold: number;
  /** vkeys, of which the lines give the digests. */
  readonly next: readonly Line[];
  readonly log: readonly Line[];
  readonly witness: readonly Line[];
  readonly node: readonly Line[];
  readonly member: string;
  readonly roles: readonly Line[];
};

/** A key, or the vkey of one that never signs. */
type Line = CharterKey | string;

/** A charter that was made: what it says, the text, and the note with whatever signatures. */
export type Made = { readonly spec: Spec; readonly text: string; readonly note: string };

export function charterText(spec: Spec): string {
  const keys = (keyword: string, lines: readonly Line[]): string[] => lines.map((line) => `${keyword} ${vkeyOf(line)}`);
  return [
    "entente charter v1",
    `authority ${spec.authority}`,
    `title ${spec.title}`,
    `country ${spec.country}`,
    `serial ${spec.serial}`,
    `previous ${spec.previous}`,
    `epoch ${spec.epoch}`,
    `continues ${spec.continues}`,
    `root-threshold ${spec.rootThreshold}`,
    ...keys("root", spec.roots),
    `next-threshold ${spec.nextThreshold}`,
    ...spec.next.map((line) => `next ${hex(sha256(vkeyOf(line)))}`),
    ...keys("log", spec.log),
    ...keys("witness", spec.witness),
    ...keys("node", spec.node),
    `member ${spec.member}`,
    ...keys("role", spec.roles),
    "",
  ].join("\n");
}

/** Signs with `signers`, in that order. `edit` makes another text of it before. */
export function make(
  spec: Spec,
  signers: readonly CharterKey[],
  edit: (text: string) => string = (text) => text,
): Made {
  const text = edit(charterText(spec));
  return withLines(
    { spec, text, note: "" },
    signers.map((signer) => signer.sign(text)),
  );
}

/** The same charter with these signature lines. */
export function withLines({ spec, text }: Made, lines: readonly string[]): Made {
  return { spec, text, note: `${text}\n${lines.map((line) => `${line}\n`).join("")}` };
}

/** The charter after `before`, changed. */
export function after(before: Made, changes: Partial<Spec>): Spec {
  return { ...before.spec, serial: before.spec.serial + 1, previous: digest(before.text), ...changes };
}

export function digest(text: string): string {
  return hex(sha256(text));
}

/** `text` with a line put in, so that it stands at `at` (0 is the first). */
export function insertLine(text: string, at: number, line: string): string {
  return text.split("\n").toSpliced(at, 0, line).join("\n");
}

export function memberKey(label: string): string {
  return hex(sha256(`entente vectors member ${label}`));
}

function vkeyOf(line: Line): string {
  return typeof line === "string" ? line : line.vkey;
}

/** The keys of one authority with three root keys, and three to follow them. */
export function authority(name: string) {
  const keys = {
    roots: [1, 2, 3].map((n) => key(`${name}/root/${n}`)),
    next: [4, 5, 6].map((n) => key(`${name}/root/${n}`)),
    afterNext: [7, 8, 9].map((n) => key(`${name}/root/${n}`)),
    log: key(name),
    witness: key(`${name}/witness`, `${name}/witness`, 0x04),
    node: key(`${name}/node`),
    lab: key(`${name}/lab/1`),
    approver: key(`${name}/approver/1`),
  };
  const spec: Spec = {
    authority: name,
    title: "Netherlands Food and Consumer Product Safety Authority",
    country: "NL",
    serial: 0,
    previous: "none",
    epoch: 0,
    continues: "none",
    rootThreshold: 2,
    roots: keys.roots,
    nextThreshold: 2,
    next: keys.next,
    log: [keys.log],
    witness: [keys.witness],
    node: [keys.node],
    member: memberKey(name),
    roles: [keys.lab, keys.approver],
  };
  const online = [keys.log, keys.witness, keys.node, keys.lab, keys.approver];
  return { ...keys, spec, online, first: make(spec, [...keys.roots, ...online]) };
}

/** The authority of most vectors. */
export const nvwa = authority("nvwa.nl");

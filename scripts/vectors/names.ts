import { array, bytes, uint } from "./cbor.ts";
import { hex, sha256 } from "./tools.ts";
import type { Case, Vectors } from "./tools.ts";

const CODE = "NAME_MALFORMED";
const MAX = 2 ** 53 - 1;
const ID = sha256("an id");
const LEAF_HASH = sha256("a leaf hash");

export function nameVectors(): Vectors {
  return {
    format: "names",
    source:
      "ours. Kinds: name; origin; entry (in text); reference (the same in CBOR); key-name, of the authority nvwa.nl, `is`: root, " +
      "role, approver (a role too), or null for none of these; fingerprint of an id.",
    valid: [
      ...NAMES.map((text) => ({ name: `the name ${text}`, kind: "name", text })),
      ...ORIGINS.map(([text, authority, epoch]) => ({
        name: `the origin ${text}`,
        kind: "origin",
        text,
        authority,
        epoch,
      })),
      ...ENTRIES.map(([text, authority, epoch, index]) => ({
        name: `the entry ${text}`,
        kind: "entry",
        text,
        authority,
        epoch,
        index,
      })),
      ...references(),
      ...KEY_NAMES.map(([text, is]) => ({
        name: `the key name ${text}`,
        kind: "key-name",
        authority: "nvwa.nl",
        text,
        is,
      })),
      ...FINGERPRINTS.map(([id, digits]) => ({ name: `the fingerprint ${digits}`, kind: "fingerprint", id, digits })),
    ],
    invalid: [
      ...BAD_NAMES.map((text) => ({ name: `not a name: ${JSON.stringify(text)}`, kind: "name", text, code: CODE })),
      ...BAD_ORIGINS.map((text) => ({
        name: `not an origin: ${JSON.stringify(text)}`,
        kind: "origin",
        text,
        code: CODE,
      })),
      ...BAD_ENTRIES.map((text) => ({
        name: `not an entry: ${JSON.stringify(text)}`,
        kind: "entry",
        text,
        code: CODE,
      })),
      ...badReferences(),
    ],
  };
}

const LONG = `${"a".repeat(61)}.nl`;
const NAMES = [
  "nvwa.nl",
  "a.b",
  "0.a",
  "a.0",
  "safety-gate.ec.europa.eu",
  "a--b.c",
  "1.2.3.4a",
  "xn--bcher-kva.example",
  LONG,
];
const BAD_NAMES = [
  "",
  "nl",
  "nvwa",
  "a.",
  ".a",
  ".",
  "..",
  "a..b",
  "a.b.",
  ".a.b",
  "NVWA.nl",
  "nvwa.NL",
  "-a.b",
  "a-.b",
  "a.-b",
  "a.b-",
  "1.2",
  "1.2.3.4",
  "nv wa.nl",
  "nvwa.nl ",
  " nvwa.nl",
  "nvwa.nl\n",
  "nvwa_a.nl",
  "nvwa.nl/1",
  "nvwa.nl:1",
  "nvwa.nl+x",
  "bücher.example",
  "nvwa。nl",
  "а.nl",
  `a${LONG}`,
];

const ORIGINS: readonly (readonly [string, string, number])[] = [
  ["nvwa.nl", "nvwa.nl", 0],
  ["nvwa.nl/1", "nvwa.nl", 1],
  ["nvwa.nl/10", "nvwa.nl", 10],
  [`nvwa.nl/${MAX}`, "nvwa.nl", MAX],
];
const BAD_ORIGINS = [
  "",
  "nvwa",
  "nvwa.nl/",
  "nvwa.nl/0",
  "nvwa.nl/00",
  "nvwa.nl/01",
  "nvwa.nl/-1",
  "nvwa.nl/+1",
  "nvwa.nl/1.0",
  "nvwa.nl/1e1",
  "nvwa.nl/0x1",
  "nvwa.nl/ 1",
  "nvwa.nl/１",
  "nvwa.nl/1/2",
  "/1",
  `nvwa.nl/${MAX + 1}`,
];

const ENTRIES: readonly (readonly [string, string, number, number])[] = [
  ["nvwa.nl:0", "nvwa.nl", 0, 0],
  ["nvwa.nl:12", "nvwa.nl", 0, 12],
  ["nvwa.nl/3:0", "nvwa.nl", 3, 0],
  [`nvwa.nl/${MAX}:${MAX}`, "nvwa.nl", MAX, MAX],
];
const BAD_ENTRIES = [
  "",
  "nvwa.nl",
  ":1",
  "nvwa.nl:",
  "nvwa.nl: 1",
  "nvwa.nl:01",
  "nvwa.nl:-1",
  "nvwa.nl/0:1",
  "nvwa.nl:1:2",
  "nvwa.nl:1/3",
  "nvwa:1",
  "nvwa.nl:1\n",
  "nvwa.nl:１",
  "nvwa.nl:00",
  "nvwa.nl/01:1",
  `nvwa.nl:${MAX + 1}`,
];

const KEY_NAMES: readonly (readonly [string, "root" | "role" | "approver" | null])[] = [
  ["nvwa.nl/root/1", "root"],
  [`nvwa.nl/root/${MAX}`, "root"],
  ["nvwa.nl/lab/1", "role"],
  ["nvwa.nl/a/1", "role"],
  ["nvwa.nl/roots/1", "role"],
  ["nvwa.nl/x-ray-2/12", "role"],
  ["nvwa.nl/approver/1", "approver"],
  ["nvwa.nl/approver/2", "approver"],
  ["nvwa.nl/approvers/1", "role"],
  [`nvwa.nl/${"a".repeat(31)}/1`, "role"],
  [`nvwa.nl/${"a".repeat(32)}/1`, null],
  ["nvwa.nl/1lab/1", null],
  ["nvwa.nl/-lab/1", null],
  ["nvwa.nl/lab/-1", null],
  ["nvwa.nl/lab/1 ", null],
  ["nvwa.nl/lab/1\n", null],
  ["nvwa.nl/lab/１", null],
  ["nvwa.nl/root/0", null],
  ["nvwa.nl/root/01", null],
  ["nvwa.nl/root", null],
  ["nvwa.nl/root/1/2", null],
  [`nvwa.nl/root/${MAX + 1}`, null],
  ["nvwa.nl/witness/1", null],
  ["nvwa.nl/node/1", null],
  ["nvwa.nl/member/1", null],
  ["nvwa.nl/witness", null],
  ["nvwa.nl/3", null],
  ["nvwa.nl", null],
  ["nvwa.nl/Lab/1", null],
  ["nvwa.nl//1", null],
  ["nvwa.nl/lab/", null],
  ["nvwa.nl/lab/one", null],
  ["xnvwa.nl/lab/1", null],
  ["nvwa.nl.x/lab/1", null],
];

// The id as a big-endian integer modulo 10^40.
const FINGERPRINTS: readonly (readonly [string, string])[] = [
  ["00".repeat(32), "00000 00000 00000 00000 00000 00000 00000 00000"],
  [`${"00".repeat(31)}2a`, "00000 00000 00000 00000 00000 00000 00000 00042"],
  ["ff".repeat(32), fingerprint("ff".repeat(32))],
  [hex(ID), fingerprint(hex(ID))],
];

function fingerprint(id: string): string {
  const digits = (BigInt(`0x${id}`) % 10n ** 40n).toString().padStart(40, "0");
  return (digits.match(/.{5}/g) ?? []).join(" ");
}

function references(): Case[] {
  const places = [
    [0, 0],
    [3, 12],
    [MAX, MAX],
  ] as const;
  return places.map(([epoch, index]) => ({
    name: `the reference ${epoch}, ${index}`,
    kind: "reference",
    hex: hex(array(bytes(ID), uint(epoch), uint(index), bytes(LEAF_HASH))),
    id: hex(ID),
    epoch,
    index,
    leafHash: hex(LEAF_HASH),
  }));
}

function badReferences() {
  const [id, leafHash] = [bytes(ID), bytes(LEAF_HASH)];
  const bad: readonly (readonly [string, Uint8Array])[] = [
    ["a number", uint(1)],
    ["nothing in it", array()],
    ["without the leaf hash", array(id, uint(0), uint(0))],
    ["with a fifth item", array(id, uint(0), uint(0), leafHash, uint(0))],
    ["an id of 31 bytes", array(bytes(ID.subarray(1)), uint(0), uint(0), leafHash)],
    ["a leaf hash of 33 bytes", array(id, uint(0), uint(0), bytes(Buffer.concat([LEAF_HASH, ID.subarray(0, 1)])))],
    ["a negative epoch", array(id, Uint8Array.of(0x20), uint(0), leafHash)],
    ["a negative index", array(id, uint(0), Uint8Array.of(0x20), leafHash)],
    ["index and leaf hash exchanged", array(id, uint(0), leafHash, uint(0))],
  ];
  return bad.map(([what, item]) => ({
    name: `not a reference: ${what}`,
    kind: "reference",
    hex: hex(item),
    code: CODE,
  }));
}

import { array, bytes, FALSE, map, negative, NULL, seeded, text, TRUE, uint } from "./cbor.ts";
import type { Item } from "./cbor.ts";
import { hex, unhex } from "./tools.ts";
import type { Vectors } from "./tools.ts";

const TIME = 1_800_000_000;
const FIRST_TIME = 1_577_836_800;
const LAST_TIME = 4_102_444_799;
const LARGEST = Number.MAX_SAFE_INTEGER;

const sorted = (items: readonly Uint8Array[]): Uint8Array[] => [...items].sort((a, b) => Buffer.compare(a, b));
const many = (count: number, label: string, length: number): Uint8Array[] =>
  sorted(Array.from({ length: count }, (_, i) => seeded(`${label} ${i}`, length)));

const DIGEST = seeded("leaf digest", 32);
const NONCE = seeded("leaf nonce", 16);
const IDS = many(3, "leaf id", 32);
const TAGS = many(4, "leaf tag", 16);
const LINE = "— nvwa.nl/approver/1 AAAAAAAA";

/** `[kind, time, …]`. */
const leaf = (kind: string, ...fields: readonly Item[]): Item => array(text(kind), uint(TIME), ...fields);
const numbers = (...values: readonly number[]): Item => array(...values.map(uint));
const list = (items: readonly Uint8Array[]): Item => array(...items.map(bytes));
const part = (audience: number, size: number): Item => array(uint(audience), bytes(DIGEST), uint(size));
const audience = (tags: readonly Uint8Array[]): Item =>
  leaf("audience", bytes(NONCE), list(tags), array(bytes(DIGEST), uint(208)));

export function leafVectors(): Vectors {
  return {
    format: "leaf",
    source:
      "ours; byte strings are in hex, an unknown leaf has no fields. Where `zeros` is given, so many zero bytes follow `hex`, so " +
      "that no leaf of that size lies here.",
    valid: [...KNOWN, ...UNKNOWN, { ...unknown("a leaf of 65 535 bytes", ...long(65_535)), zeros: 65_535 - LONG }],
    invalid: [
      ...MALFORMED.map(([name, item]) => ({ name, hex: hex(item), code: "LEAF_MALFORMED" })),
      { name: "a leaf of 65 536 bytes", hex: hex(long(65_536)[0]), zeros: 65_536 - LONG, code: "LEAF_MALFORMED" },
    ],
  };
}

const known = (name: string, item: Item, fields: object, time: number = TIME) => ({
  name,
  hex: hex(item),
  status: "known",
  leaf: { ...fields, time },
});

const unknown = (name: string, item: Item, kind: string, time: number = TIME) => ({
  name,
  hex: hex(item),
  status: "unknown",
  kind,
  critical: kind.endsWith("!"),
  time,
});

const NOTE = "entente charter v1\nauthority nvwa.nl\n\n— nvwa.nl/root/1 AAAAAAAA\n";

const KNOWN = [
  known("the example of the page", unhex("8369666f6c6c6f776572731a6b49d20080"), { kind: "followers", ids: [] }),
  known("a charter", leaf("charter", text(NOTE)), { kind: "charter", note: NOTE }),
  known("a charter leaf is known whatever its text", leaf("charter", text("")), { kind: "charter", note: "" }),
  known("followers", leaf("followers", list(IDS)), { kind: "followers", ids: IDS.map(hex) }),
  ...[4, 8, 512].map((count) => {
    const tags = many(count, "leaf tag", 16);
    const fields = { nonce: hex(NONCE), tags: tags.map(hex), digest: hex(DIGEST), size: 208 };
    return known(`an audience of ${count} tags`, audience(tags), { kind: "audience", ...fields });
  }),
  ...[
    ["a record", [[12, 640]]],
    [
      "a record with an attachment for others",
      [
        [12, 640],
        [0, 262_144],
      ],
    ],
    ["the smallest part", [[1, 96]]],
    ["the largest part, the largest index", [[LARGEST, 1_073_741_824]]],
    ["64 parts", Array.from({ length: 64 }, (_, i) => [i, 640])],
  ].map(([name, parts]) => recordCase(String(name), parts as [number, number][])),
  known("a grant", leaf("grant", uint(40), array(numbers(0, 12, 13, 40), numbers(0, 15, 16, 40)), text("")), {
    kind: "grant",
    audience: 40,
    items: [
      { epoch: 0, past: 12, from: 13, to: 40 },
      { epoch: 0, past: 15, from: 16, to: 40 },
    ],
    approval: "",
  }),
  known(
    "a grant, approved, two ranges of one audience",
    leaf("grant", uint(40), array(numbers(0, 12, 13, 20), numbers(0, 12, 13, 40)), text(LINE)),
    {
      kind: "grant",
      audience: 40,
      items: [
        { epoch: 0, past: 12, from: 13, to: 20 },
        { epoch: 0, past: 12, from: 13, to: 40 },
      ],
      approval: LINE,
    },
  ),
  known(
    "an erasure",
    leaf("erase", array(numbers(0, 17, 0), numbers(0, 17, 63), numbers(1, 2, 0)), text("retention"), text("")),
    {
      kind: "erase",
      items: [
        { epoch: 0, index: 17, part: 0 },
        { epoch: 0, index: 17, part: 63 },
        { epoch: 1, index: 2, part: 0 },
      ],
      ground: "retention",
      approval: "",
    },
  ),
  known("an erasure, approved", leaf("erase", array(numbers(0, 17, 0)), text("a".repeat(64)), text(LINE)), {
    kind: "erase",
    items: [{ epoch: 0, index: 17, part: 0 }],
    ground: "a".repeat(64),
    approval: LINE,
  }),
  ...[FIRST_TIME, LAST_TIME].map((time) =>
    known(`the time ${time}`, array(text("followers"), uint(time), array()), { kind: "followers", ids: [] }, time),
  ),
];

function recordCase(name: string, parts: readonly [number, number][]) {
  const item = leaf("record", array(...parts.map(([index, size]) => part(index, size))));
  const fields = parts.map(([index, size]) => ({ audience: index, digest: hex(DIGEST), size }));
  return known(name, item, { kind: "record", parts: fields });
}

const UNKNOWN = [
  unknown("an unknown kind", leaf("memo", text("hello")), "memo"),
  unknown("an unknown kind without fields", leaf("memo"), "memo"),
  unknown("an unknown kind with a map, null and false", leaf("memo", map({ a: NULL }), FALSE), "memo"),
  unknown("a kind of one letter", leaf("m"), "m"),
  unknown("a kind of 32 characters", leaf("m".repeat(32)), "m".repeat(32)),
  unknown("a kind with digits and hyphens", leaf("m-2-"), "m-2-"),
  unknown("a critical kind", leaf("seal!", uint(1)), "seal!"),
  unknown("a critical kind of 32 characters and the mark", leaf(`${"m".repeat(32)}!`), `${"m".repeat(32)}!`),
  unknown("a known kind with the mark", leaf("record!", array()), "record!"),
  unknown("an unknown kind at the first time", array(text("memo"), uint(FIRST_TIME)), "memo", FIRST_TIME),
];

/** Bytes of a long leaf before the zeros: array and kind, time, and the head of a byte string of two bytes of length. */
const LONG = 1 + 5 + 5 + 3;

/** The beginning of a leaf of an unknown kind and so many bytes; the rest of it are the zeros of a byte string. */
function long(size: number): readonly [Item, string] {
  const zeros = size - LONG;
  return [leaf("memo", Uint8Array.of(0x59, zeros >> 8, zeros & 0xff)), "memo"];
}

const swap = (items: readonly Uint8Array[]): Uint8Array[] => [...items.slice(0, -2), ...items.slice(-2).reverse()];
const twice = (items: readonly Uint8Array[]): Uint8Array[] => [...items.slice(0, -1), ...items.slice(-2, -1)];
const grant = (...items: readonly Item[]): Item => leaf("grant", uint(40), array(...items), text(""));
const erase = (...items: readonly Item[]): Item => leaf("erase", array(...items), text("retention"), text(""));
const ground = (word: Item): Item => leaf("erase", array(numbers(0, 1, 0)), word, text(""));
const parts = (...items: readonly Item[]): Item => leaf("record", array(...items));
const GOOD = leaf("record", array(part(12, 640)));

const MALFORMED: readonly (readonly [string, Item])[] = [
  ["no bytes", new Uint8Array()],
  ["an integer", uint(1)],
  ["a map", map({ kind: text("followers") })],
  ["a text", text("followers")],
  ["an empty array", array()],
  ["a kind and no time", array(text("memo"))],
  ["a time before the kind", array(uint(TIME), text("memo"))],
  ["a kind in bytes", array(bytes(Buffer.from("memo")), uint(TIME))],
  ["an empty kind", leaf("")],
  ["a kind in capitals", leaf("Memo")],
  ["a kind that begins with a digit", leaf("2memo")],
  ["a kind that begins with a hyphen", leaf("-memo")],
  ["a kind with a space", leaf("me mo")],
  ["a kind with a newline", leaf("memo\n")],
  ["a kind that is only the mark", leaf("!")],
  ["a kind with two marks", leaf("memo!!")],
  ["a kind with the mark inside", leaf("me!mo")],
  ["a kind of 33 characters", leaf("m".repeat(33))],
  ["a time before 2020", array(text("memo"), uint(FIRST_TIME - 1))],
  ["a time after 2099", array(text("memo"), uint(LAST_TIME + 1))],
  ["a known kind before 2020", array(text("followers"), uint(FIRST_TIME - 1), array())],
  ["a known kind after 2099", array(text("followers"), uint(LAST_TIME + 1), array())],
  ["a time in text", array(text("followers"), text("1800000000"), array())],
  ["a negative time", array(text("followers"), negative(-TIME), array())],
  ["a time in milliseconds", array(text("memo"), uint(1_800_000_000_000))],
  ["a time as a float", Buffer.concat([unhex("82646d656d6f"), unhex("fb41dad27480000000")])],
  ["bytes after the leaf", Buffer.concat([GOOD, Uint8Array.of(0)])],
  ["a leaf cut short", GOOD.subarray(0, -1)],
  ["an indefinite array", Buffer.concat([Uint8Array.of(0x9f), GOOD.subarray(1), Uint8Array.of(0xff)])],
  ["an array head longer than needed", Buffer.concat([unhex("9803"), GOOD.subarray(1)])],
  ["a tag before the leaf", Buffer.concat([unhex("d9d9f7"), GOOD])],
  ["an unknown kind whose map is not sorted", leaf("memo", map({ b: NULL, a: NULL }))],
  ["an unknown kind 17 deep", leaf("memo", Buffer.concat([new Uint8Array(16).fill(0x81), uint(0)]))],

  ["a charter without a note", leaf("charter")],
  ["a charter with a note in bytes", leaf("charter", bytes(Buffer.from(NOTE)))],
  ["a charter with two notes", leaf("charter", text(NOTE), text(NOTE))],

  ["followers without a list", leaf("followers")],
  ["followers and one more field", leaf("followers", array(), array())],
  ["followers as a map", leaf("followers", map({}))],
  ["an id of 31 bytes", leaf("followers", list([seeded("short", 31)]))],
  ["an id in text", leaf("followers", array(text("nvwa.nl")))],
  ["ids that do not ascend", leaf("followers", list(swap(IDS)))],
  ["an id twice", leaf("followers", list(twice(IDS)))],
  ["513 followers", leaf("followers", list(many(513, "leaf follower", 32)))],

  ["an audience without a commitment", leaf("audience", bytes(NONCE), list(TAGS))],
  ["an audience with a field more", leaf("audience", bytes(NONCE), list(TAGS), array(bytes(DIGEST), uint(208)), NULL)],
  ["a nonce of 15 bytes", leaf("audience", bytes(NONCE.subarray(1)), list(TAGS), array(bytes(DIGEST), uint(208)))],
  ["no tags", audience([])],
  ["one tag", audience(TAGS.slice(0, 1))],
  ["two tags", audience(TAGS.slice(0, 2))],
  ["three tags", audience(TAGS.slice(0, 3))],
  ["five tags", audience(many(5, "leaf tag", 16))],
  ["12 tags", audience(many(12, "leaf tag", 16))],
  ["1024 tags", audience(many(1024, "leaf tag", 16))],
  ["tags that do not ascend", audience(swap(TAGS))],
  ["a tag twice", audience(twice(TAGS))],
  ["tags of 15 bytes", audience(many(4, "leaf tag", 15))],
  ["tags of 32 bytes", audience(many(4, "leaf tag", 32))],
  [
    "a member list's digest of 20 bytes",
    leaf("audience", bytes(NONCE), list(TAGS), array(bytes(DIGEST.subarray(12)), uint(208))),
  ],
  ["a member list without a size", leaf("audience", bytes(NONCE), list(TAGS), array(bytes(DIGEST)))],
  [
    "a member list of a size that Padmé does not give",
    leaf("audience", bytes(NONCE), list(TAGS), array(bytes(DIGEST), uint(201))),
  ],

  ["a record without parts", parts()],
  ["a record without a list", leaf("record")],
  ["a record with a field more", leaf("record", array(part(12, 640)), text(""))],
  ["65 parts", parts(...Array.from({ length: 65 }, () => part(12, 640)))],
  ["a part without a size", parts(array(uint(12), bytes(DIGEST)))],
  ["a part with a field more", parts(array(uint(12), bytes(DIGEST), uint(640), NULL))],
  ["a part of 0 bytes", parts(part(12, 0))],
  ["a part of 95 bytes", parts(part(12, 95))],
  ["a part of 88 bytes", parts(part(12, 88))],
  ["a part of 97 bytes", parts(part(12, 97))],
  ["a part of 641 bytes", parts(part(12, 641))],
  ["a part of 1 GiB less one", parts(part(12, 1_073_741_823))],
  ["a part of more than 1 GiB", parts(part(12, 1_140_850_688))],
  ["a part of 2^32 + 640 bytes", parts(part(12, 2 ** 32 + 640))],
  ["a part of a negative size", parts(array(uint(12), bytes(DIGEST), negative(-640)))],
  ["a digest of 31 bytes", parts(array(uint(12), bytes(DIGEST.subarray(1)), uint(640)))],
  ["a digest of 33 bytes", parts(array(uint(12), bytes(seeded("long", 33)), uint(640)))],
  ["a digest in text", parts(array(uint(12), text("a".repeat(32)), uint(640)))],
  ["a negative audience", parts(array(negative(-1), bytes(DIGEST), uint(640)))],
  ["an audience of 2^53", parts(array(uint(2n ** 53n), bytes(DIGEST), uint(640)))],
  ["no audience", parts(array(NULL, bytes(DIGEST), uint(640)))],
  ["an audience that is true", parts(array(TRUE, bytes(DIGEST), uint(640)))],
  ["an audience that is false", parts(array(FALSE, bytes(DIGEST), uint(640)))],
  ["a size that is true", parts(array(uint(12), bytes(DIGEST), TRUE))],
  ["a size of −1", parts(array(uint(12), bytes(DIGEST), negative(-1)))],
  ["a time that is true", array(text("memo"), TRUE)],

  ["a grant without items", grant()],
  ["a grant without an approval", leaf("grant", uint(40), array(numbers(0, 12, 13, 40)))],
  ["a grant with an approval that is null", leaf("grant", uint(40), array(numbers(0, 12, 13, 40)), NULL)],
  ["a grant of nothing: from = to", grant(numbers(0, 12, 13, 13))],
  ["a grant backwards", grant(numbers(0, 12, 13, 12))],
  ["grants that do not ascend by epoch", grant(numbers(1, 12, 13, 40), numbers(0, 12, 13, 40))],
  ["grants that do not ascend by audience", grant(numbers(0, 15, 16, 40), numbers(0, 12, 13, 40))],
  ["grants that ascend as text only", grant(numbers(0, 100, 101, 110), numbers(0, 12, 13, 40))],
  ["grants that do not ascend by their ends", grant(numbers(0, 12, 13, 40), numbers(0, 12, 13, 20))],
  ["a grant twice", grant(numbers(0, 12, 13, 40), numbers(0, 12, 13, 40))],
  ["a grant of three numbers", grant(numbers(0, 12, 13))],
  ["257 grants", grant(...Array.from({ length: 257 }, (_, i) => numbers(0, i, 300, 301)))],

  ["a grant to the audience true", leaf("grant", TRUE, array(numbers(0, 12, 13, 40)), text(""))],
  ["a grant to the audience −1", leaf("grant", negative(-1), array(numbers(0, 12, 13, 40)), text(""))],
  ["a grant of epoch −1", grant(array(negative(-1), uint(12), uint(13), uint(40)))],
  ["a grant of the past audience −1", grant(array(uint(0), negative(-1), uint(13), uint(40)))],
  ["a grant from −1", grant(array(uint(0), uint(12), negative(-1), uint(40)))],
  ["a grant from −2 to −1", grant(array(uint(0), uint(12), negative(-2), negative(-1)))],
  ["a grant of epoch false", grant(array(FALSE, uint(12), uint(13), uint(40)))],
  ["a grant of the past audience true", grant(array(uint(0), TRUE, uint(13), uint(40)))],
  ["a grant from false", grant(array(uint(0), uint(12), FALSE, uint(40)))],
  ["a grant to true", grant(array(uint(0), uint(12), uint(0), TRUE))],

  ["an erasure in epoch −1", erase(array(negative(-1), uint(17), uint(0)))],
  ["an erasure of index −1", erase(array(uint(0), negative(-1), uint(0)))],
  ["an erasure of part −1", erase(array(uint(0), uint(17), negative(-1)))],
  ["an erasure in epoch true", erase(array(TRUE, uint(17), uint(0)))],
  ["an erasure of index true", erase(array(uint(0), TRUE, uint(0)))],
  ["an erasure of part true", erase(array(uint(0), uint(17), TRUE))],
  ["an erasure of nothing", erase()],
  ["an erasure of part 64", erase(numbers(0, 17, 64))],
  ["an erasure of two numbers", erase(numbers(0, 17))],
  ["erasures that do not ascend", erase(numbers(0, 17, 1), numbers(0, 17, 0))],
  ["an erasure twice", erase(numbers(0, 17, 0), numbers(0, 17, 0))],
  ["1025 erasures", erase(...Array.from({ length: 1025 }, (_, i) => numbers(0, i, 0)))],
  ["an empty ground", ground(text(""))],
  ["a ground of 65 characters", ground(text("a".repeat(65)))],
  ["a ground in capitals", ground(text("Retention"))],
  ["a ground with a space", ground(text("court order"))],
  ["a ground in bytes", ground(bytes(Buffer.from("retention")))],
];

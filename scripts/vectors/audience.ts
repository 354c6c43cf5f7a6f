import { array, bytes, map, NULL, seeded, uint } from "./cbor.ts";
import type { Item } from "./cbor.ts";
import { hex } from "./tools.ts";
import type { Vectors } from "./tools.ts";

type Member = { readonly id: Uint8Array; readonly tag: Uint8Array };

const member = (i: number): Member => ({
  id: seeded(`audience id ${i}`, 32),
  tag: seeded(`audience tag ${i}`, 16),
});
const byId = (members: readonly Member[]): Member[] => [...members].sort((a, b) => Buffer.compare(a.id, b.id));
const sortedTags = (tags: readonly Uint8Array[]): string[] => [...tags].sort((a, b) => Buffer.compare(a, b)).map(hex);
const members = (count: number): Member[] => byId(Array.from({ length: count }, (_, i) => member(i)));

const encode = (list: readonly Member[]): Item => array(...list.map(({ id, tag }) => array(bytes(id), bytes(tag))));
const shown = (list: readonly Member[]): object[] => list.map(({ id, tag }) => ({ id: hex(id), tag: hex(tag) }));

export function audienceVectors(): Vectors {
  return {
    format: "audience",
    source:
      "ours; `what` is list (a member list), tags (of a leaf, from those of the members and random ones), check (list against leaf) or own (what a reader finds of itself)",
    valid: [...LISTS, ...TAGS, ...CHECKS, ...OWN],
    invalid: BAD_LISTS.map(([name, item]) => ({ name, hex: hex(item), code: "AUDIENCE_MALFORMED" })),
  };
}

const LISTS = [1, 2, 3, 20].map((count) => ({
  name: count === 1 ? "one member" : `${count} members`,
  what: "list",
  hex: hex(encode(members(count))),
  members: shown(members(count)),
}));

/** Members and shown tags: 1 to 4 of 4, 5 to 8 of 8, and so on. */
const COUNTS: readonly (readonly [number, number])[] = [
  [1, 4],
  [3, 4],
  [4, 4],
  [5, 8],
  [8, 8],
  [9, 16],
  [17, 32],
  [33, 64],
  [65, 128],
];

const filler = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => seeded(`audience filler ${i}`, 16));

const TAGS = COUNTS.map(([count, shownTags]) => {
  const tags = members(count).map(({ tag }) => tag);
  const random = filler(shownTags - count);
  return {
    name: `${count} of ${shownTags} tags`,
    what: "tags",
    members: tags.map(hex),
    filler: random.map(hex),
    tags: sortedTags([...tags, ...random]),
  };
});

const THREE = members(3);
const [FIRST, SECOND, THIRD] = THREE as [Member, Member, Member];
const LEAF = sortedTags([...THREE.map(({ tag }) => tag), ...filler(1)]);
const STRANGE = seeded("audience strange tag", 16);

const CHECKS = [
  { name: "every listed tag is in the leaf", members: shown(THREE), result: "ok" },
  { name: "a list of fewer than the tags", members: shown([FIRST]), result: "ok" },
  {
    name: "a listed tag that is not in the leaf",
    members: shown([FIRST, { id: SECOND.id, tag: STRANGE }]),
    result: "listed-tag-not-in-leaf",
  },
].map((check) => ({ ...check, what: "check", tags: LEAF }));

const OTHER = seeded("audience other id", 32);

/** The tags of a reader are those under each member key that it ever had. */
const OWN = [
  { name: "a member", id: FIRST.id, own: [FIRST.tag], result: "member" },
  { name: "a member under an older key", id: FIRST.id, own: [STRANGE, FIRST.tag], result: "member" },
  { name: "no member", id: OTHER, own: [STRANGE], result: "not-a-member" },
  { name: "nobody has a tag of it", id: OTHER, own: [], result: "not-a-member" },
  { name: "its tag is in the leaf, it is not listed", id: OTHER, own: [SECOND.tag], result: "in-leaf-but-not-listed" },
  { name: "listed with the tag of another", id: FIRST.id, own: [STRANGE], result: "listed-with-another-tag" },
  {
    name: "listed with the tag of another, its own is in the leaf too",
    id: FIRST.id,
    own: [THIRD.tag],
    result: "listed-with-another-tag",
  },
  {
    name: "listed, and the listed tag is not in the leaf",
    id: FIRST.id,
    own: [STRANGE],
    list: [{ id: FIRST.id, tag: STRANGE }],
    result: "listed-but-not-in-leaf",
  },
].map(({ name, id, own, list, result }) => ({
  name,
  what: "own",
  tags: LEAF,
  members: shown(list ?? THREE),
  id: hex(id),
  own: own.map(hex),
  result,
}));

const pair = (...items: readonly Item[]): Item => array(array(...items));

const BAD_LISTS: readonly (readonly [string, Item])[] = [
  ["no bytes", new Uint8Array()],
  ["no members", array()],
  ["ids that do not ascend", encode([SECOND, FIRST])],
  ["an id twice", encode([FIRST, { id: FIRST.id, tag: SECOND.tag }])],
  ["a tag twice", encode([FIRST, { id: SECOND.id, tag: FIRST.tag }, THIRD])],
  ["a tag twice, apart", encode([FIRST, SECOND, { id: THIRD.id, tag: FIRST.tag }])],
  ["an id of 31 bytes", pair(bytes(FIRST.id.subarray(1)), bytes(FIRST.tag))],
  ["a tag of 32 bytes", pair(bytes(FIRST.id), bytes(SECOND.id))],
  ["a tag of 15 bytes", pair(bytes(FIRST.id), bytes(FIRST.tag.subarray(1)))],
  ["a member without a tag", pair(bytes(FIRST.id))],
  ["a member with a field more", pair(bytes(FIRST.id), bytes(FIRST.tag), NULL)],
  ["a member that is a map", array(map({ id: bytes(FIRST.id), tag: bytes(FIRST.tag) }))],
  ["tag before id", pair(bytes(FIRST.tag), bytes(FIRST.id))],
  ["a map", map({ members: array() })],
  ["an integer", uint(1)],
  ["bytes after the list", Buffer.concat([encode([FIRST]), Uint8Array.of(0)])],
  ["a list cut short", encode([FIRST]).subarray(0, -1)],
];

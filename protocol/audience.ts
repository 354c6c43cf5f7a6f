import { compareBytes, equalBytes, toHex } from "./bytes.ts";
import { decodeCbor, encodeCbor } from "./cbor.ts";
import type { CborValue } from "./cbor.ts";
import { CborShape } from "./cbor-shape.ts";
import { FormatError } from "./format-error.ts";
import type { AudienceLeaf } from "./leaf/audience.ts";
import { AUDIENCE_TAG_SIZE, MAX_AUDIENCE_MEMBERS, MIN_AUDIENCE_TAGS } from "./limits.ts";
import { HASH_SIZE } from "./merkle/hash.ts";

/** One who may read, and the tag under which he stands in the leaf. */
export type AudienceMember = {
  /** Id of the authority. */
  readonly id: Uint8Array;
  /** 16 bytes (`docs/spec/audience-tag.md`). */
  readonly tag: Uint8Array;
};

/** 1 to 512, by ascending ids; the owner, who always reads, is not among them. */
export type MemberList = readonly AudienceMember[];

/** What an authority knows of itself: its id, and its tag under each member key that it ever had. */
export type OwnTags = { readonly id: Uint8Array; readonly tags: readonly Uint8Array[] };

/** Where leaf and list are at odds: an audience opens nothing there, and whoever finds out alarms. */
export type AudienceOdds = "listed-tag-not-in-leaf";
export type OwnOdds = "in-leaf-but-not-listed" | "listed-with-another-tag" | "listed-but-not-in-leaf";

/** Media type of the part that holds a member list. */
export const MEMBER_LIST_MEDIA_TYPE = "application/vnd.entente.members+cbor";

const shape = new CborShape("AUDIENCE_MALFORMED");

/**
 * The content of the part of an audience leaf (`docs/spec/audience.md`), canonical CBOR `[[id, tag]…]`:
 *
 *     81 82 5820 1e0f…32 50 a7c3…16        one member
 *
 * Throws `AUDIENCE_MALFORMED` for anything else, ids that do not ascend and tags that stand twice included.
 */
export function parseMemberList(content: Uint8Array): MemberList {
  const members = shape.array(decodeList(content), "a member list", 1, MAX_AUDIENCE_MEMBERS).map(readMember);
  const [ids, tags] = [members.map(({ id }) => id), members.map(({ tag }) => tag)];
  shape.ascending(ids, "the ids", compareBytes);
  shape.ascending(tags.sort(compareBytes), "the tags, sorted,", compareBytes);
  return members;
}

/** The list of `members`, sorted here. `AUDIENCE_MALFORMED` for what `parseMemberList` would refuse. */
export function formatMemberList(members: MemberList): Uint8Array {
  const content = encodeCbor([...members].sort((a, b) => compareBytes(a.id, b.id)).map(({ id, tag }) => [id, tag]));
  parseMemberList(content);
  return content;
}

/** How many tags the leaf of an audience of `members` shows: the next of 4, 8, 16 … 512. */
export function paddedTagCount(members: number): number {
  if (!Number.isSafeInteger(members) || members < 1 || members > MAX_AUDIENCE_MEMBERS) {
    shape.fail(`an audience has 1 to ${MAX_AUDIENCE_MEMBERS} members`);
  }
  let count = MIN_AUDIENCE_TAGS;
  while (count < members) count *= 2;
  return count;
}

/**
 * The tags of the leaf: those of `members` and the random ones of `filler`, sorted, so that nobody sees which is which.
 * `filler` has `paddedTagCount(members) − members` tags. `AUDIENCE_MALFORMED` for another number, another length, and
 * two that are equal.
 */
export function buildAudienceTags(
  members: readonly Pick<AudienceMember, "tag">[],
  filler: readonly Uint8Array[],
): readonly Uint8Array[] {
  const tags = [...members.map(({ tag }) => tag), ...filler].sort(compareBytes);
  if (tags.length !== paddedTagCount(members.length))
    shape.fail("not as much filler as the number of members asks for");
  for (const tag of tags) shape.bytes(tag, "a tag", AUDIENCE_TAG_SIZE);
  shape.ascending(tags, "the tags", compareBytes);
  return tags;
}

/** Whether whoever holds the list of an audience may go by it. */
export function checkAudience({ tags }: Pick<AudienceLeaf, "tags">, members: MemberList): "ok" | AudienceOdds {
  const shown = new Set(tags.map(toHex));
  return members.every(({ tag }) => shown.has(toHex(tag))) ? "ok" : "listed-tag-not-in-leaf";
}

/**
 * Whether leaf and list say the same of a reader: that it is a member, or that it is none. Only the reader itself can
 * tell, since nobody else knows its tags.
 */
export function checkOwnTag(
  { tags }: Pick<AudienceLeaf, "tags">,
  members: MemberList,
  own: OwnTags,
): "member" | "not-a-member" | OwnOdds {
  const inLeaf = own.tags.filter((tag) => includes(tags, tag));
  const listed = members.find(({ id }) => equalBytes(id, own.id));
  if (listed === undefined) return inLeaf.length === 0 ? "not-a-member" : "in-leaf-but-not-listed";
  if (!includes(tags, listed.tag)) return "listed-but-not-in-leaf";
  return includes(inLeaf, listed.tag) ? "member" : "listed-with-another-tag";
}

function readMember(item: CborValue): AudienceMember {
  const [id, tag] = shape.array(item, "a member", 2, 2);
  return { id: shape.bytes(id, "an id", HASH_SIZE), tag: shape.bytes(tag, "a tag", AUDIENCE_TAG_SIZE) };
}

function decodeList(content: Uint8Array): CborValue {
  try {
    return decodeCbor(content);
  } catch (error) {
    if (error instanceof FormatError) return shape.fail(`the member list: ${error.message}`);
    throw error;
  }
}

function includes(tags: readonly Uint8Array[], tag: Uint8Array): boolean {
  return tags.some((other) => equalBytes(other, tag));
}

import { describe, expect, it } from "vitest";
import {
  buildAudienceTags,
  checkAudience,
  formatMemberList,
  paddedTagCount,
  parseMemberList,
} from "../../protocol/audience.ts";
import type { AudienceMember } from "../../protocol/audience.ts";
import { codeOf } from "../vectors/vector-file.ts";

const numbered = (i: number, length: number): Uint8Array => new Uint8Array(length).fill(i >> 8).fill(i, 1);
const members = (count: number): AudienceMember[] =>
  Array.from({ length: count }, (_, i) => ({ id: numbered(i, 32), tag: numbered(i, 16) }));
const filler = (count: number): Uint8Array[] => Array.from({ length: count }, (_, i) => numbered(0x8000 + i, 16));

describe("the largest audience", () => {
  it("has 512 members, all of whose tags are shown", () => {
    const all = members(512);
    expect(parseMemberList(formatMemberList(all))).toEqual(all);
    const tags = buildAudienceTags(all, []);
    expect(tags).toHaveLength(512);
    expect(checkAudience({ tags }, all)).toBe("ok");
  });

  it("has not 513", () => {
    expect(codeOf(() => formatMemberList(members(513)))).toBe("AUDIENCE_MALFORMED");
    expect(codeOf(() => paddedTagCount(513))).toBe("AUDIENCE_MALFORMED");
  });
});

describe("the tags of a leaf", () => {
  it.each([
    ["too little filler", members(5), filler(2)],
    ["too much filler", members(5), filler(4)],
    ["no members", [], filler(4)],
    ["filler that equals a tag", members(3), [numbered(2, 16)]],
    ["filler of another length", members(3), [numbered(9, 17)]],
  ])("are refused: %s", (_, listed, random) => {
    expect(codeOf(() => buildAudienceTags(listed, random))).toBe("AUDIENCE_MALFORMED");
  });
});

describe("a member list", () => {
  it.each([
    ["nobody", []],
    ["a member twice", [...members(2), ...members(1)]],
    ["a tag twice", [...members(2), { id: numbered(9, 32), tag: numbered(0, 16) }]],
  ])("is never written of %s", (_, listed) => {
    expect(codeOf(() => formatMemberList(listed))).toBe("AUDIENCE_MALFORMED");
  });
});

import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  buildAudienceTags,
  checkAudience,
  checkOwnTag,
  formatMemberList,
  paddedTagCount,
  parseMemberList,
} from "../../protocol/audience.ts";
import { fromHex, toHex } from "../../protocol/bytes.ts";
import { plain } from "../plain.ts";
import { codeOf, readVectors } from "./vector-file.ts";

const bytes = z.string().transform((text) => fromHex(text));
const members = z.array(z.object({ id: bytes, tag: bytes }));
const valid = z.discriminatedUnion("what", [
  z.object({ name: z.string(), what: z.literal("list"), hex: z.string(), members }),
  z.object({
    name: z.string(),
    what: z.literal("tags"),
    members: z.array(bytes),
    filler: z.array(bytes),
    tags: z.array(z.string()),
  }),
  z.object({ name: z.string(), what: z.literal("check"), tags: z.array(bytes), members, result: z.string() }),
  z.object({
    name: z.string(),
    what: z.literal("own"),
    tags: z.array(bytes),
    members,
    id: bytes,
    own: z.array(bytes),
    result: z.string(),
  }),
]);
const vectors = readVectors("audience", valid, z.object({ hex: z.string() }));

describe("docs/spec/vectors/audience.json", () => {
  it.each(vectors.valid)("$what: $name", (one) => {
    switch (one.what) {
      case "list":
        expect(plain(parseMemberList(fromHex(one.hex)))).toEqual(plain(one.members));
        expect(toHex(formatMemberList(one.members.toReversed()))).toBe(one.hex);
        break;
      case "tags":
        expect(paddedTagCount(one.members.length)).toBe(one.tags.length);
        expect(
          plain(
            buildAudienceTags(
              one.members.map((tag) => ({ tag })),
              one.filler,
            ),
          ),
        ).toEqual(one.tags);
        break;
      case "check":
        expect(checkAudience(one, one.members)).toBe(one.result);
        break;
      case "own":
        expect(checkOwnTag(one, one.members, { id: one.id, tags: one.own })).toBe(one.result);
    }
  });

  it.each(vectors.invalid)("refused: $name", ({ hex, code }) => {
    expect(codeOf(() => parseMemberList(fromHex(hex)))).toBe(code);
  });
});

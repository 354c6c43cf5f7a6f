import { describe, expect, it } from "vitest";
import { buildNewEpoch, buildNextCharter, buildRootRotation } from "../../keys/charter-builder.ts";
import {
  adoptChain,
  charterAtLeaf,
  chartersBelow,
  checkChain,
  continuedAt,
  disavowedFrom,
  extendChain,
  judgeCharterLeaf,
  memberKeyAt,
  placedCharters,
  prevailing,
} from "../../protocol/charter-chain.ts";
import type { Chain } from "../../protocol/charter-chain.ts";
import { formatCharter, parseCharterNote } from "../../protocol/charter.ts";
import { MAX_CHARTER_SIZE } from "../../protocol/limits.ts";
import { crypto, extended, firstChain, firstCharter, rootSigners, signer } from "../charter-fixture.ts";

const NAME = "nvwa.nl";
const roots = rootSigners(NAME, 1, 2);
const first = firstChain(NAME);
const member2 = new Uint8Array(32).fill(2);
const newMember = buildNextCharter(first, { member: member2 }, roots);
const newTitle = buildNextCharter(first, { title: "Other" }, roots);
const two = extended(first, { epoch: 0, index: 12, note: newMember });
const third = buildNextCharter(two, { log: signer(NAME, "log 2") }, roots);
const three = extended(two, { epoch: 0, index: 30, note: third });
const epoch1 = buildNewEpoch(
  three,
  { epoch: 1, continues: { epoch: 0, size: 20, root: member2 }, log: signer(`${NAME}/1`) },
  {},
  roots,
);
const four = extended(three, { epoch: 1, index: 0, note: epoch1 });

describe("keys in force", () => {
  it("judges a leaf by the charter at or before it, a checkpoint by the one before its size", () => {
    expect(memberKeyAt(two, 0, 11)).toEqual(firstCharter(NAME).member);
    expect(memberKeyAt(two, 0, 12)).toEqual(member2);
    expect(charterAtLeaf(two, 1, 0)).toBeUndefined();
    expect(memberKeyAt(two, 1, 0)).toBeUndefined();
  });
});

describe("placedCharters", () => {
  it("leaves out places that a later epoch disavowed", () => {
    expect([...placedCharters(three, 0).keys()]).toEqual([0, 12, 30]);
    expect([...placedCharters(four, 0).keys()]).toEqual([0, 12]);
    expect([...placedCharters(four, 1).keys()]).toEqual([0]);
    expect(placedCharters(four, 0).get(12)).toBe(two.entries[1]?.text);
  });
});

describe("chartersBelow", () => {
  const serials = (chain: Chain, epoch: number, size: number): readonly number[] =>
    chartersBelow(chain, epoch, size).map(({ charter }) => charter.serial);

  it("ends before the first charter that a log of that size does not have", () => {
    expect(serials(three, 0, 31)).toEqual([0, 1, 2]);
    expect(serials(three, 0, 30)).toEqual([0, 1]);
    expect(serials(three, 0, 12)).toEqual([0]);
  });

  it("keeps one that was disavowed, and those of other epochs", () => {
    expect(serials(four, 0, 25)).toEqual([0, 1, 2, 3]);
    expect(serials(four, 0, 12)).toEqual([0]);
    expect(serials(four, 1, 1)).toEqual([0, 1, 2, 3]);
  });
});

describe("continuedAt", () => {
  it("is what the last charter says that continues the epoch", () => {
    expect(continuedAt(three, 0)).toBeUndefined();
    expect(continuedAt(four, 0)).toEqual({ epoch: 0, size: 20, root: member2 });
    expect(continuedAt(four, 1)).toBeUndefined();
    expect([disavowedFrom(four, 0), disavowedFrom(four, 1)]).toEqual([20, Number.POSITIVE_INFINITY]);
  });
});

describe("judgeCharterLeaf", () => {
  const judge = (chain: Chain, index: number, note: string, epoch = 0) =>
    judgeCharterLeaf(chain, { epoch, index, note }, crypto);

  it("knows the charters that stand at their places, whatever their signature lines", () => {
    expect(judge(three, 0, first.entries[0].note).kind).toBe("placed");
    expect(judge(three, 12, newMember).kind).toBe("placed");
    expect(judge(three, 12, buildNextCharter(first, { member: member2 }, rootSigners(NAME, 2, 3))).kind).toBe("placed");
    expect(judge(four, 0, epoch1, 1).kind).toBe("placed");
  });

  it("goes on with one that continues the chain", () => {
    const verdict = judge(two, 30, third);
    expect(verdict.kind === "next" && verdict.chain.entries.length).toBe(3);
    expect(judge(three, 0, epoch1, 1).kind).toBe("next");
  });

  it("finds a charter of the chain at another place than the chain says", () => {
    // The tree has it at 11 or 13; whoever gave the chain moved the key's coming into force.
    expect(judge(three, 11, newMember).kind).toBe("contradicts");
    expect(judge(three, 13, newMember).kind).toBe("invalid");
    expect(judge(three, 20, third).kind).toBe("contradicts");
  });

  it("finds another valid charter where the chain has one, or none", () => {
    expect(judge(three, 12, newTitle).kind).toBe("contradicts");
    expect(judge(three, 5, newTitle).kind).toBe("contradicts");
  });

  it("refuses what is not valid there", () => {
    expect(judge(three, 20, newTitle)).toMatchObject({ kind: "invalid", refusal: { rule: 1, code: "CHARTER_SERIAL" } });
    expect(judge(two, 30, "no note")).toMatchObject({
      kind: "invalid",
      refusal: { rule: 1, code: "CHARTER_MALFORMED" },
    });
    expect(judge(two, 30, third.replace("country NL", "country BE"))).toMatchObject({
      kind: "invalid",
      refusal: { rule: 4 },
    });
  });

  it("does not judge what its owner disavowed", () => {
    expect(judge(four, 20, newTitle).kind).toBe("disavowed");
    expect(judge(four, 19, newTitle).kind).toBe("invalid");
  });
});

describe("adoptChain", () => {
  it("keeps the places of the charters that both have", () => {
    const moved = checkChain(
      [first.entries[0], { epoch: 0, index: 25, note: newMember }, { epoch: 0, index: 30, note: third }],
      crypto,
    );
    if (!moved.ok) throw new Error(moved.code);
    expect(prevailing(two, moved.chain)).toEqual({ kind: "extends", shared: 2 });
    const adopted = adoptChain(two, moved.chain);
    expect(adopted.ok && adopted.chain.entries.map(({ index }) => index)).toEqual([0, 12, 30]);
  });

  it("refuses a chain whose new charters then stand before those", () => {
    const early = checkChain(
      [first.entries[0], { epoch: 0, index: 3, note: newMember }, { epoch: 0, index: 4, note: third }],
      crypto,
    );
    if (!early.ok) throw new Error(early.code);
    expect(adoptChain(two, early.chain)).toMatchObject({ ok: false, rule: "place", code: "CHARTER_PLACE", serial: 2 });
  });

  it("goes over to the branch that prevails", () => {
    const rotation = {
      rootThreshold: 1,
      roots: rootSigners(NAME, 4, 5),
      next: { threshold: 1, vkeys: [signer(`${NAME}/root/7`).vkey] },
    };
    const rotated = extended(first, { epoch: 0, index: 15, note: buildRootRotation(first, rotation, {}) });
    expect(prevailing(three, rotated).kind).toBe("other-prevails");
    const adopted = adoptChain(three, rotated);
    expect(adopted.ok && adopted.chain.entries.map(({ text }) => text)).toEqual(
      rotated.entries.map(({ text }) => text),
    );
    // The keys of the branch that was left are free again, the new branch's are not.
    expect(adopted.ok && extendChain(adopted.chain, { epoch: 0, index: 16, note: third }, crypto)).toMatchObject({
      ok: false,
      rule: 1,
    });
  });
});

it("does not compare chains of two authorities", () => {
  expect(() => prevailing(first, firstChain("bvl.example"))).toThrow(
    expect.objectContaining({ code: "CHAIN_MALFORMED" }),
  );
});

it("takes an empty chain for none", () => {
  expect(checkChain([], crypto)).toMatchObject({ ok: false, serial: 0 });
});

it("takes a note of exactly the largest size", () => {
  const { charter } = first.entries[0];
  const sized = (length: number): string => {
    const text = formatCharter({ ...charter, kept: [{ line: 1, keyword: "x", value: "é".repeat(length) }] });
    return `${text}\n${signer(NAME).sign(text)}\n`;
  };
  const left = MAX_CHARTER_SIZE - Buffer.byteLength(sized(1));
  const title = left % 2 === 0 ? charter.title : `${charter.title}x`;
  const exact = sized(1 + Math.floor(left / 2)).replace(charter.title, title);
  expect(Buffer.byteLength(exact)).toBe(MAX_CHARTER_SIZE);
  expect(parseCharterNote(exact, crypto).charter.title).toBe(title);
  expect(() => parseCharterNote(exact.replace(title, `${title}x`), crypto)).toThrow(
    expect.objectContaining({ code: "CHARTER_MALFORMED" }),
  );
});

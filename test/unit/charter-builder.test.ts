import { describe, expect, it } from "vitest";
import {
  buildFirstCharter,
  buildNewEpoch,
  buildNewEpochWithRootRotation,
  buildNextCharter,
  buildRootRotation,
} from "../../keys/charter-builder.ts";
import type { CharterErrorCode } from "../../keys/charter-error.ts";
import { disavowed, lastCharter, rawKeyUses } from "../../protocol/charter-chain.ts";
import type { Chain } from "../../protocol/charter-chain.ts";
import { formatCharter } from "../../protocol/charter.ts";
import { formatVkey } from "../../protocol/vkey.ts";
import { cosigner, crypto, extended, firstChain, firstCharter, rootSigners, signer } from "../charter-fixture.ts";

const NAME = "nvwa.nl";
const first = firstCharter(NAME);
const chain = firstChain(NAME);
const roots = rootSigners(NAME, 1, 3);
const rotation = {
  rootThreshold: 2,
  roots: rootSigners(NAME, 4, 5, 6),
  next: { threshold: 1, vkeys: [signer(`${NAME}/root/7`).vkey] },
};
const opening = {
  epoch: 1,
  continues: { epoch: 0, size: 100, root: crypto.sha256(new Uint8Array(0)) },
  log: signer(`${NAME}/1`),
};

const next = (note: string, index = 9): Chain => extended(chain, { epoch: 0, index, note });
const opened = (note: string): Chain => extended(chain, { epoch: 1, index: 0, note });
const refused = (code: CharterErrorCode) => expect.objectContaining({ name: "CharterError", code });

describe("buildFirstCharter", () => {
  it("makes what was asked for, signed by every key", () => {
    const charter = lastCharter(chain);
    expect(charter).toMatchObject({
      authority: NAME,
      title: first.title,
      country: "NL",
      serial: 0,
      epoch: 0,
      rootThreshold: 2,
      nextThreshold: 2,
    });
    expect(charter.roots.map(formatVkey)).toEqual(first.roots.map(({ vkey }) => vkey));
    expect([charter.log, charter.witness, charter.node].map(formatVkey)).toEqual([
      first.log.vkey,
      first.witness.vkey,
      first.node.vkey,
    ]);
    expect(charter.member).toEqual(first.member);
    expect(chain.entries[0].signatures).toHaveLength(8);
    expect(rawKeyUses(chain).size).toBe(8);
  });

  it.each<[string, object, CharterErrorCode]>([
    ["a name that is none", { authority: "NVWA" }, "CHARTER_MALFORMED"],
    ["a title of two lines", { title: "a\nb" }, "CHARTER_MALFORMED"],
    ["an empty title", { title: "" }, "CHARTER_MALFORMED"],
    ["a threshold that the roots cannot reach", { rootThreshold: 4 }, "CHARTER_MALFORMED"],
    ["a root key of another name", { roots: [...first.roots, signer("bvl.example/root/1")] }, "CHARTER_MALFORMED"],
    ["a log key of another name", { log: signer(`${NAME}/1`) }, "CHARTER_MALFORMED"],
    ["one key for log and node", { node: signer(`${NAME}/node`, NAME) }, "CHARTER_KEY_REUSED"],
    [
      "a next root key that is in use as another key",
      { next: { threshold: 1, vkeys: [signer(`${NAME}/root/4`, `${NAME}/lab/1`).vkey] } },
      "CHARTER_NEXT_UNUSABLE",
    ],
    [
      "a next root key of another name",
      { next: { threshold: 1, vkeys: [signer(`${NAME}/lab/4`).vkey] } },
      "CHARTER_NEXT_UNUSABLE",
    ],
    [
      "a next root key of another authority",
      { next: { threshold: 1, vkeys: [signer("bvl.example/root/4").vkey] } },
      "CHARTER_NEXT_UNUSABLE",
    ],
    [
      "a next root key of type 0x04",
      { next: { threshold: 1, vkeys: [cosigner(`${NAME}/root/4`).vkey] } },
      "CHARTER_NEXT_UNUSABLE",
    ],
    [
      "a next root key that was mistyped",
      { next: { threshold: 1, vkeys: [`${NAME}/root/4+00000000+AA==`] } },
      "CHARTER_NEXT_UNUSABLE",
    ],
    [
      "two next root keys of one name",
      { next: { threshold: 1, vkeys: [signer(`${NAME}/root/4`).vkey, signer(`${NAME}/root/4`, "x").vkey] } },
      "CHARTER_NEXT_UNUSABLE",
    ],
    [
      "one next root key twice",
      { next: { threshold: 1, vkeys: [signer(`${NAME}/root/4`).vkey, signer(`${NAME}/root/4`).vkey] } },
      "CHARTER_MALFORMED",
    ],
  ])("refuses %s", (_, change, code) => {
    expect(() => buildFirstCharter({ ...first, ...change })).toThrow(refused(code));
  });
});

describe("buildNextCharter", () => {
  it("changes what was asked for, and nothing else", () => {
    const changes = {
      title: "Other",
      log: signer(NAME, "log 2"),
      witness: cosigner(`${NAME}/witness`, "witness 2"),
      node: signer(`${NAME}/node`, "node 2"),
      member: new Uint8Array(32).fill(9),
    };
    const charter = lastCharter(next(buildNextCharter(chain, changes, roots)));
    expect([charter.log, charter.witness, charter.node].map(formatVkey)).toEqual([
      changes.log.vkey,
      changes.witness.vkey,
      changes.node.vkey,
    ]);
    const before = lastCharter(chain);
    const { title, log, witness, node, member } = charter;
    expect(charter).toEqual({
      ...before,
      serial: 1,
      previous: crypto.sha256(Buffer.from(chain.entries[0].text)),
      title,
      log,
      witness,
      node,
      member,
    });
  });

  it("adds, replaces and removes role keys", () => {
    const replaced = signer(`${NAME}/lab/1`, "laboratory 1, again");
    const changes = { addRoles: [replaced, signer(`${NAME}/lab/2`)], removeRoles: [`${NAME}/approver/1`] };
    const { roles } = lastCharter(next(buildNextCharter(chain, changes, roots)));
    expect(roles.map(formatVkey)).toEqual([replaced.vkey, signer(`${NAME}/lab/2`).vkey]);
  });

  it("refuses to build what would not be valid", () => {
    expect(() => buildNextCharter(chain, {}, rootSigners(NAME, 1))).toThrow(refused("CHARTER_ROOT_THRESHOLD"));
    expect(() => buildNextCharter(chain, {}, rootSigners(NAME, 4, 5))).toThrow(refused("CHARTER_ROOT_THRESHOLD"));
    expect(() => buildNextCharter(chain, { node: signer(`${NAME}/node`, NAME) }, roots)).toThrow(
      refused("CHARTER_KEY_REUSED"),
    );
    expect(() => buildNextCharter(chain, { removeRoles: [`${NAME}/lab/9`] }, roots)).toThrow(
      refused("CHARTER_MALFORMED"),
    );
  });

  it("does not build on lines that it does not know", () => {
    const { charter } = chain.entries[0];
    const { log, witness, node, roles } = first;
    const text = formatCharter({ ...charter, kept: [{ line: 5, keyword: "quorum!", value: "3" }] });
    const signers = [...first.roots, log, { sign: (signed: string) => witness.prove(signed) }, node, ...roles];
    const odd = extended(undefined, {
      epoch: 0,
      index: 0,
      note: `${text}\n${signers.map((one) => `${one.sign(text)}\n`).join("")}`,
    });
    expect(odd.entries[0].charter.unknownCritical).toEqual(["quorum!"]);
    expect(() => buildNextCharter(odd, {}, roots)).toThrow(refused("CHARTER_OF_NEWER_VERSION"));
  });
});

describe("buildRootRotation", () => {
  it("needs the announced keys and no other", () => {
    const charter = lastCharter(next(buildRootRotation(chain, rotation, { title: "Rotated" })));
    expect(charter.roots.map(formatVkey)).toEqual(rotation.roots.map(({ vkey }) => vkey));
    expect(charter).toMatchObject({ title: "Rotated", rootThreshold: 2, nextThreshold: 1 });
  });

  it("refuses keys that were not announced, or too few", () => {
    expect(() => buildRootRotation(chain, { ...rotation, roots: rootSigners(NAME, 1, 2) }, {})).toThrow(
      refused("CHARTER_ROOT_UNANNOUNCED"),
    );
    expect(() => buildRootRotation(chain, { ...rotation, rootThreshold: 1, roots: rootSigners(NAME, 4) }, {})).toThrow(
      refused("CHARTER_NEXT_THRESHOLD"),
    );
    expect(() =>
      buildRootRotation(
        chain,
        { ...rotation, next: { threshold: 2, vkeys: rootSigners(NAME, 4, 5, 6).map(({ vkey }) => vkey) } },
        {},
      ),
    ).toThrow(refused("CHARTER_ROOT_HALF_CHANGED"));
  });
});

describe("buildNewEpoch", () => {
  it("opens an epoch with a new log key, signed by the roots", () => {
    const after = opened(buildNewEpoch(chain, opening, { node: signer(`${NAME}/node`, "node 2") }, roots));
    expect(lastCharter(after)).toMatchObject({ serial: 1, epoch: 1, continues: opening.continues });
    expect(disavowed(after, 0, 100)).toBe(true);
  });

  it("with new roots at once", () => {
    const charter = lastCharter(opened(buildNewEpochWithRootRotation(chain, opening, rotation, {})));
    expect(charter).toMatchObject({ epoch: 1, nextThreshold: 1 });
    expect(charter.roots.map(formatVkey)).toEqual(rotation.roots.map(({ vkey }) => vkey));
  });

  it("refuses the old log key, an epoch that is not later, and one that cannot be continued", () => {
    expect(() => buildNewEpoch(chain, { ...opening, log: signer(`${NAME}/1`, NAME) }, {}, roots)).toThrow(
      refused("CHARTER_KEY_REUSED"),
    );
    expect(() => buildNewEpoch(chain, { ...opening, epoch: 0, log: signer(NAME, "log 2") }, {}, roots)).toThrow(
      refused("CHARTER_MALFORMED"),
    );
    expect(() =>
      buildNewEpoch(chain, { ...opening, continues: { ...opening.continues, epoch: 1 } }, {}, roots),
    ).toThrow(refused("CHARTER_CONTINUES"));
    expect(() => buildNewEpoch(chain, { ...opening, continues: { ...opening.continues, size: 0 } }, {}, roots)).toThrow(
      refused("CHARTER_MALFORMED"),
    );
  });
});

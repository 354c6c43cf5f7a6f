import { describe, expect, it } from "vitest";
import { cosigned, signedAlone, Witnesses } from "../../node/witness.ts";
import { createCosigner, createNoteSigner } from "../../keys/signer.ts";
import { lastCharter } from "../../protocol/charter-chain.ts";
import { formatCheckpoint } from "../../protocol/checkpoint.ts";
import { formatSignatureLine } from "../../protocol/note.ts";
import { CRYPTO, makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { Drive } from "../simulation/virtual-disk.ts";

const [owner, peer, third] = ["owner", "peer", "third"].map((name) => makeAuthority(`${name}.example`, new Prng(name)));
if (owner === undefined || peer === undefined || third === undefined) throw new Error("three authorities");
const log = lastCharter(owner.chain).log;
const witness = lastCharter(peer.chain).witness;
const text = formatCheckpoint({ origin: owner.name, size: 5, root: new Uint8Array(32) });
const ours = createNoteSigner(owner.name, owner.keys.log).sign(text);
const theirs = createCosigner(`${peer.name}/witness`, peer.keys.witness).cosign(text, 1_800_000_000);
const junk = formatSignatureLine({
  name: `${third.name}/witness`,
  keyId: lastCharter(third.chain).witness.keyId,
  signature: new Uint8Array(72).fill(1),
});
const alone = `${text}\n${ours}\n${theirs}\n`;

describe("a cosigned checkpoint", () => {
  it("is kept with the log's line and the one that was verified, wherever they stand among others", async () => {
    for (const lines of [
      [ours, theirs, junk],
      [junk, theirs, ours],
      [theirs, junk, ours],
    ]) {
      const head = cosigned(CRYPTO, `${text}\n${lines.join("\n")}\n`, log, witness);
      expect(head).toMatchObject({ size: 5, note: alone });
      const witnesses = await Witnesses.open(new Drive().instant(), 1);
      expect(await witnesses.keepCosignature("aa", head?.note ?? "")).toBe(true);
      expect(witnesses.linesFor(5, new Uint8Array(32), "aa")).toEqual([theirs]);
    }
  });

  it("is none without a valid line of that witness, or without one of the log", () => {
    expect(cosigned(CRYPTO, `${text}\n${ours}\n${junk}\n`, log, lastCharter(third.chain).witness)).toBeUndefined();
    expect(cosigned(CRYPTO, `${text}\n${ours}\n`, log, witness)).toBeUndefined();
    expect(cosigned(CRYPTO, `${text}\n${theirs}\n`, log, witness)).toBeUndefined();
    expect(cosigned(CRYPTO, "no note", log, witness)).toBeUndefined();
  });

  it("is found by key, not by place", () => {
    expect(signedAlone(`${text}\n${junk}\n${ours}\n`, log)).toBe(`${text}\n${ours}\n`);
    expect(signedAlone(`${text}\n${junk}\n`, log)).toBeUndefined();
  });
});

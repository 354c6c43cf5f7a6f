import fc from "fast-check";
import { expect, it } from "vitest";
import { approvedBytes } from "../../protocol/approval.ts";
import { concatBytes, u64be, utf8Encode } from "../../protocol/bytes.ts";
import { decodeCbor, encodeCbor } from "../../protocol/cbor.ts";
import { formatEndorsement, parseEndorsement } from "../../protocol/endorsement.ts";
import {
  formatEntryName,
  formatReference,
  isName,
  origin,
  parseEntryName,
  parseOrigin,
  parseReference,
} from "../../protocol/name.ts";
import { formatReceipt, parseReceipt } from "../../protocol/receipt.ts";
import { formatTrustFile, parseTrustFile } from "../../protocol/trust-file.ts";

const unsigned = fc.maxSafeNat();
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/);
const name = fc
  .array(label, { minLength: 2, maxLength: 4 })
  .map((labels) => labels.join("."))
  .filter(isName);

it("origins, entries and references are read as they were written", () => {
  fc.assert(
    fc.property(name, unsigned, unsigned, hash, hash, (authority, epoch, index, id, leafHash) => {
      expect(parseOrigin(origin(authority, epoch))).toEqual({ name: authority, epoch });
      const entry = { name: authority, epoch, index };
      expect(parseEntryName(formatEntryName(entry))).toEqual(entry);
      const reference = { id, epoch, index, leafHash };
      expect(parseReference(decodeCbor(encodeCbor(formatReference(reference))), "NAME_MALFORMED")).toEqual(reference);
    }),
  );
});

it("receipts are read as they were written", () => {
  const receipt = fc.record({
    reader: hash,
    log: hash,
    epoch: unsigned,
    size: unsigned.map((size) => Math.max(1, size)),
    root: hash,
    exceptions: unsigned,
  });
  fc.assert(
    fc.property(receipt, (value) => {
      expect(parseReceipt(formatReceipt(value))).toEqual(value);
    }),
  );
});

it("trust files are read as they were written", () => {
  const authorities = fc.uniqueArray(fc.record({ name, id: hash }), { selector: (one) => one.name, maxLength: 8 });
  fc.assert(
    fc.property(authorities, (trusted) => {
      expect(parseTrustFile(formatTrustFile(trusted))).toEqual(trusted);
    }),
  );
});

it("endorsements are read as they were written", () => {
  const parts = fc.array(fc.record({ digest: hash, size: fc.integer({ min: 1, max: 64 }).map((n) => n * 2 ** 24) }), {
    minLength: 1,
    maxLength: 63,
  });
  const signature = fc.record({
    name: fc.constantFrom("nvwa.nl/lab/1", "nvwa.nl/approver/2"),
    keyId: fc.nat(),
    signature: fc.uint8Array({ minLength: 1, maxLength: 72 }),
  });
  fc.assert(
    fc.property(
      parts,
      signature,
      fc.dictionary(fc.stringMatching(/^z[a-z]{0,5}$/), unsigned),
      (list, line, unknown) => {
        const endorsement = { parts: list, signature: line, unknown };
        const read = parseEndorsement(formatEndorsement(endorsement));
        expect({ ...read, unknown: { ...read.unknown } }).toEqual({ ...endorsement, unknown: { ...unknown } });
      },
    ),
  );
});

it("the bytes of an approval do not depend on the approval, and on everything else", () => {
  const field = fc.tuple(fc.constantFrom("grant", "erase"), unsigned, fc.array(unsigned));
  fc.assert(
    fc.property(field, fc.string(), hash, unsigned, ([kind, time, items], approval, owner, epoch) => {
      fc.pre(!approval.startsWith("\ufeff"));
      const leaf = (text: string): Uint8Array => encodeCbor([kind, time, items, text]);
      const signed = approvedBytes(owner, epoch, leaf(approval));
      expect(signed).toEqual(concatBytes(utf8Encode("entente/approval/1"), owner, u64be(epoch), leaf("")));
      // No note ends so: what is signed here is never the text of one.
      expect(signed.at(-1)).not.toBe(0x0a);
    }),
  );
});

it("only grants and erasures are approved", () => {
  for (const leaf of [["record", 1, ""], ["charter", 1, "note"], ["grant", 1, 2], "grant", ["grant"]]) {
    const act = (): unknown => approvedBytes(new Uint8Array(32), 0, encodeCbor(leaf));
    if (Array.isArray(leaf) && leaf.length === 1) expect(act).not.toThrow();
    else expect(act).toThrow(expect.objectContaining({ code: "APPROVAL_MALFORMED" }));
  }
  expect(() => approvedBytes(new Uint8Array(32), 0, Uint8Array.of(0x18))).toThrow(
    expect.objectContaining({ code: "APPROVAL_MALFORMED" }),
  );
  expect(() => approvedBytes(new Uint8Array(31), 0, encodeCbor(["erase", ""]))).toThrow(
    expect.objectContaining({ code: "APPROVAL_MALFORMED" }),
  );
});

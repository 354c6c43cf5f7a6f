import { after, digest, key, make, nvwa } from "./authority.ts";
import { array, bytes, map, text, uint } from "./cbor.ts";
import type { Item } from "./cbor.ts";
import { ChainNotes } from "./chain-notes.ts";
import { hex, sha256, unhex } from "./tools.ts";
import type { Vectors } from "./tools.ts";

const OWNER = unhex(digest(nvwa.first.text));
const lab2 = key("nvwa.nl/lab/2");

type Part = readonly [digest: string, size: number];

/** Parts of the leaf; the third is the endorsement's own. */
const PARTS: readonly Part[] = [
  [hex(sha256("part 0")), 1152],
  [hex(sha256("part 1")), 65_536],
  [hex(sha256("part 2")), 320],
  [hex(sha256("part 3")), 1_073_741_824],
];
const [part0, part1, own, part3] = PARTS as readonly [Part, Part, Part, Part];

const list = (parts: readonly Part[]): Item =>
  array(...parts.map(([digest, size]) => array(bytes(unhex(digest)), uint(size))));
const signedBytes = (parts: readonly Part[], owner: Uint8Array = OWNER): Uint8Array =>
  Buffer.concat([Buffer.from("entente/endorsement/1"), owner, list(parts)]);
const content = (parts: readonly Part[], signature: string): Item =>
  map({ parts: list(parts), signature: text(signature) });
const endorse = (parts: readonly Part[], by = nvwa.lab, owner?: Uint8Array): Item =>
  content(parts, by.signBytes(signedBytes(parts, owner)));

export function endorsementVectors(): Vectors & { readonly notes: Readonly<Record<string, string>> } {
  const chains = new ChainNotes();
  const second = make(after(nvwa.first, { roles: [lab2, nvwa.approver] }), [...nvwa.roots, lab2]);
  const chain = [chains.place("first", nvwa.first), chains.place("another laboratory", second, 50)];
  const place = { epoch: 0, index: 44, leafParts: PARTS, part: 2 };
  const valid = (name: string, parts: readonly Part[], item: Item, by = nvwa.lab, index = 44) => ({
    name,
    chain,
    ...place,
    index,
    content: hex(item),
    parts,
    by: by.vkey,
    signed: hex(signedBytes(parts)),
  });
  const invalid = (name: string, code: string, item: Item, index = 44) => ({
    name,
    chain,
    ...place,
    index,
    content: hex(item),
    code,
  });
  const line = nvwa.lab.signBytes(signedBytes([part0]));
  const signature = text(line);
  return {
    format: "endorsement",
    source:
      "ours. The content of part `part` of a record at (epoch, index) of the log whose chain is given as in charter.json; " +
      "`leafParts`: the pairs in its leaf; `by`: the vkey that vouches for `parts`; `signed`: the bytes signed.",
    notes: chains.notes,
    valid: [
      valid("for one part", [part0], endorse([part0])),
      valid("for all others, in an order of its own", [part3, part0, part1], endorse([part3, part0, part1])),
      valid("by an approver", [part0], endorse([part0], nvwa.approver), nvwa.approver),
      valid("by a laboratory that came with the charter at this index", [part1], endorse([part1], lab2), lab2, 50),
      valid("with a key that nobody knows", [part0], map({ note: text("x"), parts: list([part0]), signature })),
    ],
    invalid: [
      invalid("for its own part", "ENDORSEMENT_PART_UNKNOWN", endorse([part0, own])),
      invalid(
        "for a part that is not in the leaf",
        "ENDORSEMENT_PART_UNKNOWN",
        endorse([[hex(sha256("elsewhere")), 1152]]),
      ),
      invalid("for a part of another size", "ENDORSEMENT_PART_UNKNOWN", endorse([[part0[0], 1216]])),
      invalid("by a laboratory that is not yet in force", "ENDORSEMENT_KEY_UNKNOWN", endorse([part0], lab2)),
      invalid("by a laboratory that is no longer in force", "ENDORSEMENT_KEY_UNKNOWN", endorse([part0]), 50),
      invalid("by the log key", "ENDORSEMENT_KEY_UNKNOWN", endorse([part0], nvwa.log)),
      invalid(
        "by a laboratory of another authority",
        "ENDORSEMENT_KEY_UNKNOWN",
        endorse([part0], key("bvl.example/lab/1")),
      ),
      invalid(
        "signed for another owner",
        "ENDORSEMENT_SIGNATURE_INVALID",
        endorse([part0], nvwa.lab, sha256("another owner")),
      ),
      invalid(
        "signed in another order",
        "ENDORSEMENT_SIGNATURE_INVALID",
        content([part1, part0], nvwa.lab.signBytes(signedBytes([part0, part1]))),
      ),
      invalid(
        "signed without the namespace",
        "ENDORSEMENT_SIGNATURE_INVALID",
        content([part0], nvwa.lab.signBytes(list([part0]))),
      ),
      invalid("no parts", "ENDORSEMENT_MALFORMED", map({ parts: array(), signature })),
      invalid(
        "64 parts",
        "ENDORSEMENT_MALFORMED",
        map({ parts: list(Array.from({ length: 64 }, () => part0)), signature }),
      ),
      invalid("no parts key", "ENDORSEMENT_MALFORMED", map({ signature })),
      invalid("no signature key", "ENDORSEMENT_MALFORMED", map({ parts: list([part0]) })),
      invalid("an array", "ENDORSEMENT_MALFORMED", array(list([part0]), signature)),
      invalid(
        "a digest of 31 bytes",
        "ENDORSEMENT_MALFORMED",
        map({ parts: list([[part0[0].slice(2), 1152]]), signature }),
      ),
      invalid(
        "a size that no part can have",
        "ENDORSEMENT_MALFORMED",
        map({ parts: list([[part0[0], 1153]]), signature }),
      ),
      invalid(
        "a part of three items",
        "ENDORSEMENT_MALFORMED",
        map({ parts: array(array(bytes(unhex(part0[0])), uint(1152), uint(0))), signature }),
      ),
      invalid(
        "a signature with a newline",
        "ENDORSEMENT_MALFORMED",
        map({ parts: list([part0]), signature: text(`${line}\n`) }),
      ),
      invalid("an empty signature", "ENDORSEMENT_MALFORMED", map({ parts: list([part0]), signature: text("") })),
      invalid(
        "a signature of bytes",
        "ENDORSEMENT_MALFORMED",
        map({ parts: list([part0]), signature: bytes(sha256("x")) }),
      ),
      invalid("keys out of order", "CBOR_NOT_CANONICAL", map({ signature, parts: list([part0]) })),
      invalid("a byte after it", "CBOR_MALFORMED", Buffer.concat([endorse([part0]), Uint8Array.of(0)])),
    ],
  };
}

import { after, digest, key, make, nvwa } from "./authority.ts";
import type { CharterKey } from "./authority.ts";
import { array, text, uint } from "./cbor.ts";
import { ChainNotes } from "./chain-notes.ts";
import { base64, hex, sha256, u64, unhex } from "./tools.ts";
import type { Vectors } from "./tools.ts";

const TIME = 1_800_000_000;
const OWNER = unhex(digest(nvwa.first.text));
const approver2 = key("nvwa.nl/approver/2");

/** A grant and an erase leaf with whatever approval. */
const grant = (approval: string): Uint8Array =>
  array(text("grant"), uint(TIME), uint(40), array(array(uint(0), uint(12), uint(13), uint(40))), text(approval));
const erase = (approval: string): Uint8Array =>
  array(text("erase"), uint(TIME), array(array(uint(0), uint(7), uint(0))), text("personal-data"), text(approval));

const signedBytes = (leaf: Uint8Array, epoch: number, owner: Uint8Array = OWNER): Uint8Array =>
  Buffer.concat([Buffer.from("entente/approval/1"), owner, u64(BigInt(epoch)), leaf]);

const approve = (
  leaf: (approval: string) => Uint8Array,
  approver: CharterKey,
  epoch = 0,
  owner?: Uint8Array,
): Uint8Array => leaf(approver.signBytes(signedBytes(leaf(""), epoch, owner)));

export function approvalVectors(): Vectors & { readonly notes: Readonly<Record<string, string>> } {
  const chains = new ChainNotes();
  const second = make(after(nvwa.first, { roles: [nvwa.lab, approver2] }), [...nvwa.roots, approver2]);
  const chain = [chains.place("first", nvwa.first), chains.place("another approver", second, 50)];
  const log1 = key("nvwa.nl/1");
  const third = make(after(second, { epoch: 1, continues: `0 60 ${base64(sha256("a root"))}`, log: [log1] }), [
    ...nvwa.roots,
    log1,
  ]);
  const twoEpochs = [...chain, chains.place("epoch 1", third)];
  const place = { epoch: 0, index: 44 };
  const valid = (name: string, leaf: Uint8Array, approver: string | null, at = place) => ({
    name,
    chain,
    ...at,
    leaf: hex(leaf),
    approver,
  });
  const invalid = (name: string, code: string, leaf: Uint8Array, at = place) => ({
    name,
    chain,
    ...at,
    leaf: hex(leaf),
    code,
  });
  const known = nvwa.approver.vkey;
  const line = nvwa.approver.signBytes(signedBytes(grant(""), 0));
  return {
    format: "approval",
    source:
      "ours. A leaf of the log whose chain is given as in charter.json, at (epoch, index); `approver`: the vkey that approved it, null if none; `signed`: the bytes signed.",
    notes: chains.notes,
    valid: [
      { ...valid("a grant without approval", grant(""), null), signed: hex(signedBytes(grant(""), 0)) },
      { ...valid("an approved grant", approve(grant, nvwa.approver), known), signed: hex(signedBytes(grant(""), 0)) },
      { ...valid("an approved erasure", approve(erase, nvwa.approver), known), signed: hex(signedBytes(erase(""), 0)) },
      valid("at the index of the charter that brings the approver", approve(erase, approver2), approver2.vkey, {
        epoch: 0,
        index: 50,
      }),
      valid("the last index at which the earlier approver is in force", approve(erase, nvwa.approver), known, {
        epoch: 0,
        index: 49,
      }),
      {
        ...valid("in a later epoch", approve(erase, approver2, 1), approver2.vkey, { epoch: 1, index: 8 }),
        chain: twoEpochs,
        signed: hex(signedBytes(erase(""), 1)),
      },
    ],
    invalid: [
      {
        ...invalid("in epoch 1, signed for epoch 0", "APPROVAL_SIGNATURE_INVALID", approve(erase, approver2), {
          epoch: 1,
          index: 8,
        }),
        chain: twoEpochs,
      },
      invalid("an approver who is no longer in force", "APPROVAL_KEY_UNKNOWN", approve(erase, nvwa.approver), {
        epoch: 0,
        index: 50,
      }),
      invalid("an approver who is not yet in force", "APPROVAL_KEY_UNKNOWN", approve(erase, approver2), {
        epoch: 0,
        index: 49,
      }),
      invalid("an epoch that the chain does not know", "APPROVAL_KEY_UNKNOWN", approve(erase, nvwa.approver, 1), {
        epoch: 1,
        index: 5,
      }),
      invalid("a role key that is no approver", "APPROVAL_KEY_UNKNOWN", approve(grant, nvwa.lab)),
      invalid("the node key", "APPROVAL_KEY_UNKNOWN", approve(grant, nvwa.node)),
      invalid(
        "another key of an approver's name",
        "APPROVAL_KEY_UNKNOWN",
        approve(grant, key("nvwa.nl/approver/1", "another approver")),
      ),
      invalid("signed for another epoch", "APPROVAL_SIGNATURE_INVALID", approve(grant, nvwa.approver, 1)),
      invalid(
        "signed for another owner",
        "APPROVAL_SIGNATURE_INVALID",
        approve(grant, nvwa.approver, 0, sha256("another owner")),
      ),
      invalid("signed for another leaf", "APPROVAL_SIGNATURE_INVALID", erase(line)),
      invalid("signed over the leaf alone", "APPROVAL_SIGNATURE_INVALID", grant(nvwa.approver.signBytes(grant("")))),
      invalid("a newline after the line", "APPROVAL_MALFORMED", grant(`${line}\n`)),
      invalid("a hyphen for the dash", "APPROVAL_MALFORMED", grant(line.replace("—", "-"))),
      invalid("two lines", "APPROVAL_MALFORMED", grant(`${line}\n${line}`)),
      invalid("a space", "APPROVAL_MALFORMED", grant(" ")),
    ],
  };
}

import { toHex } from "../protocol/bytes.ts";
import { lastCharter, logKeyAt } from "../protocol/charter-chain.ts";
import { parseCheckpoint } from "../protocol/checkpoint.ts";
import { FormatError } from "../protocol/format-error.ts";
import { MAX_NOTE_SIGNATURES } from "../protocol/limits.ts";
import { origin } from "../protocol/name.ts";
import { type Note, parseNote } from "../protocol/note.ts";
import { openReceipt } from "../protocol/receipt.ts";
import type { BatchCrypto } from "../protocol/verify-batch.ts";
import type { Vkey } from "../protocol/vkey.ts";
import type { Hello } from "../protocol/wire/hello.ts";
import type { PullRequest } from "../protocol/wire/pull.ts";
import type { Charters } from "./charters.ts";
import type { Logger } from "./logger.ts";
import type { OwnHead } from "./own-head.ts";
import type { OwnLog } from "./own-log.ts";
import type { Peer, TrustStore } from "./trust.ts";
import { cosigned, type Witnesses } from "./witness.ts";

export type TestimonyInit = {
  readonly ownId: string;
  readonly ownName: string;
  readonly crypto: BatchCrypto;
  readonly log: Logger;
  readonly trust: TrustStore;
  readonly ownLog: OwnLog;
  readonly ownHead: OwnHead;
  readonly witnesses: Witnesses;
  readonly charters: Charters;
  readonly changed: () => void;
};

/** What others say of our own log, checked: the checkpoint that they hold of it, their cosignatures and receipts. */
export class Testimony {
  readonly #init: TestimonyInit;

  constructor(init: TestimonyInit) {
    this.#init = init;
  }

  /** SPEC: a checkpoint of our own log beyond our store, validly signed, is heeded even from a stranger. */
  async heedHeld(hello: Hello, name: string, admitted: boolean): Promise<void> {
    const { ownHead, ownLog } = this.#init;
    if (hello.held === undefined) return;
    const { store } = ownLog;
    if (hello.held === null) {
      await ownHead.report({ peer: name, size: 0, agrees: true, admitted });
      return;
    }
    if (this.#signedBy(hello.held) === undefined) return;
    const checkpoint = parseCheckpoint(parseNote(hello.held, MAX_NOTE_SIGNATURES).text);
    const agrees = checkpoint.size <= store.head.size ? await ownHead.agrees(checkpoint.size, checkpoint.root) : true;
    await ownHead.report({ peer: name, size: checkpoint.size, agrees, admitted });
  }

  /** Takes what came with a pull of the peer with this id. */
  async take(from: string, request: PullRequest): Promise<void> {
    const peer = this.#init.trust.get(from);
    if (peer === undefined) return;
    const own = { id: this.#init.ownId, epoch: this.#init.ownLog.store.epoch };
    // One of each: a peer that sends five hundred would make us verify them all.
    const cosignature = request.cosignatures.find(({ id, epoch }) => toHex(id) === own.id && epoch === own.epoch);
    if (cosignature !== undefined) await this.#takeCosignature(peer, cosignature.note);
    const [receipt] = request.receipts;
    if (receipt !== undefined) await this.#takeReceipt(peer, receipt.note);
  }

  async #takeCosignature(peer: Peer, note: string): Promise<void> {
    const { crypto, ownHead, ownLog, witnesses, changed } = this.#init;
    // Without our own signature under it, it is a peer's word about what we never signed.
    const key = this.#signedBy(note);
    const taken = key === undefined ? undefined : cosigned(crypto, note, key, lastCharter(peer.chain).witness);
    if (taken === undefined) return;
    const { size, root } = taken;
    if (!(await ownHead.agrees(size, root))) {
      await ownHead.report({ peer: peer.name, size, agrees: size > ownLog.store.head.size, admitted: true });
      return;
    }
    if (await witnesses.keepCosignature(peer.id, taken.note)) changed();
  }

  async #takeReceipt(peer: Peer, note: string): Promise<void> {
    const { crypto, ownHead, ownId, ownLog, witnesses, log, changed } = this.#init;
    try {
      const receipt = openReceipt(note, peer.chain, crypto);
      const ours = toHex(receipt.log) === ownId && receipt.epoch === ownLog.store.epoch;
      if (!ours || toHex(receipt.reader) !== peer.id || !(await ownHead.agrees(receipt.size, receipt.root))) return;
      if (await witnesses.keepReceipt(peer.id, receipt, note)) changed();
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      log.warn({ peer: peer.name, reason: error.message }, "a receipt was not taken");
    }
  }

  /** The key of ours under which a note is a checkpoint of our log; `undefined` if it is not, or no note at all. */
  #signedBy(noteText: string): Vkey | undefined {
    const { ownName, ownLog, charters, crypto } = this.#init;
    const { epoch } = ownLog.store;
    try {
      const note = parseNote(noteText, MAX_NOTE_SIGNATURES);
      const checkpoint = parseCheckpoint(note.text);
      if (checkpoint.origin !== origin(ownName, epoch)) return undefined;
      const key = logKeyAt(charters.own, epoch, checkpoint.size);
      return key !== undefined && isSignedBy(crypto, note, key) ? key : undefined;
    } catch (error) {
      if (error instanceof FormatError) return undefined;
      throw error;
    }
  }
}

function isSignedBy(crypto: BatchCrypto, note: Note, key: Vkey): boolean {
  const signature = note.signatures.find((one) => one.name === key.name && one.keyId === key.keyId);
  return (
    signature !== undefined && crypto.verify(key.publicKey, new TextEncoder().encode(note.text), signature.signature)
  );
}

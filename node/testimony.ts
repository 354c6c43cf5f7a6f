import { toHex } from "../protocol/bytes.ts";
import { lastCharter, logKeyAt } from "../protocol/charter-chain.ts";
import { parseCheckpoint } from "../protocol/checkpoint.ts";
import { FormatError } from "../protocol/format-error.ts";
import { MAX_NOTE_SIGNATURES } from "../protocol/limits.ts";
import { origin } from "../protocol/name.ts";
import { type Note, parseNote } from "../protocol/note.ts";
import { openReceipt, parseReceipt } from "../protocol/receipt.ts";
import { type BatchCrypto, BatchRefusal } from "../protocol/verify-batch.ts";
import type { Vkey } from "../protocol/vkey.ts";
import type { Hello } from "../protocol/wire/hello.ts";
import type { PullRequest, ShownReceipt } from "../protocol/wire/pull.ts";
import type { Charters } from "./charters.ts";
import { type Clock, seconds } from "./clock.ts";
import type { Followed } from "./followed.ts";
import type { FollowedLogs } from "./followed-logs.ts";
import type { Logger } from "./logger.ts";
import type { OwnHead } from "./own-head.ts";
import type { OwnLog } from "./own-log.ts";
import type { Peer, TrustStore } from "./trust.ts";
import { cosigned, type Witnesses } from "./witness.ts";
import { Turns } from "./turns.ts";

export type TestimonyInit = {
  readonly ownId: string;
  readonly ownName: string;
  readonly clock: Clock;
  readonly crypto: BatchCrypto;
  readonly log: Logger;
  readonly trust: TrustStore;
  readonly ownLog: OwnLog;
  readonly ownHead: OwnHead;
  readonly witnesses: Witnesses;
  readonly charters: Charters;
  readonly logs: FollowedLogs;
  readonly changed: () => void;
};

/** Statements about one log that one pull is heard for: each costs a verification, and a pull comes every few seconds. */
const STATEMENTS_MAX = 128;

/**
 * What others say of our own log, checked: the checkpoint that they hold of it, their cosignatures and receipts; and what
 * they say of other logs, to be passed on.
 */
export class Testimony {
  readonly #init: TestimonyInit;

  /** Of each peer that we trust. */
  readonly #turns = new Map<string, Turns>();

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

  /** A checkpoint of our own log that a peer was shown by somebody. */
  async heedShown(note: string, from: string): Promise<void> {
    const { ownHead, ownLog, trust } = this.#init;
    if (this.#signedBy(note) === undefined) return;
    const { size, root } = parseCheckpoint(parseNote(note, MAX_NOTE_SIGNATURES).text);
    const known = size <= ownLog.store.head.size;
    if (known && (await ownHead.agrees(size, root))) return;
    await ownHead.report({ peer: trust.nameOf(from) ?? from, size, agrees: !known, admitted: true });
  }

  /** Takes what came with a pull of the peer with this id: its own statements, and those of others that it passes on. */
  async take(from: string, request: PullRequest): Promise<void> {
    const { trust } = this.#init;
    if (trust.get(from) === undefined) return;
    // One after the other: of two receipts for one size the later counts, and an earlier one must not overtake it.
    const turns = this.#turns.get(from) ?? new Turns();
    this.#turns.set(from, turns);
    await turns.run(() => this.#take(from, request));
  }

  async #take(from: string, request: PullRequest): Promise<void> {
    for (const { id, epoch, note } of request.cosignatures.slice(0, STATEMENTS_MAX))
      if (!(await this.#takeCosignature(toHex(id), epoch, note))) break;
    for (const shown of request.receipts.slice(0, STATEMENTS_MAX)) if (!(await this.#takeReceipt(shown, from))) break;
  }

  /** False where it is not what it says: who sends one such is not heard further. */
  async #takeCosignature(id: string, epoch: number, note: string): Promise<boolean> {
    const { ownId, ownLog, crypto, changed } = this.#init;
    const peer = this.#witnessOf(note);
    if (peer === undefined) return true;
    const isOwn = id === ownId && epoch === ownLog.store.epoch;
    const followed = isOwn ? undefined : this.#init.logs.get(`${id}/${epoch}`);
    if (!isOwn && followed === undefined) return true;
    const witnesses = followed?.witnesses ?? this.#init.witnesses;
    // What is known costs nothing more than to be read.
    if (witnesses.noteOf(peer.id) === note) return true;
    // Without the log's own signature under it, it is a peer's word about what was never signed.
    const key = followed === undefined ? this.#signedBy(note) : keyOf(followed, note);
    const taken = key === undefined ? undefined : cosigned(crypto, note, key, lastCharter(peer.chain).witness);
    if (taken === undefined) return false;
    if (!(await this.#isOurs(followed, taken, peer.name))) return true;
    if (await witnesses.keepCosignature(peer.id, taken.note)) changed();
    followed?.heard.add(peer.id);
    return true;
  }

  async #isOurs(
    followed: Followed | undefined,
    { size, root }: { readonly size: number; readonly root: Uint8Array },
    peer: string,
  ): Promise<boolean> {
    const { ownHead, ownLog } = this.#init;
    if (followed !== undefined)
      return size <= followed.mirror.store.head.size && followed.mirror.agrees({ size, root });
    if (await ownHead.agrees(size, root)) return true;
    await ownHead.report({ peer, size, agrees: size > ownLog.store.head.size, admitted: true });
    return false;
  }

  /** The authority that we trust whose witness signed the last line. */
  #witnessOf(note: string): Peer | undefined {
    try {
      const line = parseNote(note, MAX_NOTE_SIGNATURES).signatures.at(-1);
      const name = line?.name.endsWith("/witness") === true ? line.name.slice(0, -"/witness".length) : undefined;
      return name === undefined ? undefined : this.#init.trust.byName(name);
    } catch (error) {
      if (error instanceof FormatError) return undefined;
      throw error;
    }
  }

  async #takeReceipt({ note, exceptions }: ShownReceipt, from: string): Promise<boolean> {
    const { clock, crypto, ownHead, ownId, ownLog, trust, witnesses, log, changed } = this.#init;
    try {
      const said = parseReceipt(parseNote(note, MAX_NOTE_SIGNATURES).text);
      const peer = trust.get(toHex(said.reader));
      const isOwn = toHex(said.log) === ownId && said.epoch === ownLog.store.epoch;
      const followed = isOwn ? undefined : this.#init.logs.get(`${toHex(said.log)}/${said.epoch}`);
      if (peer === undefined || (!isOwn && followed === undefined)) return true;
      const held = followed?.witnesses ?? witnesses;
      const isDirect = from === peer.id;
      // SPEC: which ones is told to the owner alone, directly.
      const lacks = isOwn && isDirect ? exceptions : [];
      if (held.knowsReceipt(peer.id, note, { isDirect, lacks })) return true;
      const receipt = openReceipt(note, peer.chain, crypto);
      const agrees =
        followed === undefined
          ? await ownHead.agrees(receipt.size, receipt.root)
          : await this.#isOurs(followed, receipt, peer.name);
      if (!agrees) return true;
      if (await held.keepReceipt(peer.id, receipt, note, { at: seconds(clock), isDirect, lacks })) changed();
      followed?.heard.add(peer.id);
      return true;
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      log.warn({ peer: trust.nameOf(from), code: error.code, reason: error.message }, "a receipt was not taken");
      return false;
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

/** The key in force of a followed log, where a note is a checkpoint of it that this key signed. */
function keyOf({ mirror }: Followed, note: string): Vkey | undefined {
  try {
    const { size } = mirror.signed(note);
    return logKeyAt(mirror.chain, mirror.store.epoch, size);
  } catch (error) {
    if (error instanceof BatchRefusal) return undefined;
    throw error;
  }
}

function isSignedBy(crypto: BatchCrypto, note: Note, key: Vkey): boolean {
  const signature = note.signatures.find((one) => one.name === key.name && one.keyId === key.keyId);
  return (
    signature !== undefined && crypto.verify(key.publicKey, new TextEncoder().encode(note.text), signature.signature)
  );
}

import { fromHex } from "../protocol/bytes.ts";
import { lastCharter } from "../protocol/charter-chain.ts";
import { MAX_NOTE_SIGNATURES } from "../protocol/limits.ts";
import { parseNote } from "../protocol/note.ts";
import { formatReceipt } from "../protocol/receipt.ts";
import type { BatchCrypto } from "../protocol/verify-batch.ts";
import type { Cosigner, NoteSigner } from "../keys/signer.ts";
import { type Clock, seconds } from "./clock.ts";
import type { Followed, News } from "./followed.ts";
import type { HeadsFile } from "./heads-file.ts";
import type { Mirror } from "./mirror.ts";
import type { TrustStore } from "./trust.ts";
import { cosignedBy } from "./witness.ts";

/** Exceptions of a receipt that are named to the owner. */
const EXCEPTIONS_MAX = 1024;

export type CosigningInit = {
  readonly ownId: string;
  readonly crypto: BatchCrypto;
  readonly clock: Clock;
  readonly heads: HeadsFile;
  readonly trust: TrustStore;
  readonly cosigner: Cosigner;
  /** Signs receipts, with the node key. */
  readonly nodeSigner: NoteSigner;
};

/** What is signed of the logs that we follow: our cosignature and our receipt, and the cosignatures of other witnesses. */
export class Cosigning {
  readonly #init: CosigningInit;

  constructor(init: CosigningInit) {
    this.#init = init;
  }

  /** SPEC: consistent, and every leaf below N durable here; and the head in the heads file before it leaves. */
  async cosign(followed: Followed): Promise<void> {
    const { ownId, clock, heads, cosigner } = this.#init;
    const { mirror, witnesses } = followed;
    const { reached } = mirror;
    if (reached === undefined) return;
    await heads.record(mirror.key, reached);
    const text = parseNote(reached.note, MAX_NOTE_SIGNATURES).text;
    const note = `${logSigned(reached.note, text)}${cosigner.cosign(text, seconds(clock))}\n`;
    const fresh = await witnesses.keepCosignature(ownId, note);
    const { receipt, exceptions } = await this.#receipt(mirror);
    if (!fresh && receipt === followed.news.receipt) return;
    followed.news = { version: followed.news.version + 1, cosignature: note, receipt, exceptions };
    followed.revision += 1;
  }

  /** Keeps those cosignature lines beside a checkpoint that authorities which we trust did sign. */
  async takeLines(followed: Followed, noteText: string, lines: readonly string[]): Promise<void> {
    const { crypto, trust } = this.#init;
    const { text } = parseNote(noteText, MAX_NOTE_SIGNATURES);
    for (const line of lines) {
      const peer = trust.peers().find((one) => line.startsWith(`— ${one.name}/witness `));
      if (peer === undefined) continue;
      const note = `${logSigned(noteText, text)}${line}\n`;
      if (cosignedBy(crypto, note, lastCharter(peer.chain).witness) === undefined) continue;
      if (await followed.witnesses.keepCosignature(peer.id, note)) followed.revision += 1;
    }
  }

  async #receipt(mirror: Mirror): Promise<Pick<News, "receipt" | "exceptions">> {
    const { ownId, nodeSigner } = this.#init;
    const { reached, store } = mirror;
    if (reached === undefined) return { receipt: undefined, exceptions: [] };
    const exceptions = store.head.missing === 0 ? [] : await mirror.parts.missing(0, EXCEPTIONS_MAX);
    const text = formatReceipt({
      reader: fromHex(ownId),
      log: store.id,
      epoch: store.epoch,
      size: reached.size,
      root: reached.root,
      exceptions: store.head.missing,
    });
    return { receipt: `${text}\n${nodeSigner.sign(text)}\n`, exceptions };
  }
}

/** The checkpoint note with the log's signature line alone, to which a cosignature line is added. */
function logSigned(note: string, text: string): string {
  const [line = ""] = note.slice(text.length + 1).split("\n");
  return `${text}\n${line}\n`;
}

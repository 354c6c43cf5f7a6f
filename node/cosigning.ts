import { equalBytes, fromHex } from "../protocol/bytes.ts";
import { lastCharter, logKeyAt } from "../protocol/charter-chain.ts";
import { MAX_NOTE_SIGNATURES } from "../protocol/limits.ts";
import { parseNote } from "../protocol/note.ts";
import { formatReceipt } from "../protocol/receipt.ts";
import type { BatchCrypto, SeenCheckpoint } from "../protocol/verify-batch.ts";
import type { Cosigner, NoteSigner } from "../keys/signer.ts";
import { type Clock, seconds } from "./clock.ts";
import { unlessCorrupt } from "./disk.ts";
import type { EvidenceStore } from "./evidence-store.ts";
import type { Followed, News } from "./followed.ts";
import type { HeadsFile } from "./heads-file.ts";
import type { Mirror } from "./mirror.ts";
import type { TrustStore } from "./trust.ts";
import { cosigned, signedAlone } from "./witness.ts";

/** Exceptions of a receipt that are named to the owner. */
const EXCEPTIONS_MAX = 1024;

export type CosigningInit = {
  readonly ownId: string;
  readonly crypto: BatchCrypto;
  readonly clock: Clock;
  readonly heads: HeadsFile;
  readonly trust: TrustStore;
  readonly evidence: EvidenceStore;
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
    const { ownId, clock, heads, cosigner, evidence } = this.#init;
    const { mirror, witnesses } = followed;
    const { reached } = mirror;
    if (mirror.contested !== undefined) return;
    // SPEC: a log with evidence is contested: delivery goes on, cosigning stops.
    if (evidence.contestedBy(mirror.owner, mirror.store.epoch, mirror.chain).length > 0) return;
    const signed = reached === undefined ? undefined : this.#signedAlone(mirror, reached);
    if (reached === undefined || signed === undefined || !(await this.#goesOn(followed, reached))) return;
    if (!(await heads.record(mirror.key, reached)))
      return mirror.alarm("there is no room for this log in the heads file; it is not cosigned");
    const text = parseNote(signed, MAX_NOTE_SIGNATURES).text;
    const note = `${signed}${cosigner.cosign(text, seconds(clock))}\n`;
    const fresh = await witnesses.keepCosignature(ownId, note);
    const { receipt, exceptions } = await this.#receipt(mirror);
    if (!fresh && receipt === followed.news.receipt) return;
    followed.news = { version: followed.news.version + 1, cosignature: note, receipt, exceptions };
    followed.revision += 1;
  }

  /**
   * Whether the head goes on from the last that we cosigned, as the heads file has it: a store that was put back from a
   * backup could lead us to cosign another history. Seen once to hold it holds: what is stored only goes on.
   */
  async #goesOn(followed: Followed, reached: SeenCheckpoint): Promise<boolean> {
    if (followed.goesOn) return true;
    const { mirror } = followed;
    const known = this.#init.heads.get(mirror.key);
    if (known !== undefined && reached.size < known.size) return false;
    const root = known === undefined ? undefined : await mirror.store.rootAt(known.size).catch(unlessCorrupt);
    // What is damaged can neither be compared nor be vouched for.
    if (known !== undefined && root === undefined) return false;
    if (known !== undefined && root !== undefined && !equalBytes(root, known.root)) {
      mirror.contest(`another history than the one that this node cosigned at size ${known.size}`);
      return false;
    }
    followed.goesOn = true;
    return true;
  }

  /** The checkpoint with its log's line alone, to which a cosignature line is added. */
  #signedAlone(mirror: Mirror, { size, note }: Pick<SeenCheckpoint, "size" | "note">): string | undefined {
    const key = logKeyAt(mirror.chain, mirror.store.epoch, size);
    return key === undefined ? undefined : signedAlone(note, key);
  }

  /** Keeps those cosignature lines beside a checkpoint that authorities which we trust did sign. */
  async takeLines(followed: Followed, checkpoint: SeenCheckpoint, lines: readonly string[]): Promise<void> {
    const { crypto, trust } = this.#init;
    const { mirror, witnesses } = followed;
    const key = logKeyAt(mirror.chain, mirror.store.epoch, checkpoint.size);
    const signed = this.#signedAlone(mirror, checkpoint);
    if (key === undefined || signed === undefined) return;
    for (const line of lines) {
      const peer = trust.peers().find((one) => line.startsWith(`— ${one.name}/witness `));
      const head =
        peer === undefined ? undefined : cosigned(crypto, `${signed}${line}\n`, key, lastCharter(peer.chain).witness);
      if (peer === undefined || head === undefined) continue;
      if (await witnesses.keepCosignature(peer.id, head.note)) followed.revision += 1;
    }
  }

  async #receipt(mirror: Mirror): Promise<Pick<News, "receipt" | "exceptions">> {
    const { ownId, nodeSigner } = this.#init;
    const { reached, store } = mirror;
    const { pending } = mirror.granted;
    // What a grant opens to us is not all marked: how much is missing nobody knows.
    const isKnown = pending === undefined || pending >= (reached?.size ?? 0);
    if (reached === undefined || !isKnown) return { receipt: undefined, exceptions: [] };
    const { listed, count } = await mirror.parts.missingBelow(reached.size, EXCEPTIONS_MAX);
    const text = formatReceipt({
      reader: fromHex(ownId),
      log: store.id,
      epoch: store.epoch,
      size: reached.size,
      root: reached.root,
      exceptions: count,
    });
    return { receipt: `${text}\n${nodeSigner.sign(text)}\n`, exceptions: listed };
  }
}

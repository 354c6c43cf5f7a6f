import { type LogAccess, mayFollow } from "../protocol/access.ts";
import { toHex } from "../protocol/bytes.ts";
import type { Sha256 } from "../protocol/crypto.ts";
import { MAX_NOTE_SIGNATURES } from "../protocol/limits.ts";
import { parseNote } from "../protocol/note.ts";
import { type LogName, type ServedLog, type ServeView } from "../protocol/serve.ts";
import type { LogNote } from "../protocol/wire/log-note.ts";
import type { Cosigner } from "../keys/signer.ts";
import { Answerer, type LogSource } from "./answerer.ts";
import type { Charters } from "./charters.ts";
import { type Clock, seconds } from "./clock.ts";
import type { EvidenceStore } from "./evidence-store.ts";
import type { FollowedLogs } from "./followed-logs.ts";
import type { HeldEvidence } from "./held-evidence.ts";
import type { Grants } from "./grants.ts";
import { OWN_COSIGNATURE_MS } from "./limits.ts";
import type { OwnAudiences } from "./own-audiences.ts";
import type { OwnFollowers } from "./own-followers.ts";
import type { Announced, OwnLog } from "./own-log.ts";
import type { PartStore } from "./part-store.ts";
import type { TrustStore } from "./trust.ts";
import type { Witnesses } from "./witness.ts";

const NOBODY: ReadonlySet<string> = new Set();

/** A log as it may be shown, with the size of its checkpoint. */
export type ShownLog = LogNote & { readonly size: number };

export type ServingInit = {
  readonly ownId: string;
  readonly clock: Clock;
  readonly sha256: Sha256;
  readonly trust: TrustStore;
  readonly charters: Charters;
  readonly parts: PartStore;
  readonly ownLog: OwnLog;
  readonly audiences: OwnAudiences;
  /** Of our own log. */
  readonly grants: Grants;
  readonly followers: OwnFollowers;
  readonly witnesses: Witnesses;
  readonly logs: FollowedLogs;
  readonly evidence: EvidenceStore;
  readonly cosigner: Cosigner;
  /** May the node sign? */
  readonly ready: () => boolean;
  /** Called when waiting pulls may have an answer. */
  readonly onGrown: () => void;
};

/** What leaves the node, and to whom: each log to its owner and to its followers in force, our own and others'. */
export class Serving {
  readonly view: ServeView;
  readonly answerer: Answerer;
  readonly #init: ServingInit;
  #ownRevision = 0;
  #stopped = false;

  constructor(init: ServingInit) {
    this.#init = init;
    const { trust, sha256, parts, charters, ownId, ownLog, evidence } = init;
    this.view = {
      ownId,
      identify: (peerKey) => trust.identify(peerKey),
      log: (id, epoch) => this.#servedLog(id, epoch),
      access: (id) => this.#access(id),
    };
    this.answerer = new Answerer({
      sha256,
      parts,
      source: (id, epoch) => this.#source(id, epoch),
      chain: (id) => charters.of(toHex(id))?.entries,
      own: () => ({ id: ownLog.store.id, epoch: ownLog.store.epoch }),
      evidenceFor: (asker) => this.evidenceFor(asker),
      evidencePiece: (digest, offset) => evidence.piece(digest, offset),
    });
  }

  start(): void {
    this.#renewOwnCosignature();
  }

  stop(): void {
    this.#stopped = true;
  }

  /** There is news of our own log: entries, a newer checkpoint or cosignature, other followers. */
  ownGrew(): void {
    this.#ownRevision += 1;
    this.#init.onGrown();
  }

  /**
   * Latest checkpoints of the logs that this authority may follow, our own first: of those whose size is another than in
   * `shown` (by `logText`). Asked at every frame, of all logs: who may follow is judged only of the few that grew.
   */
  showable(asker: string, shown: ReadonlyMap<string, number>): readonly ShownLog[] {
    const { ownId, ownLog, logs } = this.#init;
    const { store, announced } = ownLog;
    const grown: LogName[] = shown.get(`${ownId}/${store.epoch}`) === announced.size ? [] : [store];
    for (const { mirror } of logs.all())
      if (mirror.reached !== undefined && shown.get(mirror.key) !== mirror.reached.size) grown.push(mirror.store);
    return grown.flatMap(({ id, epoch }) => {
      const source = this.#source(id, epoch);
      if (source === undefined || source.checkpoint === "" || !mayFollow(asker, source.access)) return [];
      return [{ id, epoch, note: source.checkpoint, size: source.size }];
    });
  }

  /** Evidence about this authority, and about those whose log it may follow; the newest first. */
  evidenceFor(asker: string): readonly HeldEvidence[] {
    return this.#init.evidence.list().filter(({ id }) => id === asker || this.#followersOf(id)?.has(asker) === true);
  }

  #access(id: string): LogAccess | undefined {
    const followers = this.#followersOf(id);
    if (followers === undefined) return undefined;
    const peer = this.#init.trust.get(id);
    const mirror = peer === undefined ? undefined : this.#init.logs.mirrorOf(peer);
    // SPEC: who does not know a critical leaf kind stops serving that log's parts to third parties.
    const closed = mirror !== undefined && mirror.store.head.critical.length > 0;
    return { owner: id, followers: closed ? NOBODY : followers };
  }

  /** Who may follow the log of an authority that is trusted, or ours: nobody before we hold something of it. */
  #followersOf(id: string): ReadonlySet<string> | undefined {
    const { ownId, followers, trust, logs } = this.#init;
    if (id === ownId) return followers.ids;
    const peer = trust.get(id);
    // SPEC: Followers in force are those of the newest epoch.
    return peer === undefined ? undefined : (logs.mirrorOf(peer)?.followers ?? NOBODY);
  }

  #servedLog(id: string, epoch: number): ServedLog | undefined {
    const { ownId, ownLog, charters, logs } = this.#init;
    const access = this.#access(id);
    if (access === undefined) return undefined;
    if (id === ownId && epoch === ownLog.store.epoch) {
      const { size } = ownLog.announced;
      return { ...access, size, revision: this.#ownRevision, charters: charters.own.entries.length };
    }
    const followed = logs.get(`${id}/${epoch}`);
    if (followed === undefined) return undefined;
    const { mirror, revision } = followed;
    return { ...access, size: mirror.reached?.size ?? 0, revision, charters: mirror.chain.entries.length };
  }

  #source(id: Uint8Array, epoch: number): LogSource | undefined {
    const text = toHex(id);
    const access = this.#access(text);
    if (access === undefined) return undefined;
    return text === this.#init.ownId ? this.#ownSource(id, epoch, access) : this.#mirrorSource(id, epoch, access);
  }

  #ownSource(id: Uint8Array, epoch: number, access: LogAccess): LogSource | undefined {
    const { ownLog, audiences, grants } = this.#init;
    const { announced, store } = ownLog;
    if (epoch !== store.epoch) return undefined;
    return {
      id,
      epoch,
      store,
      size: announced.size,
      checkpoint: announced.checkpoint,
      access,
      isOwner: true,
      grants,
      members: (audience) => audiences.members(audience),
      cosignatures: () => this.#ownLines(announced),
    };
  }

  #mirrorSource(id: Uint8Array, epoch: number, access: LogAccess): LogSource | undefined {
    const followed = this.#init.logs.get(`${access.owner}/${epoch}`);
    const reached = followed?.mirror.reached;
    if (followed === undefined || reached === undefined) return undefined;
    const { mirror, witnesses } = followed;
    return {
      id,
      epoch,
      store: mirror.store,
      size: reached.size,
      checkpoint: reached.note,
      access,
      isOwner: false,
      grants: mirror.grants,
      members: async (audience) => (await mirror.audiences.get(mirror.chain, audience)).members,
      cosignatures: () => witnesses.linesFor(reached.size, reached.root, access.owner),
    };
  }

  /** The owner's own cosignature of its head first: it tells silence from withholding. */
  #ownLines(head: Announced): readonly string[] {
    const { ready, cosigner, clock, witnesses, ownId } = this.#init;
    if (head.size === 0 || !ready()) return [];
    const { text } = parseNote(head.checkpoint, MAX_NOTE_SIGNATURES);
    const own = cosigner.cosign(text, seconds(clock));
    return [own, ...witnesses.linesFor(head.size, head.root, ownId)].slice(0, MAX_NOTE_SIGNATURES - 1);
  }

  #renewOwnCosignature(): void {
    if (this.#stopped) return;
    this.#init.clock.after(OWN_COSIGNATURE_MS, () => {
      this.ownGrew();
      this.#renewOwnCosignature();
    });
  }
}

import { type Chain, lastCharter } from "../protocol/charter-chain.ts";
import { logText } from "../protocol/serve.ts";
import { readOwnChain } from "./charters.ts";
import type { Clock } from "./clock.ts";
import type { ErasedParts } from "./erasing/erased-parts.ts";
import type { Erasures } from "./erasing/erasures.ts";
import { EvidenceStore } from "./evidence-store.ts";
import type { Grants } from "./grants.ts";
import type { Intake } from "./intake.ts";
import type { LeafRepairs } from "./leaf-repairs.ts";
import type { Logger } from "./logger.ts";
import { LogStore } from "./log-store.ts";
import type { Mirror } from "./mirror.ts";
import type { OwnAudiences } from "./own-audiences.ts";
import type { EntryDraft, OwnLog } from "./own-log.ts";
import type { PartAnswers } from "./part-answers.ts";
import type { PartStore } from "./part-store.ts";
import type { Ahead, SigningDecision } from "./service.ts";
import type { Session } from "./session.ts";
import type { Settlement } from "./settlement.ts";
import { type Peer, TrustStore } from "./trust.ts";
import type { MissingLarge } from "./mirror-parts.ts";
import type { Waits } from "./wanted-parts.ts";
import { type CoreInit, type Opened, wire, type Wiring } from "./wiring.ts";
import { Witnesses } from "./witness.ts";

/**
 * One authority's node without its outside: own log, mirrors, trust, sessions, signatures. Clock, randomness, disk and
 * transport are handed in, so that whole federations run in one process from a seed. Here is what the people of the
 * authority see and decide; what the exchange does is in the parts that `wiring.ts` puts together.
 */
export class Core {
  readonly init: CoreInit;
  readonly clock: Clock;
  readonly log: Logger;
  readonly trust: TrustStore;
  readonly ownWitnesses: Witnesses;
  /** Resolves, never rejects, when the node cannot go on (the disk failed). */
  readonly failed: Promise<Error>;
  #fail: (error: Error) => void = () => undefined;
  readonly #node: Wiring;
  readonly #listeners = new Set<() => void>();

  private constructor(init: CoreInit, opened: Opened) {
    this.init = init;
    this.clock = init.clock;
    this.log = init.log;
    this.trust = opened.trust;
    this.ownWitnesses = opened.witnesses;
    this.failed = new Promise((resolve) => {
      this.#fail = resolve;
    });
    this.#node = wire(init, opened, {
      changed: () => this.#changed(),
      onFailed: (error) => this.#broken(error),
    });
  }

  /** Opens the node over a store in which the own log has at least its first charter. */
  static async open(init: CoreInit, ownId: Uint8Array, epoch: number): Promise<Core> {
    const { disk, crypto } = init;
    const store = await LogStore.open(disk, crypto.sha256, ownId, epoch);
    const trust = await TrustStore.open(disk, crypto);
    const ownChain = await readOwnChain(store, crypto);
    const witnesses = await Witnesses.open(disk, store);
    const evidence = await EvidenceStore.read(disk);
    const core = new Core(init, { store, trust, ownChain, witnesses, evidence });
    const { followers, grants, erasures, logs } = core.#node;
    await followers.reload();
    await grants.load(disk, ownChain);
    await erasures.load();
    await erasures.run();
    for (const peer of [...trust.former(), ...trust.peers()]) await logs.keepEarlier(peer);
    for (const peer of trust.former()) await logs.keepReadable(peer);
    for (const peer of trust.peers()) await logs.follow(peer);
    return core;
  }

  /** Listens, connects, and from then on does all that the exchange asks for. */
  async start(): Promise<void> {
    const { connections, ownHead, serving } = this.#node;
    this.init.space.onChange(() => {
      connections.planAll();
      this.#changed();
    });
    await ownHead.check();
    await connections.start();
    await ownHead.start();
    serving.start();
  }

  async stop(): Promise<void> {
    const { connections, logs, ownLog, serving, sources } = this.#node;
    logs.stop();
    sources.stop();
    serving.stop();
    await connections.stop();
    await ownLog.idle();
    await logs.idle();
  }

  get ownId(): string {
    return this.#node.ownId;
  }

  get ownName(): string {
    return this.#node.ownName;
  }

  get ownLog(): OwnLog {
    return this.#node.ownLog;
  }

  get ownAudiences(): OwnAudiences {
    return this.#node.audiences;
  }

  get parts(): PartStore {
    return this.#node.parts;
  }

  get ownChain(): Chain {
    return this.#node.charters.own;
  }

  get ownFollowers(): ReadonlySet<string> {
    return this.#node.followers.ids;
  }

  get evidence(): EvidenceStore {
    return this.#node.evidence;
  }

  get intake(): Intake {
    return this.#node.intake;
  }

  get settlement(): Settlement {
    return this.#node.ownHead.settlement;
  }

  get ready(): boolean {
    return this.#node.ownHead.ready;
  }

  /** Mirrors also of the authorities that are not trusted any more. */
  readableMirrors(): readonly Mirror[] {
    return this.#node.logs.readable();
  }

  mirrorOf(id: string): Mirror | undefined {
    const peer = this.trust.get(id);
    return peer === undefined ? undefined : this.#node.logs.mirrorOf(peer);
  }

  witnessesOf(mirror: Mirror): Witnesses | undefined {
    return this.#node.logs.witnessesOf(mirror);
  }

  /** What those who were asked for missing parts answered. */
  get partAnswers(): PartAnswers {
    return this.#node.answers;
  }

  /** Who may be asked for what is missing of a log, in order: those who are connected and showed that they have it. */
  askable(mirror: Mirror): readonly string[] {
    return this.#node.following.peersOf(mirror);
  }

  sessionsOf(id: string): readonly Session[] {
    return this.#node.connections.sessionsOf(id);
  }

  unreachableReason(id: string): string | undefined {
    return this.#node.connections.unreachableReason(id);
  }

  /** Since when the peer is reached and does not admit us, in milliseconds since 1970. */
  refusedSince(id: string): number | undefined {
    return this.#node.connections.refusedSince(id);
  }

  /** When a connection that the peer made was last open, in milliseconds since 1970; `undefined` if none was. */
  lastInbound(id: string): number | undefined {
    return this.#node.connections.lastInbound(id);
  }

  /** Calls back after anything that may matter to somebody who waits; the result ends it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls back each time when the node may sign again, for the first time on its start. */
  onReady(action: () => void): void {
    this.#node.ownHead.onReady(action);
  }

  /** What others hold of our own log beyond our store. */
  get ahead(): Ahead | undefined {
    return this.#node.ownHead.ahead;
  }

  /** A person decided. Throws `DecisionError`. */
  decide(decision: SigningDecision): Promise<void> {
    return this.#node.ownHead.decide(decision);
  }

  async addPeer(peer: Peer): Promise<void> {
    const { connections, logs, ownHead } = this.#node;
    await this.trust.put(peer);
    await logs.follow(peer);
    await ownHead.peersChanged(this.trust.peers(), this.trust.count());
    connections.watch(peer.id);
    await connections.greetAnew(lastCharter(peer.chain).node.publicKey);
    connections.contact(peer.id);
    // Others may have shown what they hold of its log already.
    connections.planAll();
  }

  /** Trust ends at once: nothing is asked, answered or signed from the call on, and open connections are closed. */
  async removePeer(id: string): Promise<void> {
    const { connections, logs, ownHead } = this.#node;
    const sessions = connections.sessionsOf(id);
    connections.forget(id);
    const removed = this.trust.remove(id);
    logs.drop(id);
    await Promise.all(sessions.map((session) => session.close("TRUST_WITHDRAWN", "trust was withdrawn")));
    await removed;
    if (this.trust.get(id) === undefined) await this.init.heads.forget(id);
    await ownHead.peersChanged(this.trust.peers(), this.trust.count());
  }

  async setAddresses(id: string, addresses: readonly string[]): Promise<void> {
    const { connections } = this.#node;
    await this.trust.update(id, (peer) => ({ ...peer, addresses }));
    connections.watch(id);
    connections.contact(id);
  }

  /** Brings the followers leaf in line with whom we trust. Returns the index of the leaf, or undefined if nothing changed. */
  publishFollowers(): Promise<number | undefined> {
    return this.#node.followers.publish();
  }

  get ownGrants(): Grants {
    return this.#node.grants;
  }

  /** Appends grant leaves next to each other; gives the index of the first. They are in force when they are durable. */
  async appendGrants(drafts: readonly EntryDraft[]): Promise<number> {
    const first = await this.ownLog.append(drafts);
    await this.#node.grants.load(this.init.disk, this.ownChain);
    return first;
  }

  get ownErased(): ErasedParts {
    return this.#node.erased;
  }

  get ownErasures(): Erasures {
    return this.#node.erasures;
  }

  /** Appends erase leaves next to each other; gives the index of the first. What they name is out of sight by then. */
  async appendErasures(drafts: readonly EntryDraft[]): Promise<number> {
    const { erasures } = this.#node;
    const first = await this.ownLog.append(drafts);
    for (const offset of drafts.keys()) erasures.begin(first + offset);
    await erasures.run();
    return first;
  }

  get repairs(): LeafRepairs {
    return this.#node.repairs;
  }

  /** Parts of this log that were here are not here any more: they are asked for again. */
  askAgain({ id, epoch }: LogStore): Promise<void> {
    return this.#node.following.lost(logText(id, epoch));
  }

  /** Wants a large part; chunks are asked for one after the other until it is here. */
  wantPart(mirror: Mirror, index: number, part: number, chunk: number, chunks: number): Promise<void> {
    return this.#node.wanted.want(mirror, index, part, chunk, chunks);
  }

  /** Why the last wish for a part came to nothing, if it did. */
  refusedReason(mirror: Mirror, index: number, part: number): string | undefined {
    return this.#node.wanted.refusedReason(mirror, index, part);
  }

  /** Whether chunks of it come now, or will when somebody is there. */
  isWanted(mirror: Mirror, index: number, part: number): boolean {
    return this.#node.wanted.isWanted(mirror, { index, part });
  }

  /** Why a missing large part waits until a person wants it. */
  waits(mirror: Mirror, missing: MissingLarge): Promise<Waits | undefined> {
    return this.#node.wanted.waits(mirror, missing);
  }

  stopWanting(mirror: Mirror, index: number, part: number): void {
    this.#node.wanted.stopWanting(mirror, index, part);
  }

  #broken(error: unknown): void {
    this.log.error(
      { error: String(error), stack: error instanceof Error ? error.stack : undefined },
      "the node cannot go on",
    );
    this.#fail(error instanceof Error ? error : new Error(String(error)));
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

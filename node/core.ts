import type { LogAccess } from "../protocol/access.ts";
import { equalBytes, fromHex, toHex } from "../protocol/bytes.ts";
import { type Chain, checkChain, charterInForce, lastCharter, type ChainEntry } from "../protocol/charter-chain.ts";
import { parseCheckpoint } from "../protocol/checkpoint.ts";
import { FormatError } from "../protocol/format-error.ts";
import type { FollowEffect, FollowView, WantedLog } from "../protocol/follow.ts";
import { readLeaf } from "../protocol/leaf/leaf.ts";
import { MAX_NOTE_SIGNATURES } from "../protocol/limits.ts";
import { origin } from "../protocol/name.ts";
import { parseNote } from "../protocol/note.ts";
import { formatReceipt, openReceipt } from "../protocol/receipt.ts";
import { logText, type ServedLog, type ServeView } from "../protocol/serve.ts";
import { type BatchCrypto, BatchRefusal } from "../protocol/verify-batch.ts";
import type { ChunkRequest } from "../protocol/wire/chunk.ts";
import type { Hello } from "../protocol/wire/hello.ts";
import type { PullRequest } from "../protocol/wire/pull.ts";
import type { OnlineKeys } from "../keys/online-keys.ts";
import { type Cosigner, createCosigner, createNoteSigner, type NoteSigner } from "../keys/signer.ts";
import { Answerer, type LogSource } from "./answerer.ts";
import { type Clock, type Random, seconds } from "./clock.ts";
import type { Disk } from "./disk.ts";
import type { HeadsFile } from "./heads-file.ts";
import {
  AUTO_FETCH_COUNT,
  AUTO_FETCH_MAX,
  HELLO_STRANGERS_PER_SECOND,
  OWN_COSIGNATURE_MS,
  SILENCE_MS,
  STRANGERS_MAX,
} from "./limits.ts";
import type { Logger } from "./logger.ts";
import { LogStore } from "./log-store.ts";
import { Mirror } from "./mirror.ts";
import { OwnAudiences } from "./own-audiences.ts";
import { OwnLog } from "./own-log.ts";
import { PartStore } from "./part-store.ts";
import { OWNER_READS_ALL, ReaderAudiences } from "./reader-audiences.ts";
import { type Judgement, Session, type SessionHost } from "./session.ts";
import { beginSettlement, recovered, type Settlement, settle } from "./settlement.ts";
import { Supervisor } from "./supervisor.ts";
import type { Connection, Transport } from "./transport.ts";
import { type Peer, TrustStore } from "./trust.ts";
import { verifyCosignedNote, Witnesses } from "./witness.ts";

export type CoreInit = {
  readonly disk: Disk;
  readonly heads: HeadsFile;
  readonly clock: Clock;
  readonly random: Random;
  readonly transport: Transport;
  readonly keys: OnlineKeys;
  readonly crypto: BatchCrypto;
  readonly log: Logger;
};

/** Newest cosignature and receipt for one log, to be carried by the next pull; `version` grows with each. */
type News = {
  readonly version: number;
  readonly cosignature: string | undefined;
  readonly receipt: string | undefined;
  readonly exceptions: PullRequest["receipts"][number]["exceptions"];
};

type Followed = {
  readonly mirror: Mirror;
  readonly witnesses: Witnesses;
  revision: number;
  news: News;
  /** Steps from stored to cosigned that are not done yet. */ busy: number;
  work: Promise<void>;
};

/** Exceptions of a receipt that are named to the owner. */
const EXCEPTIONS_MAX = 1024;
const NOBODY: ReadonlySet<string> = new Set();

/**
 * One authority's node without its outside: own log, mirrors, trust, sessions, signatures. Clock, randomness, disk and
 * transport are handed in, so that whole federations run in one process from a seed.
 */
export class Core implements SessionHost {
  readonly clock: Clock;
  readonly log: Logger;
  readonly answerer: Answerer;
  readonly serveView: ServeView;
  readonly trust: TrustStore;
  readonly ownLog: OwnLog;
  readonly ownAudiences: OwnAudiences;
  readonly ownWitnesses: Witnesses;
  readonly parts: PartStore;
  readonly init: CoreInit;
  readonly ownId: string;
  readonly ownName: string;
  /** Resolves, never rejects, when the node cannot go on (the disk failed). */
  readonly failed: Promise<Error>;
  #fail: (error: Error) => void = () => undefined;
  readonly #instance: Uint8Array;
  readonly #cosigner: Cosigner;
  readonly #nodeSigner: NoteSigner;
  readonly #supervisor: Supervisor;
  readonly #sessions = new Set<Session>();
  readonly #newsSent = new WeakMap<Session, Map<string, number>>();
  readonly #followed = new Map<string, Followed>();
  readonly #unreachable = new Map<string, string>();
  readonly #reports = new Set<string>();
  #startsSeen = 0;
  #strangerGreetings: number[] = [];
  readonly #chunkWants = new Map<string, ChunkRequest[]>();
  /** Parts that a peer would not give, and why; asked for again on the next connection or when a person asks. */
  readonly #refusedWants = new Map<string, string>();
  readonly #listeners = new Set<() => void>();
  #ownChain: Chain;
  #ownFollowers: ReadonlySet<string> = new Set();
  #ownRevision = 0;
  #settlement: Settlement;
  #recovery: Mirror | undefined;
  #stopped = false;
  #publishingFollowers: Promise<unknown> = Promise.resolve();
  #onReady: (() => Promise<void>)[] = [];

  private constructor(init: CoreInit, trust: TrustStore, store: LogStore, ownChain: Chain, witnesses: Witnesses) {
    this.init = init;
    this.clock = init.clock;
    this.log = init.log;
    this.trust = trust;
    this.#ownChain = ownChain;
    this.ownId = toHex(store.id);
    this.ownName = ownChain.name;
    this.ownWitnesses = witnesses;
    this.#instance = init.random(16);
    this.failed = new Promise((resolve) => {
      this.#fail = resolve;
    });
    const { keys, crypto } = init;
    const { sha256 } = crypto;
    this.#cosigner = createCosigner(`${ownChain.name}/witness`, keys.witness);
    this.#nodeSigner = createNoteSigner(`${ownChain.name}/node`, keys.node);
    const logName = origin(ownChain.name, store.epoch);
    this.ownLog = new OwnLog({
      store,
      origin: logName,
      sign: (text) => createNoteSigner(logName, keys.log).sign(text),
      sha256,
      clock: init.clock,
      heads: init.heads,
      onAnnounced: () => this.#ownGrew(),
      onFailed: (error) => this.#broken(error),
    });
    this.parts = new PartStore(init.disk, sha256, init.random);
    this.ownAudiences = new OwnAudiences({
      disk: init.disk,
      log: this.ownLog,
      ownId: store.id,
      memberKey: keys.members[0],
      sha256,
      random: init.random,
    });
    this.serveView = {
      ownId: this.ownId,
      identify: (peerKey) => trust.identify(peerKey),
      log: (id, epoch) => this.#servedLog(id, epoch),
      access: (id) => this.#access(id),
    };
    this.answerer = new Answerer({
      sha256,
      parts: this.parts,
      source: (id, epoch) => this.#source(id, epoch),
      chain: (id) => this.#chainOf(toHex(id))?.entries,
      own: () => ({ id: store.id, epoch: store.epoch }),
    });
    this.#supervisor = new Supervisor({
      clock: init.clock,
      random: init.random,
      target: (id) => this.#target(id),
      isConnected: (id) => this.sessionsOf(id).length > 0,
      dial: async (address, nodeKey, signal) => {
        await init.transport.dial(address, nodeKey, signal);
      },
      onUnreachable: (id, reason) => {
        this.#unreachable.set(id, reason);
        this.log.debug({ peer: trust.get(id)?.name, reason }, "peer not reached");
      },
    });
    const fileSize = init.heads.get(this.ownLog.key)?.size ?? 0;
    this.#settlement = beginSettlement(trust.peers().length, store.head.size, fileSize);
  }

  /** Opens the node over a store in which the own log has at least its first charter. */
  static async open(init: CoreInit, ownId: Uint8Array, epoch: number): Promise<Core> {
    const { disk, crypto } = init;
    const store = await LogStore.open(disk, crypto.sha256, ownId, epoch);
    const trust = await TrustStore.open(disk, crypto);
    const chain = await readOwnChain(store, crypto);
    const core = new Core(init, trust, store, chain, await Witnesses.open(disk, store.number));
    core.#ownFollowers = await readFollowers(store);
    for (const peer of trust.peers()) await core.#openMirror(peer);
    return core;
  }

  /** Listens, connects, and from then on does all that the exchange asks for. */
  async start(): Promise<void> {
    await this.init.transport.start({
      onConnection: (connection) => this.#connected(connection),
      onStream: (stream) => {
        this.#sessionOf(stream.connection)?.accept(stream);
      },
      onDisconnect: (connection) => {
        this.#sessionOf(connection)
          ?.close("the connection ended")
          .catch(() => undefined);
      },
    });
    for (const peer of this.trust.peers()) this.#supervisor.watch(peer.id);
    if (this.#settlement.state === "ready") await this.#becomeReady();
    this.#renewOwnCosignature();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#supervisor.stop();
    await Promise.all([...this.#sessions].map((session) => session.close("this node stops")));
    await this.init.transport.stop();
    await this.ownLog.idle();
    for (const followed of this.#followed.values()) {
      await followed.mirror.idle();
      // The last cosignature is on its way to the heads file.
      await followed.work.catch(() => undefined);
    }
  }

  // What the people of the authority see and decide

  get ownChain(): Chain {
    return this.#ownChain;
  }

  get settlement(): Settlement {
    return this.#settlement;
  }

  get ready(): boolean {
    return this.#settlement.state === "ready";
  }

  get ownFollowers(): ReadonlySet<string> {
    return this.#ownFollowers;
  }

  mirrorOf(id: string): Mirror | undefined {
    const peer = this.trust.get(id);
    return peer === undefined
      ? undefined
      : this.#followed.get(logText(fromHex(id), lastCharter(peer.chain).epoch))?.mirror;
  }

  witnessesOf(mirror: Mirror): Witnesses | undefined {
    return this.#followed.get(mirror.key)?.witnesses;
  }

  mirrors(): readonly Mirror[] {
    return [...this.#followed.values()].map(({ mirror }) => mirror);
  }

  sessionsOf(id: string): readonly Session[] {
    return [...this.#sessions].filter(
      (session) => !session.closed && this.trust.identify(session.connection.peerKey) === id,
    );
  }

  unreachableReason(id: string): string | undefined {
    return this.#unreachable.get(id);
  }

  /** Calls back after anything that may matter to somebody who waits; the result ends it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Runs once the node may sign; at once if it may. */
  async whenReady(action: () => Promise<void>): Promise<void> {
    if (this.ready) await action();
    else this.#onReady.push(action);
  }

  async settleAlone(): Promise<void> {
    await this.init.heads.raiseStarts(this.#startsSeen);
    this.#settlement = { state: "ready" };
    await this.#becomeReady();
  }

  async addPeer(peer: Peer): Promise<void> {
    await this.trust.put(peer);
    await this.#openMirror(peer);
    this.#supervisor.watch(peer.id);
    for (const session of this.#sessions) {
      if (equalBytes(session.connection.peerKey, lastCharter(peer.chain).node.publicKey))
        await session.close("trust was given; greeting anew");
    }
    this.#supervisor.contact(peer.id);
  }

  /** Trust ends at once: open connections are closed before anything else happens. */
  async removePeer(id: string): Promise<void> {
    const sessions = this.sessionsOf(id);
    this.#supervisor.forget(id);
    await this.trust.remove(id);
    await Promise.all(sessions.map((session) => session.close("trust was withdrawn")));
    for (const [key, { mirror }] of this.#followed) if (toHex(mirror.store.id) === id) this.#followed.delete(key);
  }

  async setAddresses(id: string, addresses: readonly string[]): Promise<void> {
    const peer = this.trust.get(id);
    if (peer === undefined) return;
    await this.trust.put({ ...peer, addresses });
    this.#supervisor.watch(id);
    this.#supervisor.contact(id);
  }

  /** Brings the followers leaf in line with whom we trust. Returns the index of the leaf, or undefined if nothing changed. */
  publishFollowers(): Promise<number | undefined> {
    const published = this.#publishingFollowers.then(() => this.#publishFollowers());
    this.#publishingFollowers = published.catch(() => undefined);
    return published;
  }

  async #publishFollowers(): Promise<number | undefined> {
    const ids = this.trust
      .peers()
      .map((peer) => peer.id)
      .sort();
    if (ids.length === this.#ownFollowers.size && ids.every((id) => this.#ownFollowers.has(id))) return undefined;
    const index = await this.ownLog.append([
      { leaf: (time) => ({ kind: "followers", time, ids: ids.map((id) => fromHex(id)) }), parts: [], extra: () => [] },
    ]);
    this.#ownFollowers = new Set(ids);
    this.#ownGrew();
    return index;
  }

  /** Wants a large part; chunks are asked for one after the other until it is here. */
  wantPart(mirror: Mirror, index: number, part: number, chunk: number, chunks: number): void {
    this.#refusedWants.delete(`${mirror.key}/${index}/${part}`);
    const wants: ChunkRequest[] = [];
    for (let at = chunk; at < chunks; at++)
      wants.push({ id: mirror.store.id, epoch: mirror.store.epoch, index, part, chunk: at });
    this.#chunkWants.set(`${mirror.key}/${index}/${part}`, wants);
    for (const session of this.sessionsOf(toHex(mirror.store.id))) session.plan();
  }

  /** Why the last wish for a part came to nothing, if it did. */
  refusedReason(mirror: Mirror, index: number, part: number): string | undefined {
    return this.#refusedWants.get(`${mirror.key}/${index}/${part}`);
  }

  stopWanting(mirror: Mirror, index: number, part: number): void {
    this.#chunkWants.delete(`${mirror.key}/${index}/${part}`);
  }

  // What sessions ask (SessionHost)

  followView(session: Session): FollowView {
    const id = this.trust.identify(session.connection.peerKey);
    const wanted: WantedLog[] = [];
    let mayPull = !this.#stopped;
    for (const { mirror, busy } of this.#wantedFrom(id)) {
      wanted.push({
        id: mirror.store.id,
        epoch: mirror.store.epoch,
        verified: mirror.verified,
        seen: mirror.seen?.size ?? 0,
        serial: mirror.chain.entries.length - 1,
        lacking: mirror.lacking,
      });
      if (!mirror.settled || busy > 0) mayPull = false;
    }
    const chunks = [...this.#chunkWants.values()]
      .flat()
      .filter((want) => id !== undefined && toHex(want.id) === id)
      .slice(0, 64);
    return { wanted, mayPull, chunks, news: () => this.#newsFor(session, id) };
  }

  hello(peerKey: Uint8Array): Hello {
    const id = this.trust.identify(peerKey);
    const peer = id === undefined ? undefined : this.trust.get(id);
    const mirror = id === undefined ? undefined : this.mirrorOf(id);
    const entries = this.#ownChain.entries.map(({ epoch, index, note }) => ({ epoch, index, note }));
    const known = peer?.instance !== undefined && peer.instance !== null;
    return {
      features: [],
      id: fromHex(this.ownId),
      chain: fittingHello(entries),
      charters: entries.length,
      instance: this.#instance,
      starts: this.init.heads.starts,
      ...(mirror === undefined ? {} : { held: mirror.reached?.note ?? null }),
      ...(known ? { seen: { instance: fromHex(peer.instance), starts: peer.starts } } : {}),
    };
  }

  async judge(session: Session, hello: Hello): Promise<Judgement> {
    // Verifying a stranger's charters costs us more than it costs him to send them.
    if (this.trust.identify(session.connection.peerKey) === undefined && !this.#mayGreet())
      return { kind: "pending", reason: "too many strangers greet" };
    if (hello.charters > hello.chain.length && this.trust.get(toHex(hello.id)) === undefined)
      return { kind: "pending", reason: "this authority is not trusted here" };
    const checked = checkChain(hello.chain, this.init.crypto);
    const { peerKey, remoteAddress } = session.connection;
    if (!checked.ok) return { kind: "pending", reason: `its charters are not valid: ${checked.code}` };
    const id = toHex(checked.chain.id);
    if (!equalBytes(checked.chain.id, hello.id))
      return { kind: "pending", reason: "its charters are of another authority" };
    if (id === this.ownId) return this.#clone(peerKey, remoteAddress);
    if (this.trust.get(id) === undefined) {
      await this.#heedHeld(hello, checked.chain.name, false);
      await this.trust.knock(id, checked.chain.name, remoteAddress, seconds(this.clock));
      return { kind: "pending", reason: "this authority is not trusted here" };
    }
    await this.#learnChain(id, checked.chain);
    const admitted = this.trust.identify(peerKey) === id;
    await this.#heedHeld(hello, checked.chain.name, admitted);
    const held = this.trust.get(id)?.chain.entries.length ?? 0;
    // SPEC: If `charters` is more than the chain sent, the receiver asks `charters` for the rest before it judges.
    if (!admitted && held < hello.charters) return { kind: "more", id: hello.id, from: held };
    if (!admitted) return { kind: "pending", reason: "its charters name another node key" };
    this.#checkStarts(hello, checked.chain.name);
    session.instance = toHex(hello.instance);
    await this.trust.touch(id, seconds(this.clock), toHex(hello.instance), hello.starts);
    this.#supervisor.contact(id);
    this.#unreachable.delete(id);
    this.#dropTwin(session, id);
    this.#changed();
    return { kind: "admitted", id };
  }

  #mayGreet(): boolean {
    const now = this.clock.now();
    this.#strangerGreetings = this.#strangerGreetings.filter((at) => now - at < 1000);
    if (this.#strangerGreetings.length >= HELLO_STRANGERS_PER_SECOND) return false;
    this.#strangerGreetings.push(now);
    return true;
  }

  onFollowing(session: Session): void {
    this.#refusedWants.clear();
    for (const { mirror } of this.#wantedFrom(session.peer))
      this.#wantAgain(session, mirror).catch((error: unknown) => this.#broken(error));
    this.log.info({ peer: this.#nameOf(session.peer), address: session.connection.remoteAddress }, "following peer");
    this.#changed();
  }

  async take(from: string, request: PullRequest): Promise<void> {
    const peer = this.trust.get(from);
    if (peer === undefined) return;
    const own = { id: this.ownId, epoch: this.ownLog.store.epoch };
    // One of each: a peer that sends five hundred would make us verify them all.
    const cosignature = request.cosignatures.find(({ id, epoch }) => toHex(id) === own.id && epoch === own.epoch);
    if (cosignature !== undefined) await this.#takeCosignature(peer, cosignature.note);
    const [receipt] = request.receipts;
    if (receipt !== undefined) await this.#takeReceipt(peer, receipt.note);
  }

  async effect(session: Session, effect: FollowEffect): Promise<void> {
    switch (effect.do) {
      case "batch":
        return this.#onBatch(session, effect.batch);
      case "checkpoint": {
        const followed = this.#wanted(session, effect.answer.id, effect.answer.epoch);
        if (followed === undefined) return;
        const checkpoint = this.#guardEvidence(followed.mirror, () => followed.mirror.acceptCheckpoint(effect.answer));
        await this.#takeLines(followed, checkpoint.note, effect.answer.cosignatures);
        return;
      }
      case "charters": {
        const peer = session.peer === undefined ? undefined : this.trust.get(session.peer);
        if (peer !== undefined && toHex(effect.answer.id) === peer.id)
          await this.#extendChain(peer, effect.answer.chain);
        return;
      }
      case "parts": {
        const followed = this.#wanted(session, effect.answer.id, effect.answer.epoch);
        if (followed !== undefined && (await followed.mirror.acceptParts(effect.answer)) === 0)
          followed.mirror.giveUpLacking();
        return;
      }
      case "chunk": {
        const followed = this.#wanted(session, effect.want.id, effect.want.epoch);
        if (followed === undefined) return;
        const large = await followed.mirror.acceptChunk(effect.want, effect.answer);
        this.#chunkArrived(followed.mirror, effect.want, large.held);
        return;
      }
      case "nothing":
        for (const { mirror } of this.#wantedFrom(session.peer)) mirror.nothingNew(this.clock.now());
        return;
      case "refused":
        if (effect.want !== undefined) {
          const key = `${logText(effect.want.id, effect.want.epoch)}/${effect.want.index}/${effect.want.part}`;
          this.#chunkWants.delete(key);
          this.#refusedWants.set(key, `${effect.error.code}: ${effect.error.reason}`);
        }
        this.log.info(
          { peer: this.#nameOf(session.peer), ask: effect.ask, code: effect.error.code, reason: effect.error.reason },
          "the peer refused",
        );
        // Asking the same again at once would only be refused again.
        if (effect.ask !== "chunk") await session.close(`the peer refused: ${effect.error.code}`);
        this.#changed();
        return;
      case "send":
      case "reset":
      case "greeted":
        return;
    }
  }

  onClosed(session: Session, reason: string): void {
    this.#sessions.delete(session);
    const id = this.trust.identify(session.connection.peerKey);
    this.log.info({ peer: this.#nameOf(id), reason }, "session ended");
    const peer = id === undefined ? undefined : this.trust.get(id);
    if (peer !== undefined && session.instance !== undefined) {
      // When it was last heard of is for people; where the store is closing already, that it is lost costs nothing.
      this.trust.touch(peer.id, seconds(this.clock), session.instance, peer.starts).catch(() => undefined);
    }
    if (id !== undefined && this.sessionsOf(id).length === 0) {
      this.#unreachable.set(id, reason);
      this.#supervisor.lost(id);
    }
    this.#changed();
  }

  // Connections

  #connected(connection: Connection): void {
    if (this.#stopped) {
      connection.close().catch(() => undefined);
      return;
    }
    const session = new Session(this, connection);
    this.#sessions.add(session);
    // Who calls and is unknown may greet; nothing is asked of him before he is admitted.
    if (connection.direction === "outbound" || this.trust.identify(connection.peerKey) !== undefined) session.ask();
    else this.#receiveStranger(session);
  }

  /** A stranger holds a connection for a minute, and thirty-two of them at a time; then the oldest gives way. */
  #receiveStranger(session: Session): void {
    this.clock.after(SILENCE_MS, () => {
      if (session.peer === undefined) session.close("a stranger had his minute").catch(() => undefined);
    });
    const strangers = [...this.#sessions].filter(
      (one) => one.connection.direction === "inbound" && this.trust.identify(one.connection.peerKey) === undefined,
    );
    if (strangers.length > STRANGERS_MAX) strangers[0]?.close("too many strangers").catch(() => undefined);
  }

  #sessionOf(connection: Connection): Session | undefined {
    for (const session of this.#sessions) if (session.connection === connection) return session;
    return undefined;
  }

  /** Two connections to one peer: both ends keep the one that the smaller node key dialled, or the newer of two alike. */
  #dropTwin(session: Session, id: string): void {
    const own = this.init.keys.node.publicKey;
    const smaller = toHex(own) < session.peerKeyText ? "outbound" : "inbound";
    for (const other of this.sessionsOf(id)) {
      if (other === session || other.peer === undefined) continue;
      // Another process speaks for the peer now: what its predecessor left open is dead, whoever dialled.
      const reborn = other.instance !== session.instance;
      const keepNew =
        reborn ||
        other.connection.direction === session.connection.direction ||
        session.connection.direction === smaller;
      const dropped = keepNew ? other : session;
      dropped.close("another connection to this peer is kept").catch(() => undefined);
      if (!keepNew) return;
    }
  }

  #target(id: string): { id: string; addresses: readonly string[]; nodeKey: Uint8Array } | undefined {
    const peer = this.trust.get(id);
    return peer === undefined
      ? undefined
      : { id, addresses: peer.addresses, nodeKey: lastCharter(peer.chain).node.publicKey };
  }

  // Following

  async #openMirror(peer: Peer): Promise<void> {
    const { disk, crypto, keys } = this.init;
    const id = fromHex(peer.id);
    const epoch = lastCharter(peer.chain).epoch;
    const key = logText(id, epoch);
    if (this.#followed.has(key)) return;
    const store = await LogStore.open(disk, crypto.sha256, id, epoch);
    const mirror = new Mirror({
      disk,
      store,
      parts: this.parts,
      crypto,
      audiences: new ReaderAudiences(store, fromHex(this.ownId), keys.members),
      name: peer.name,
      chain: peer.chain,
      floor: peer.floor?.epoch === epoch ? peer.floor.note : undefined,
      onChain: (chain) => this.#learnChain(peer.id, chain),
      onStored: (stored) => this.#stored(stored),
      onAlarm: (text) => this.log.warn({ log: peer.name, alarm: text }, "alarm"),
      onFailed: (error) => this.#broken(error),
    });
    await mirror.refreshLacking();
    const followed: Followed = {
      mirror,
      witnesses: await Witnesses.open(disk, store.number),
      revision: 0,
      news: { version: 0, cosignature: undefined, receipt: undefined, exceptions: [] },
      busy: 0,
      work: Promise.resolve(),
    };
    this.#followed.set(key, followed);
    if (this.ready) await this.#cosign(followed);
  }

  #wantedFrom(id: string | undefined): readonly Followed[] {
    if (id === undefined) return [];
    const wanted = [...this.#followed.values()].filter(
      ({ mirror }) => toHex(mirror.store.id) === id && lastCharter(mirror.chain).unknownCritical.length === 0,
    );
    return this.#recovery === undefined ? wanted : [...wanted, this.#recoveryEntry(this.#recovery)];
  }

  #wanted(session: Session, id: Uint8Array, epoch: number): Followed | undefined {
    const key = logText(id, epoch);
    return this.#wantedFrom(session.peer).find(({ mirror }) => mirror.key === key);
  }

  async #onBatch(session: Session, batch: Parameters<Mirror["accept"]>[0]): Promise<void> {
    const followed = this.#wanted(session, batch.id, batch.epoch);
    // What was asked for while our own entries were taken back may come when they are all here.
    if (followed === undefined && toHex(batch.id) === this.ownId) return;
    if (followed === undefined) throw new BatchRefusal("BATCH_ORIGIN", "a batch of a log that was not asked for");
    const { mirror } = followed;
    await mirror.room();
    // What comes twice, or after a gap that was closed by another range, is asked for again where it is needed.
    if (batch.from !== mirror.verified) return;
    this.#guardEvidence(mirror, () => mirror.accept(batch));
  }

  /** A validly signed checkpoint that does not fit is kept as an alarm: it may be evidence. */
  #guardEvidence<T>(mirror: Mirror, work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof BatchRefusal) mirror.alarm(error.message);
      throw error;
    }
  }

  #stored(mirror: Mirror): void {
    const followed = mirror === this.#recovery ? undefined : this.#followed.get(mirror.key);
    const work = followed === undefined ? this.#recoveredSome() : this.#afterStored(followed);
    work.catch((error: unknown) => this.#broken(error));
  }

  /** One step after the other; until the last is done no pull leaves, so that it carries what they say. */
  #afterStored(followed: Followed): Promise<void> {
    followed.busy += 1;
    // It is durable and readable: who waits for it need not wait for our cosignature.
    this.#changed();
    followed.work = followed.work
      .then(async () => {
        if (this.ready) await this.#cosign(followed);
        await this.#wantSmallEnough(followed.mirror);
      })
      .finally(() => {
        followed.busy -= 1;
        this.#replan(followed.mirror);
        this.#changed();
      });
    return followed.work;
  }

  #replan(mirror: Mirror): void {
    for (const session of this.sessionsOf(toHex(mirror.store.id))) session.plan();
  }

  /** SPEC: consistent, and every leaf below N durable here; and the head in the heads file before it leaves. */
  async #cosign(followed: Followed): Promise<void> {
    const { mirror, witnesses } = followed;
    const { reached } = mirror;
    if (reached === undefined || this.#stopped) return;
    await this.init.heads.record(mirror.key, reached);
    const text = parseNote(reached.note, MAX_NOTE_SIGNATURES).text;
    const note = `${logSigned(reached.note, text)}${this.#cosigner.cosign(text, seconds(this.clock))}\n`;
    const fresh = await witnesses.keepCosignature(this.ownId, note);
    const { receipt, exceptions } = await this.#receipt(mirror);
    if (!fresh && receipt === followed.news.receipt) return;
    followed.news = { version: followed.news.version + 1, cosignature: note, receipt, exceptions };
    followed.revision += 1;
  }

  /** What could not be had on the last connection may be had on this one. */
  async #wantAgain(session: Session, mirror: Mirror): Promise<void> {
    await mirror.refreshLacking();
    await this.#wantSmallEnough(mirror);
    session.plan();
  }

  /** Photographs and ordinary reports come by themselves; what is larger comes when somebody wants it. */
  async #wantSmallEnough(mirror: Mirror): Promise<void> {
    if (mirror.store.head.missing === 0) return;
    for (const { index, part, held, chunks } of await mirror.missingLarge(AUTO_FETCH_MAX, AUTO_FETCH_COUNT)) {
      const key = `${mirror.key}/${index}/${part}`;
      if (!this.#chunkWants.has(key) && !this.#refusedWants.has(key)) this.wantPart(mirror, index, part, held, chunks);
    }
  }

  async #receipt(mirror: Mirror): Promise<Pick<News, "receipt" | "exceptions">> {
    const { reached } = mirror;
    if (reached === undefined) return { receipt: undefined, exceptions: [] };
    const exceptions = mirror.store.head.missing === 0 ? [] : await mirror.missing(0, EXCEPTIONS_MAX);
    const text = formatReceipt({
      reader: fromHex(this.ownId),
      log: mirror.store.id,
      epoch: mirror.store.epoch,
      size: reached.size,
      root: reached.root,
      exceptions: mirror.store.head.missing,
    });
    return { receipt: `${text}\n${this.#nodeSigner.sign(text)}\n`, exceptions };
  }

  #newsFor(session: Session, id: string | undefined): Pick<PullRequest, "cosignatures" | "receipts"> {
    const sent = this.#newsSent.get(session) ?? new Map<string, number>();
    this.#newsSent.set(session, sent);
    const cosignatures: PullRequest["cosignatures"][number][] = [];
    const receipts: PullRequest["receipts"][number][] = [];
    for (const { mirror, news } of this.#wantedFrom(id)) {
      if (news.version === 0 || (sent.get(mirror.key) ?? 0) >= news.version) continue;
      sent.set(mirror.key, news.version);
      if (news.cosignature !== undefined)
        cosignatures.push({ id: mirror.store.id, epoch: mirror.store.epoch, note: news.cosignature });
      if (news.receipt !== undefined) receipts.push({ note: news.receipt, exceptions: news.exceptions });
    }
    return { cosignatures, receipts };
  }

  async #takeLines(followed: Followed, noteText: string, lines: readonly string[]): Promise<void> {
    const { text } = parseNote(noteText, MAX_NOTE_SIGNATURES);
    for (const line of lines) {
      const peer = this.trust.peers().find((one) => line.startsWith(`— ${one.name}/witness `));
      if (peer === undefined) continue;
      const note = `${logSigned(noteText, text)}${line}\n`;
      if (this.#verifiedBy(peer, note) === undefined) continue;
      if (await followed.witnesses.keepCosignature(peer.id, note)) followed.revision += 1;
    }
  }

  #verifiedBy(peer: Peer, note: string): ReturnType<typeof verifyCosignedNote> | undefined {
    try {
      return verifyCosignedNote(this.init.crypto, note, lastCharter(peer.chain).witness);
    } catch (error) {
      if (error instanceof FormatError) return undefined;
      throw error;
    }
  }

  async #takeCosignature(peer: Peer, note: string): Promise<void> {
    const cosigned = this.#verifiedBy(peer, note);
    const { store } = this.ownLog;
    // Without our own signature under it, it is a peer's word about what we never signed.
    if (cosigned === undefined || !this.#isOurs(note)) return;
    if (!(await this.#agrees(cosigned.size, cosigned.root))) {
      await this.#report({
        peer: peer.name,
        size: cosigned.size,
        agrees: cosigned.size > store.head.size,
        admitted: true,
      });
      return;
    }
    if (await this.ownWitnesses.keepCosignature(peer.id, note)) this.#changed();
  }

  async #takeReceipt(peer: Peer, note: string): Promise<void> {
    try {
      const receipt = openReceipt(note, peer.chain, this.init.crypto);
      const ours = toHex(receipt.log) === this.ownId && receipt.epoch === this.ownLog.store.epoch;
      if (!ours || toHex(receipt.reader) !== peer.id || !(await this.#agrees(receipt.size, receipt.root))) return;
      if (await this.ownWitnesses.keepReceipt(peer.id, receipt, note)) this.#changed();
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      this.log.warn({ peer: peer.name, reason: error.message }, "a receipt was not taken");
    }
  }

  async #agrees(size: number, root: Uint8Array): Promise<boolean> {
    const { store } = this.ownLog;
    return size <= store.head.size && equalBytes(await store.rootAt(size), root);
  }

  #chunkArrived(mirror: Mirror, want: ChunkRequest, held: number): void {
    const key = `${mirror.key}/${want.index}/${want.part}`;
    const left = (this.#chunkWants.get(key) ?? []).filter((other) => other.chunk >= held);
    if (left.length > 0) this.#chunkWants.set(key, left);
    else this.#chunkWants.delete(key);
    this.#changed();
  }

  // Charters

  async #learnChain(id: string, chain: Chain): Promise<void> {
    const outcome = await this.trust.learnChain(id, chain);
    if (outcome === "undecided")
      this.log.warn({ peer: this.#nameOf(id) }, "two valid charters of one serial; the chain held stays");
    if (outcome !== "adopted") return;
    const peer = this.trust.get(id);
    if (peer === undefined) return;
    for (const { mirror } of this.#followed.values()) if (toHex(mirror.store.id) === id) mirror.adopt(peer.chain);
    await this.#openMirror(peer);
  }

  async #extendChain(peer: Peer, shown: readonly ChainEntry[]): Promise<void> {
    const held = peer.chain.entries.map(({ epoch, index, note }) => ({ epoch, index, note }));
    const checked = checkChain([...held, ...shown], this.init.crypto);
    if (checked.ok) await this.#learnChain(peer.id, checked.chain);
  }

  #chainOf(id: string): Chain | undefined {
    return id === this.ownId ? this.#ownChain : this.trust.get(id)?.chain;
  }

  // Serving

  #access(id: string): LogAccess | undefined {
    if (id === this.ownId) return { owner: id, followers: this.#ownFollowers };
    // A mirror is given back to its owner, who may have lost it; this version relays it to nobody else.
    return this.trust.get(id) === undefined ? undefined : { owner: id, followers: NOBODY };
  }

  #servedLog(id: string, epoch: number): ServedLog | undefined {
    const access = this.#access(id);
    if (access === undefined) return undefined;
    if (id === this.ownId && epoch === this.ownLog.store.epoch) {
      return {
        ...access,
        size: this.ownLog.announced.size,
        revision: this.#ownRevision,
        charters: this.#ownChain.entries.length,
      };
    }
    const followed = this.#followed.get(`${id}/${epoch}`);
    if (followed === undefined) return undefined;
    const { mirror, revision } = followed;
    return { ...access, size: mirror.reached?.size ?? 0, revision, charters: mirror.chain.entries.length };
  }

  #source(id: Uint8Array, epoch: number): LogSource | undefined {
    const text = toHex(id);
    const access = this.#access(text);
    if (access === undefined) return undefined;
    const { announced, store } = this.ownLog;
    if (text === this.ownId) {
      if (epoch !== store.epoch) return undefined;
      return {
        id,
        epoch,
        store,
        size: announced.size,
        checkpoint: announced.checkpoint,
        access,
        members: (audience) => this.ownAudiences.members(audience),
        cosignatures: () => this.#ownLines(announced),
      };
    }
    const followed = this.#followed.get(logText(id, epoch));
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
      members: async (audience) => (await mirror.audiences.get(mirror.chain, audience)).members,
      cosignatures: () => witnesses.linesFor(reached.size, reached.root, text),
    };
  }

  /** The owner's own cosignature of its head first: it tells silence from withholding. */
  #ownLines(head: {
    readonly size: number;
    readonly root: Uint8Array;
    readonly checkpoint: string;
  }): readonly string[] {
    if (head.size === 0 || !this.ready) return [];
    const { text } = parseNote(head.checkpoint, MAX_NOTE_SIGNATURES);
    const own = this.#cosigner.cosign(text, seconds(this.clock));
    return [own, ...this.ownWitnesses.linesFor(head.size, head.root, this.ownId)].slice(0, MAX_NOTE_SIGNATURES - 1);
  }

  #renewOwnCosignature(): void {
    if (this.#stopped) return;
    this.clock.after(OWN_COSIGNATURE_MS, () => {
      this.#ownRevision += 1;
      this.#grown();
      this.#renewOwnCosignature();
    });
  }

  #ownGrew(): void {
    this.#ownRevision += 1;
    this.#grown();
    this.#changed();
  }

  #grown(): void {
    for (const session of this.#sessions) session.grown();
  }

  // How far our own log was

  /** SPEC: a checkpoint of our own log beyond our store, validly signed, is heeded even from a stranger. */
  async #heedHeld(hello: Hello, name: string, admitted: boolean): Promise<void> {
    if (hello.held === undefined) return;
    const { store } = this.ownLog;
    if (hello.held === null) {
      await this.#report({ peer: name, size: 0, agrees: true, admitted });
      return;
    }
    try {
      if (!this.#isOurs(hello.held)) return;
      const checkpoint = parseCheckpoint(parseNote(hello.held, MAX_NOTE_SIGNATURES).text);
      const agrees = checkpoint.size <= store.head.size ? await this.#agrees(checkpoint.size, checkpoint.root) : true;
      await this.#report({ peer: name, size: checkpoint.size, agrees, admitted });
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
    }
  }

  /** Whether a note is a checkpoint of our log that our log key signed. Throws `FormatError`. */
  #isOurs(noteText: string): boolean {
    const { epoch } = this.ownLog.store;
    const note = parseNote(noteText, MAX_NOTE_SIGNATURES);
    const checkpoint = parseCheckpoint(note.text);
    if (checkpoint.origin !== origin(this.ownName, epoch)) return false;
    const charter = charterInForce(this.#ownChain, epoch, checkpoint.size);
    return charter !== undefined && verifiedLogSignature(this.init.crypto, note, charter.log);
  }

  async #report(report: {
    readonly peer: string;
    readonly size: number;
    readonly agrees: boolean;
    readonly admitted: boolean;
  }): Promise<void> {
    const { store, key } = this.ownLog;
    // Only what admitted peers say counts towards readiness; what anybody proves counts against it.
    if (!report.admitted && report.agrees && report.size <= store.head.size) return;
    const before = this.#settlement;
    const fileSize = this.init.heads.get(key)?.size ?? 0;
    this.#settlement = settle(before, { ...report, storeSize: store.head.size, fileSize });
    if (this.#settlement === before) return;
    if (this.#settlement.state === "held")
      this.log.error({ reason: this.#settlement.reason }, "nothing is signed until a person decides");
    if (this.#settlement.state === "recovering" && this.#recovery === undefined) this.#recover();
    if (before.state !== "ready" && this.#settlement.state === "ready") await this.#becomeReady();
    this.#changed();
  }

  /** The store was put back from a backup: our own entries come back from those who hold them. */
  #recover(): void {
    const { store } = this.ownLog;
    this.log.warn({ size: store.head.size }, "the store was restored; taking our own entries back from peers");
    this.#recovery = new Mirror({
      disk: this.init.disk,
      store,
      parts: this.parts,
      crypto: this.init.crypto,
      audiences: OWNER_READS_ALL,
      name: this.ownName,
      chain: this.#ownChain,
      floor: undefined,
      onChain: (chain) => {
        this.#ownChain = chain;
        return Promise.resolve();
      },
      onStored: (mirror) => this.#stored(mirror),
      onAlarm: (text) => this.log.warn({ alarm: text }, "alarm"),
      onFailed: (error) => this.#broken(error),
    });
    for (const session of this.#sessions) session.plan();
  }

  #recoveryEntry(mirror: Mirror): Followed {
    return {
      mirror,
      witnesses: this.ownWitnesses,
      revision: 0,
      news: { version: 0, cosignature: undefined, receipt: undefined, exceptions: [] },
      busy: 0,
      work: Promise.resolve(),
    };
  }

  async #recoveredSome(): Promise<void> {
    const { store, key } = this.ownLog;
    const file = this.init.heads.get(key);
    if (file !== undefined && store.head.size >= file.size && !(await this.#agrees(file.size, file.root))) {
      this.#settlement = {
        state: "held",
        reason: "the entries taken back from peers do not lead to the root in the heads file",
      };
    } else {
      this.#settlement = recovered(this.#settlement, store.head.size);
    }
    if (this.#settlement.state !== "recovering") this.#recovery = undefined;
    this.#ownFollowers = await readFollowers(store);
    if (this.ready) await this.#becomeReady();
    for (const session of this.#sessions) session.plan();
    this.#changed();
  }

  async #becomeReady(): Promise<void> {
    await this.ownLog.reannounce();
    for (const followed of this.#followed.values()) {
      await this.#cosign(followed);
      this.#replan(followed.mirror);
    }
    for (const action of this.#onReady.splice(0)) await action();
    await this.publishFollowers();
  }

  /** Two nodes running with the same keys are told so by their peers. */
  #checkStarts(hello: Hello, peer: string): void {
    const { seen } = hello;
    if (seen === undefined || equalBytes(seen.instance, this.#instance) || seen.starts < this.init.heads.starts) return;
    const text = `${peer} has seen start ${seen.starts} of this node's keys, and this is start ${this.init.heads.starts}: another node runs with them, or keys were put back from a backup`;
    if (this.#reports.has(text)) return;
    this.#reports.add(text);
    this.#startsSeen = Math.max(this.#startsSeen, seen.starts);
    this.#settlement = { state: "held", reason: text };
    this.log.error({ reason: text }, "nothing is signed until a person decides");
  }

  #clone(peerKey: Uint8Array, address: string): Judgement {
    // Our charters are no secret: only who proves our node key runs with our keys.
    if (!equalBytes(peerKey, this.init.keys.node.publicKey))
      return { kind: "pending", reason: "it shows this node's own charters and does not hold its key" };
    this.#settlement = {
      state: "held",
      reason: `a node at ${address} shows this node's own charters: another node runs with the same keys`,
    };
    return { kind: "pending", reason: "that is this node's own identity" };
  }

  #broken(error: unknown): void {
    this.log.error(
      { error: String(error), stack: error instanceof Error ? error.stack : undefined },
      "the node cannot go on",
    );
    this.#fail(error instanceof Error ? error : new Error(String(error)));
  }

  #nameOf(id: string | undefined): string | undefined {
    return id === undefined ? undefined : (this.trust.get(id)?.name ?? id.slice(0, 8));
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** The checkpoint note with the log's signature line alone, to which a cosignature line is added. */
function logSigned(note: string, text: string): string {
  const [line = ""] = note.slice(text.length + 1).split("\n");
  return `${text}\n${line}\n`;
}

function verifiedLogSignature(
  crypto: BatchCrypto,
  note: ReturnType<typeof parseNote>,
  logKey: Chain["entries"][number]["charter"]["log"],
): boolean {
  const signature = note.signatures.find((one) => one.name === logKey.name && one.keyId === logKey.keyId);
  return (
    signature !== undefined && crypto.verify(logKey.publicKey, new TextEncoder().encode(note.text), signature.signature)
  );
}

/** Charters from serial 0 on, as many as let a hello stay under 64 KiB. */
function fittingHello(entries: readonly ChainEntry[]): readonly ChainEntry[] {
  let bytes = HELLO_RESERVE;
  const count = entries.findIndex((entry) => {
    bytes += new TextEncoder().encode(entry.note).length + 16;
    return bytes > HELLO_MAX;
  });
  return count < 0 ? entries : entries.slice(0, Math.max(1, count));
}

const HELLO_MAX = 65_536;
const HELLO_RESERVE = 4_096;

async function readOwnChain(store: LogStore, crypto: BatchCrypto): Promise<Chain> {
  const entries: ChainEntry[] = [];
  for await (const { index, leaf } of store.controlLeaves()) {
    const reading = readLeaf(leaf);
    if (reading.status === "known" && reading.leaf.kind === "charter")
      entries.push({ epoch: store.epoch, index, note: reading.leaf.note });
  }
  const checked = checkChain(entries, crypto);
  if (!checked.ok) throw new Error(`our own charters are not valid: ${checked.code}`);
  return checked.chain;
}

/** Ids in the followers leaf in force. */
async function readFollowers(store: LogStore): Promise<ReadonlySet<string>> {
  const { followers } = store.head;
  const leaf = followers < 0 ? undefined : await store.controlLeaf(followers);
  const reading = leaf === undefined ? undefined : readLeaf(leaf);
  if (reading?.status !== "known" || reading.leaf.kind !== "followers") return new Set();
  return new Set(reading.leaf.ids.map(toHex));
}

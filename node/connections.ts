import { equalBytes, toHex } from "../protocol/bytes.ts";
import { lastCharter } from "../protocol/charter-chain.ts";
import { type Clock, type Random, seconds } from "./clock.ts";
import { CONNECTIONS_PER_KEY_MAX, RENEW_MS, SILENCE_MS, STRANGERS_MAX } from "./limits.ts";
import type { Logger } from "./logger.ts";
import { oneLine } from "./one-line.ts";
import { type EndCode, Session, type SessionHost } from "./session.ts";
import { type DialTarget, Supervisor } from "./supervisor.ts";
import { type Connection, type Transport, TransportError } from "./transport.ts";
import type { TrustStore } from "./trust.ts";

export type ConnectionsInit = {
  readonly clock: Clock;
  readonly random: Random;
  readonly transport: Transport;
  readonly trust: TrustStore;
  readonly log: Logger;
  /** Our own. */
  readonly nodeKey: Uint8Array;
  readonly host: SessionHost;
  readonly changed: () => void;
};

/** Who is connected: sessions over the transport's connections, one to each peer, and a few strangers. */
export class Connections {
  readonly #init: ConnectionsInit;
  readonly #supervisor: Supervisor;
  readonly #sessions = new Set<Session>();
  readonly #greetingAnew = new WeakSet<Session>();
  /** Calls off the end that each is to have when it is old. */
  readonly #renewals = new Map<Session, () => void>();
  /** Why there is no connection, by id. */
  readonly #unreachable = new Map<string, string>();
  /** Since when a peer does not admit us, in milliseconds since 1970, by id. */
  readonly #refusedSince = new Map<string, number>();
  /** When the last connection that a peer had made ended, in milliseconds since 1970, by id. */
  readonly #inboundEnded = new Map<string, number>();
  #stopped = false;

  constructor(init: ConnectionsInit) {
    this.#init = init;
    const { clock, random, trust, log } = init;
    this.#supervisor = new Supervisor({
      clock,
      random,
      target: (id) => this.#target(id),
      isConnected: (id) => this.sessionsOf(id).length > 0,
      dial: (address, nodeKey, signal) => this.#dial(address, nodeKey, signal),
      onUnreachable: (id, code, reason) => {
        this.#unreachable.set(id, oneLine(reason));
        log.debug({ peer: trust.nameOf(id), code, reason }, "peer not reached");
      },
    });
  }

  /** Listens, and connects to every peer. */
  async start(): Promise<void> {
    const { transport, trust } = this.#init;
    await transport.start({
      onConnection: (connection) => this.#connected(connection),
      onStream: (stream) => {
        this.#sessionOf(stream.connection)?.accept(stream);
      },
      onDisconnect: (connection) => {
        this.#sessionOf(connection)
          ?.close("CONNECTION_ENDED", "the connection ended")
          .catch(() => undefined);
      },
    });
    for (const peer of trust.peers()) this.#supervisor.watch(peer.id);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#supervisor.stop();
    await Promise.all([...this.#sessions].map((session) => session.close("NODE_STOPS", "this node stops")));
    await this.#init.transport.stop();
  }

  sessionsOf(id: string): readonly Session[] {
    return [...this.#sessions].filter((session) => !session.closed && this.#peerOf(session) === id);
  }

  unreachableReason(id: string): string | undefined {
    return this.#unreachable.get(id);
  }

  /** Since when the peer is reached and does not admit us, in milliseconds since 1970, as far as this process has seen. */
  refusedSince(id: string): number | undefined {
    const open = this.sessionsOf(id).find((session) => session.refusedByPeer);
    return this.#refusedSince.get(id) ?? open?.openedAt;
  }

  /** When a connection that the peer made was last open, in milliseconds since 1970: it can reach us. */
  lastInbound(id: string): number | undefined {
    const isOpen = this.sessionsOf(id).some((session) => isInboundOf(session, id));
    return isOpen ? this.#init.clock.now() : this.#inboundEnded.get(id);
  }

  /** Keeps a connection to the peer from now on, over the addresses that it has at the time. */
  watch(id: string): void {
    this.#supervisor.watch(id);
  }

  /** There is reason to try the peer again soon. */
  contact(id: string): void {
    this.#supervisor.contact(id);
  }

  /** Keeps no connection to the peer any more; one that is open stays. */
  forget(id: string): void {
    this.#supervisor.forget(id);
    this.#inboundEnded.delete(id);
    this.#refusedSince.delete(id);
  }

  /** Whoever holds this node key is trusted now: what it was told as a stranger no longer holds. */
  async greetAnew(nodeKey: Uint8Array): Promise<void> {
    for (const session of this.#sessions)
      if (equalBytes(session.connection.peerKey, nodeKey))
        await session.close("GREETING_ANEW", "trust was given; greeting anew");
  }

  /** What peers were told and told us is told anew. */
  async greetAllAnew(reason: string): Promise<void> {
    for (const session of this.#sessions) {
      if (session.peer !== undefined) await this.#greetAgain(session, reason);
    }
  }

  /** The peer has another node key now: who speaks with the one before is not it. */
  async dropReplacedKeys(id: string, nodeKey: Uint8Array): Promise<void> {
    for (const session of this.sessionsOf(id))
      if (!equalBytes(session.connection.peerKey, nodeKey))
        await session.close("KEY_REPLACED", "its node key was replaced");
  }

  /** The session's peer proved to be this one. */
  admitted(session: Session, id: string): void {
    this.#unreachable.delete(id);
    this.#dropTwin(session, id);
  }

  /** The session has ended. */
  closed(session: Session, code: EndCode, reason: string): void {
    const { clock, trust, log, changed } = this.#init;
    this.#sessions.delete(session);
    this.#renewals.get(session)?.();
    this.#renewals.delete(session);
    const id = this.#peerOf(session);
    log.info({ peer: trust.nameOf(id), code, reason }, "session ended");
    const peer = id === undefined ? undefined : trust.get(id);
    if (peer !== undefined) this.#noteRefusal(peer.id, session);
    if (peer !== undefined && isInboundOf(session, peer.id)) this.#inboundEnded.set(peer.id, clock.now());
    if (peer !== undefined && session.instance !== undefined) {
      // When it was last heard of is for people; where the store is closing already, that it is lost costs nothing.
      trust.touch(peer.id, seconds(clock), session.instance, peer.starts).catch(() => undefined);
    }
    if (id !== undefined && this.sessionsOf(id).length === 0) {
      this.#unreachable.set(id, oneLine(reason));
      // What we end to begin it anew was no bad line.
      this.#supervisor.lost(id, this.#greetingAnew.has(session) ? Infinity : clock.now() - session.openedAt);
    }
    changed();
  }

  /** A stranger has a minute: of the connections on which it said the same, the first counts. */
  #noteRefusal(id: string, session: Session): void {
    if (session.following) this.#refusedSince.delete(id);
    else if (session.refusedByPeer && !this.#refusedSince.has(id)) this.#refusedSince.set(id, session.openedAt);
  }

  /** Something that we serve grew. */
  grown(): void {
    for (const session of this.#sessions) session.grown();
  }

  /** There may be something to ask from anybody. */
  planAll(): void {
    for (const session of this.#sessions) session.plan();
  }

  /** There may be something to ask from this peer. */
  plan(id: string): void {
    for (const session of this.sessionsOf(id)) session.plan();
  }

  /**
   * The peer may have another node key since we heard of it last: then whoever answers at its address is greeted, as a
   * stranger who calls is, and is the peer if the charters that he shows say so. Until then the attempt has failed.
   */
  async #dial(address: string, nodeKey: Uint8Array, signal: AbortSignal): Promise<void> {
    const { transport } = this.#init;
    try {
      await transport.dial(address, nodeKey, signal);
    } catch (error) {
      if (error instanceof TransportError && error.code === "WRONG_PEER")
        await transport.dial(address, undefined, signal);
      throw error;
    }
  }

  #connected(connection: Connection): void {
    // An address of a peer that leads to ourselves is no second node with our keys.
    const isOwn = connection.direction === "outbound" && equalBytes(connection.peerKey, this.#init.nodeKey);
    if (this.#stopped || isOwn) {
      connection.close().catch(() => undefined);
      return;
    }
    const session = new Session(this.#init.host, connection);
    this.#sessions.add(session);
    this.#renewLater(session);
    const alike = [...this.#sessions].filter((other) => equalBytes(other.connection.peerKey, connection.peerKey));
    if (alike.length > CONNECTIONS_PER_KEY_MAX)
      alike[0]?.close("TOO_MANY", "too many connections").catch(() => undefined);
    // Who calls and is unknown may greet; nothing is asked of him before he is admitted.
    const isKnown = this.#init.trust.identify(connection.peerKey) !== undefined;
    if (connection.direction === "outbound" || isKnown) session.ask();
    if (!isKnown) this.#receiveStranger(session);
  }

  /** Who called calls again; whoever was called leaves it time for that. */
  #renewLater(session: Session): void {
    const ms = session.connection.direction === "outbound" ? RENEW_MS : RENEW_MS + SILENCE_MS;
    const renew = (): void => {
      this.#greetAgain(session, "the connection is a day old; greeting anew with new keys").catch(() => undefined);
    };
    this.#renewals.set(session, this.#init.clock.after(ms, renew));
  }

  async #greetAgain(session: Session, reason: string): Promise<void> {
    this.#greetingAnew.add(session);
    await session.close("GREETING_ANEW", reason);
  }

  /** A stranger holds a connection for a minute, and thirty-two of them at a time; then the oldest gives way. */
  #receiveStranger(session: Session): void {
    this.#init.clock.after(SILENCE_MS, () => {
      if (session.peer === undefined) session.close("STRANGER", "a stranger had his minute").catch(() => undefined);
    });
    const strangers = [...this.#sessions].filter(
      ({ connection }) => this.#init.trust.identify(connection.peerKey) === undefined,
    );
    if (strangers.length > STRANGERS_MAX) strangers[0]?.close("STRANGER", "too many strangers").catch(() => undefined);
  }

  /** Whom it proved to be, also where its key was replaced since; else whose key it has. */
  #peerOf(session: Session): string | undefined {
    return session.peer ?? this.#init.trust.identify(session.connection.peerKey);
  }

  #sessionOf(connection: Connection): Session | undefined {
    for (const session of this.#sessions) if (session.connection === connection) return session;
    return undefined;
  }

  /** Two connections to one peer: both ends keep the one that the smaller node key dialled, or the newer of two alike. */
  #dropTwin(session: Session, id: string): void {
    const smaller = toHex(this.#init.nodeKey) < session.peerKeyText ? "outbound" : "inbound";
    if (session.closed) return;
    for (const other of this.sessionsOf(id)) {
      if (other === session || other.peer === undefined) continue;
      // Another process speaks for the peer now: what its predecessor left open is dead, whoever dialled.
      const reborn = other.instance !== session.instance;
      const keepNew =
        reborn ||
        other.connection.direction === session.connection.direction ||
        session.connection.direction === smaller;
      const dropped = keepNew ? other : session;
      dropped.close("TWIN", "another connection to this peer is kept").catch(() => undefined);
      if (!keepNew) return;
    }
  }

  #target(id: string): DialTarget | undefined {
    const peer = this.#init.trust.get(id);
    return peer === undefined
      ? undefined
      : { id, addresses: peer.addresses, nodeKey: lastCharter(peer.chain).node.publicKey };
  }
}

/** Made by the peer, who proved that it is the one. */
function isInboundOf({ connection, peer }: Session, id: string): boolean {
  return connection.direction === "inbound" && peer === id;
}

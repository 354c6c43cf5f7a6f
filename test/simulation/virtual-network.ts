import { toHex } from "../../protocol/bytes.ts";
import { TransportError } from "../../node/transport.ts";
import type { Prng } from "./prng.ts";
import type { Timeline } from "./virtual-clock.ts";
import { VirtualEnd } from "./virtual-connection.ts";
import { type Byzantine, type Link, Pipe, type Segment } from "./virtual-pipe.ts";
import { VirtualTransport } from "./virtual-transport.ts";

/** Pause between two attempts to get through a line that lets nothing pass. */
const RETRY_MS = 1000;
/** No line is faster. */
const LATENCY_MIN_MS = 1;
/** A line as it should be. */
const WELL: Link = { latencyMs: [LATENCY_MIN_MS, 20], blocked: false, byzantine: undefined };
/** How often an attempt fails for no reason. */
const DIAL_FAILURE = 0.05;

export type NetworkInit = {
  readonly timeline: Timeline;
  readonly prng: Prng;
  /** Every frame that a node sends, before anything happens to it. */
  readonly onFrame: (from: string, to: string, frame: Uint8Array) => void;
};

/** Both ends of a connection, the ways between them, and who is at each end. */
type Line = {
  readonly ends: readonly [VirtualEnd, VirtualEnd];
  readonly ways: readonly [Pipe, Pipe];
  readonly nodes: readonly [string, string];
};

/** All lines between the nodes. Addresses are names of authorities. */
export class VirtualNetwork {
  readonly #init: NetworkInit;
  readonly #ports = new Map<string, VirtualTransport>();
  readonly #links = new Map<string, Link>();
  readonly #lines = new Set<Line>();
  /** Links that were ever hostile. */
  readonly #hostile = new Set<Link>();

  constructor(init: NetworkInit) {
    this.#init = init;
  }

  /** A node's access to the network for one life of it. */
  transport(name: string, key: Uint8Array): VirtualTransport {
    return new VirtualTransport(this, name, key);
  }

  link(from: string, to: string): Link {
    const name = `${from}>${to}`;
    const link = this.#links.get(name) ?? { ...WELL };
    this.#links.set(name, link);
    return link;
  }

  setBlocked(from: string, to: string, blocked: boolean): void {
    this.link(from, to).blocked = blocked;
    if (!blocked)
      for (const { ways } of this.#lines) for (const way of ways) if (way.link === this.link(from, to)) way.pump();
  }

  /** Ends every connection between two nodes: both ends learn of it, or neither until it misses an answer. */
  cut(a: string, b: string, silently: boolean): void {
    for (const line of this.#lines) if (line.nodes.includes(a) && line.nodes.includes(b)) this.#cutLine(line, silently);
  }

  makeHostile(from: string, to: string, byzantine: Byzantine): void {
    const link = this.link(from, to);
    link.byzantine = byzantine;
    this.#hostile.add(link);
  }

  wasHostile(a: string, b: string): boolean {
    return this.#hostile.has(this.link(a, b)) || this.#hostile.has(this.link(b, a));
  }

  /** The line does what lines do again. What it did is noticed at once, as by Noise: its connections are reset. */
  endHostility(from: string, to: string): void {
    const link = this.link(from, to);
    link.byzantine = undefined;
    for (const line of this.#lines)
      if (line.ways.some((way) => way.link === link && way.tainted)) this.#cutLine(line, false);
  }

  /** All is well again. What a hostile line touched is reset. */
  heal(): void {
    for (const link of this.#links.values()) Object.assign(link, WELL);
    for (const line of this.#lines) {
      if (line.ways.some((way) => way.tainted)) this.#cutLine(line, false);
      for (const way of line.ways) way.pump();
    }
  }

  // For the transports

  listen(transport: VirtualTransport): void {
    this.#ports.set(transport.name, transport);
  }

  /** The node stops or is no more; `silently`: its peers are not told. */
  leave(transport: VirtualTransport, silently: boolean): void {
    if (this.#ports.get(transport.name) === transport) this.#ports.delete(transport.name);
    for (const line of this.#lines) {
      const place = line.ends.findIndex((end) => transport.owns(end));
      if (place < 0) continue;
      const far = line.ends[1 - place];
      const tell = (): void => {
        this.#init.timeline.after(this.#init.prng.between(0, 50), () => far?.gone(reset()));
      };
      // Once the machine is up again, it refuses what comes for a connection that it does not know.
      for (const way of line.ways) way.cut(() => this.#ports.has(transport.name) && tell());
      line.ends[place]?.vanish();
      if (!silently) tell();
    }
  }

  async dial(
    from: VirtualTransport,
    to: string,
    peerKey: Uint8Array | undefined,
    signal: AbortSignal,
  ): Promise<VirtualEnd> {
    const { timeline, prng } = this.#init;
    const ways = [this.link(from.name, to), this.link(to, from.name)];
    await timeline.wait(prng.between(1, 60));
    while (ways.some((way) => way.blocked) && !signal.aborted) await timeline.wait(RETRY_MS);
    if (from.isGone) return new Promise(() => undefined);
    const target = this.#ports.get(to);
    if (signal.aborted || target === undefined || prng.chance(DIAL_FAILURE))
      throw new TransportError("DIAL_FAILED", `no connection to ${to}`);
    if (peerKey !== undefined && toHex(target.key) !== toHex(peerKey))
      throw new TransportError("WRONG_PEER", `another node answers at ${to}`);
    const line = this.#connect(from, target);
    await this.#announce(line);
    return line.ends[0];
  }

  /** Both ends learn of the connection before anything comes over it, in either order. */
  async #announce({ ends: [outbound, inbound] }: Line): Promise<void> {
    const { timeline, prng } = this.#init;
    timeline.after(prng.between(0, LATENCY_MIN_MS), () => inbound.announce());
    await timeline.wait(prng.between(0, LATENCY_MIN_MS));
    outbound.announce();
  }

  #connect(from: VirtualTransport, to: VirtualTransport): Line {
    const there = this.#pipe(from.name, to.name, (segment) => line.ends[1].arrive(segment));
    const back = this.#pipe(to.name, from.name, (segment) => line.ends[0].arrive(segment));
    const onGone = (): void => {
      if (line.ends.every((end) => !end.isOpen)) this.#lines.delete(line);
    };
    const outbound = new VirtualEnd({ direction: "outbound", ...from.towards(to), out: there, onGone });
    const inbound = new VirtualEnd({ direction: "inbound", ...to.towards(from), out: back, onGone });
    const line: Line = { ends: [outbound, inbound], ways: [there, back], nodes: [from.name, to.name] };
    this.#lines.add(line);
    from.take(outbound);
    to.take(inbound);
    return line;
  }

  #pipe(from: string, to: string, deliver: (segment: Segment) => void): Pipe {
    const { timeline, prng, onFrame } = this.#init;
    return new Pipe({
      timeline,
      prng,
      link: this.link(from, to),
      onFrame: (frame) => onFrame(from, to, frame),
      deliver,
    });
  }

  #cutLine(line: Line, silently: boolean): void {
    for (const way of line.ways) way.cut(() => undefined);
    if (silently) return;
    for (const end of line.ends) this.#init.timeline.after(this.#init.prng.between(0, 100), () => end.gone(reset()));
  }
}

function reset(): TransportError {
  return new TransportError("STREAM_RESET", "the connection was reset");
}

import type { Connection, Transport, TransportHandlers } from "../../node/transport.ts";
import type { EndInit, VirtualEnd } from "./virtual-connection.ts";
import type { VirtualNetwork } from "./virtual-network.ts";

/** The network as one life of one node uses it. */
export class VirtualTransport implements Transport {
  readonly name: string;
  readonly key: Uint8Array;
  readonly #network: VirtualNetwork;
  readonly #ends = new Set<VirtualEnd>();
  #handlers: TransportHandlers | undefined;
  #gone = false;

  constructor(network: VirtualNetwork, name: string, key: Uint8Array) {
    this.#network = network;
    this.name = name;
    this.key = key;
  }

  get isGone(): boolean {
    return this.#gone;
  }

  start(handlers: TransportHandlers): Promise<void> {
    this.#handlers = handlers;
    this.#network.listen(this);
    return Promise.resolve();
  }

  async dial(address: string, peerKey: Uint8Array | undefined, signal: AbortSignal): Promise<Connection> {
    return this.#network.dial(this, address, peerKey, signal);
  }

  addresses(): readonly string[] {
    return [this.name];
  }

  stop(): Promise<void> {
    this.vanish(false);
    return Promise.resolve();
  }

  /** The node is no more. */
  vanish(silently: boolean): void {
    this.#gone = true;
    this.#network.leave(this, silently);
  }

  /** What this node knows of a connection to another. */
  towards(other: VirtualTransport): Pick<EndInit, "peerKey" | "remoteAddress" | "handlers"> {
    if (this.#handlers === undefined) throw new Error("the transport was not started");
    return { peerKey: other.key, remoteAddress: other.name, handlers: this.#handlers };
  }

  take(end: VirtualEnd): void {
    this.#ends.add(end);
  }

  owns(end: VirtualEnd): boolean {
    return this.#ends.has(end);
  }
}

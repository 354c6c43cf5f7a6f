import { toHex } from "../../protocol/bytes.ts";
import { makeAuthority } from "../simulation/authority.ts";
import { prepare } from "../simulation/prepare.ts";
import { Prng } from "../simulation/prng.ts";
import { SimNode } from "../simulation/sim-node.ts";
import { Trace } from "../simulation/trace.ts";
import { Timeline, VirtualClock } from "../simulation/virtual-clock.ts";
import { VirtualNetwork } from "../simulation/virtual-network.ts";
import { heldBytes } from "./figure.ts";
import type { Meter } from "./meter.ts";

export type Mesh = {
  readonly timeline: Timeline;
  readonly prng: Prng;
  readonly nodes: readonly SimNode[];
  readonly network: VirtualNetwork;
  /** What the process held before there were nodes, in bytes. */
  readonly before: number;
};

/**
 * Whole cores over a virtual network with lines of 1 to 20 ms on which nothing goes wrong but one dial in twenty. One
 * authority of each country is its contact point: those all trust each other. The others trust those of their country.
 */
export async function makeMesh(count: number, countries: number, meter: Meter): Promise<Mesh> {
  const prng = new Prng(`scale ${count} ${countries}`);
  const timeline = new Timeline();
  const trace = new Trace(timeline, undefined);
  const network = new VirtualNetwork({
    timeline,
    prng: prng.fork("network"),
    onFrame: (from, to, frame) => meter.onFrame(from, to, frame),
  });
  const authorities = Array.from({ length: count }, (_, at) =>
    makeAuthority(`m${at}.example`, prng.fork(`keys ${at}`)),
  );
  const before = heldBytes();
  const nodes = authorities.map(
    (authority) =>
      new SimNode({
        authority,
        slowness: 1,
        timeline,
        network,
        prng: prng.fork(authority.name),
        trace,
        onWrite: () => undefined,
        onDown: () => undefined,
        onFault(node, what) {
          throw new Error(`${node.name}: ${what}`);
        },
        onAlarm(node, what) {
          throw new Error(`${node.name} raises an alarm: ${what}`);
        },
        onSessionEnd: () => undefined,
      }),
  );
  for (const [at, { authority, drive }] of nodes.entries()) {
    const circle = circleOf(at, count, countries).flatMap((place) => authorities[place] ?? []);
    await prepare(drive, authority, circle, new VirtualClock(timeline, 0));
  }
  return { timeline, prng, nodes, network, before };
}

/** Who lacks an entry or a part of whom, for people; nobody: `undefined`. */
export function behind(nodes: readonly SimNode[]): string | undefined {
  const down = nodes.find(({ life }) => life === undefined);
  if (down !== undefined) return `${down.name} is not up yet`;
  for (const owner of nodes) {
    const size = sizeOf(owner);
    const id = toHex(owner.authority.chain.id);
    for (const reader of nodes) {
      if (reader.life?.core.trust.get(id) === undefined) continue;
      const head = reader.life?.core.mirrorOf(id)?.store.head;
      if (head?.size !== size || head.missing > 0)
        return `${reader.name} has ${head?.size} of ${size} entries of ${owner.name}`;
    }
  }
  return undefined;
}

/** Ends every connection, and no new one comes about. */
export function cutAll({ nodes, network }: Mesh): void {
  for (const { name } of nodes)
    for (const peer of nodes) {
      network.setBlocked(name, peer.name, true);
      if (name < peer.name) network.cut(name, peer.name, false);
    }
}

/** Entries of its own log. */
export function sizeOf(node: SimNode): number {
  return node.life?.core.ownLog.store.head.size ?? 0;
}

/** Whom it trusts, and by whom it is trusted; `at` and the results are places. */
function circleOf(at: number, count: number, countries: number): readonly number[] {
  const isContact = (place: number): boolean => place < countries;
  return Array.from({ length: count }, (_, place) => place).filter(
    (place) => place !== at && ((isContact(at) && isContact(place)) || at % countries === place % countries),
  );
}

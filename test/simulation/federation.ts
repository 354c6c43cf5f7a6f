import { type Authority, makeAuthority } from "./authority.ts";
import { PartBook } from "./part-book.ts";
import { prepare } from "./prepare.ts";
import { Prng } from "./prng.ts";
import { Safety } from "./safety.ts";
import { SimNode } from "./sim-node.ts";
import { Trace } from "./trace.ts";
import { Timeline, VirtualClock } from "./virtual-clock.ts";
import { TrustGraph } from "./trust-graph.ts";
import { VirtualNetwork } from "./virtual-network.ts";
import { Workload } from "./workload.ts";

/** Authorities of a simulated federation, as many as there are names. */
const NAMES = ["nvwa.nl", "baua.de", "dgccrf.fr", "samr.cn", "tukes.fi"] as const;

/** Different sets of keys: rule P takes three milliseconds for each key that is new to the process. */
const KEY_SETS = 8;

/** Nodes that trust each other, and everything between them. */
export type Federation = {
  readonly timeline: Timeline;
  readonly trace: Trace;
  readonly network: VirtualNetwork;
  readonly nodes: readonly SimNode[];
  readonly safety: Safety;
  readonly workload: Workload;
  readonly trust: TrustGraph;
};

export async function makeFederation(seed: number, print: ((line: string) => void) | undefined): Promise<Federation> {
  const prng = new Prng(`federation ${seed}`);
  const timeline = new Timeline();
  const trace = new Trace(timeline, print);
  const authorities = NAMES.map((name) => makeAuthority(name, new Prng(`keys ${seed % KEY_SETS} ${name}`)));
  const book = new PartBook(prng.fork("parts"), new Map(authorities.map(({ name, chain }) => [name, chain.id])));
  const nodes = new Map<string, SimNode>();
  const trust = new TrustGraph(NAMES, prng.fork("trust"));
  const safety = new Safety({ book, names: NAMES, nodes, trust });
  const network = new VirtualNetwork({
    timeline,
    prng: prng.fork("network"),
    onFrame(from, to, frame) {
      trace.count(from, `sends ${frame.length} bytes to ${to}`);
      safety.onFrame(from, to, frame);
    },
  });
  for (const authority of authorities) nodes.set(authority.name, makeNode(authority));
  for (const { name, authority, drive } of nodes.values()) {
    const peers = authorities.filter((peer) => trust.trusts(name, peer.name));
    await prepare(drive, authority, peers, new VirtualClock(timeline, 0));
  }
  const workload = new Workload({ prng: prng.fork("workload"), book, safety });
  return { timeline, trace, network, nodes: [...nodes.values()], trust, safety, workload };

  function makeNode(authority: Authority): SimNode {
    return new SimNode({
      authority,
      timeline,
      network,
      prng: prng.fork(authority.name),
      trace,
      onWrite(node, writes) {
        trace.count(node.name, `writes ${writes.length}`);
        safety.onWrite(node, writes);
      },
      onDown(node) {
        safety
          .checkLogs(node)
          .catch((error: unknown) => safety.violate(`the disk of ${node.name} cannot be read: ${String(error)}`));
      },
      onFault: (node, what) => safety.onFault(node, what),
      onAlarm(node, what) {
        if (![...nodes.keys()].some((other) => network.wasHostile(node.name, other)))
          safety.violate(`${node.name} raises an alarm: ${what}`);
      },
      onSessionEnd(node, peer, reason) {
        if (trust.areFriends(node.name, peer) && !network.wasHostile(node.name, peer))
          safety.onSessionEnd(node, peer, reason);
      },
    });
  }
}

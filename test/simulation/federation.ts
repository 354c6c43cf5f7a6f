import { type Authority, makeAuthority } from "./authority.ts";
import { PartBook } from "./part-book.ts";
import { Prng } from "./prng.ts";
import { Safety } from "./safety.ts";
import { SimNode } from "./sim-node.ts";
import { Trace } from "./trace.ts";
import { Timeline } from "./virtual-clock.ts";
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
  /** Whether two nodes trust each other. */
  areFriends(a: SimNode, b: SimNode): boolean;
};

export async function makeFederation(seed: number, print: ((line: string) => void) | undefined): Promise<Federation> {
  const prng = new Prng(`federation ${seed}`);
  const timeline = new Timeline();
  const trace = new Trace(timeline, print);
  const authorities = NAMES.map((name) => makeAuthority(name, new Prng(`keys ${seed % KEY_SETS} ${name}`)));
  const book = new PartBook(prng.fork("parts"), new Map(authorities.map(({ name, chain }) => [name, chain.id])));
  const nodes = new Map<string, SimNode>();
  const safety = new Safety(book, NAMES, nodes);
  const network = new VirtualNetwork({
    timeline,
    prng: prng.fork("network"),
    onFrame(from, to, frame) {
      trace.count(from, `sends ${frame.length} bytes to ${to}`);
      safety.onFrame(from, to, frame);
    },
  });
  for (const authority of authorities) nodes.set(authority.name, makeNode(authority));
  const trust = trustGraph(prng.fork("trust"));
  for (const [place, node] of [...nodes.values()].entries()) await node.prepare(authorities.filter((_, other) => trust[place]?.[other]));
  const workload = new Workload({ prng: prng.fork("workload"), book, safety });
  const placeOf = (node: SimNode): number => NAMES.findIndex((name) => name === node.name);
  return { timeline, trace, network, nodes: [...nodes.values()], safety, workload, areFriends: (a, b) => trust[placeOf(a)]?.[placeOf(b)] === true };

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
        safety.checkLogs(node).catch((error: unknown) => safety.violate(`the disk of ${node.name} cannot be read: ${String(error)}`));
      },
      onFault: (node, what) => safety.onFault(node, what),
      onSessionEnd(node, peer, reason) {
        if (!network.wasHostile(node.name, peer)) safety.onSessionEnd(node, peer, reason);
      },
    });
  }
}

/** Mostly everybody trusts everybody; else a ring, so that nobody is alone, and some more. Trust is mutual. */
function trustGraph(prng: Prng): readonly (readonly boolean[])[] {
  const odds = prng.chance(0.6) ? 1 : 0.4;
  const trust = NAMES.map(() => NAMES.map(() => false));
  for (const [a] of NAMES.entries()) {
    for (const [b] of NAMES.entries()) {
      const isNext = (a + 1) % NAMES.length === b;
      if (a === b || !(isNext || prng.chance(odds))) continue;
      for (const [one, other] of [[a, b], [b, a]] as const) {
        const row = trust[one];
        if (row !== undefined) row[other] = true;
      }
    }
  }
  return trust;
}

import { toHex } from "../../protocol/bytes.ts";
import { makeAuthority } from "../simulation/authority.ts";
import { prepare } from "../simulation/prepare.ts";
import { Prng } from "../simulation/prng.ts";
import { SimNode } from "../simulation/sim-node.ts";
import { Trace } from "../simulation/trace.ts";
import { Timeline, VirtualClock } from "../simulation/virtual-clock.ts";
import { VirtualNetwork } from "../simulation/virtual-network.ts";
import { heldBytes, percentile, type Print, rounded } from "./figure.ts";

/** Alerts and follow-ups in Safety Gate in 2024, the year with the most (Commission's report for 2024). */
const YEAR = { alerts: 4_137, followUps: 4_200 };
/** Mean length of the public text of a real alert, in characters. */
const TEXT_LENGTH = 1_500;
/** Nobody publishes before all are connected; what is asked of a node at its start is not part of the year. */
const CONNECT_MS = 600_000;
const CONVERGE_MS = 3_600_000;
const LOOK_MS = 5;

export type ScaleOptions = {
  readonly nodes: number;
  /** To how many others each is connected; whom it trusts it hears of through them. */
  readonly links: number;
  /** Of the year's records. */
  readonly share: number;
  /** Of virtual time, within which the share of the year is published. */
  readonly minutes: number;
};

type Traffic = { sent: number; received: number };

/**
 * A federation in which everybody trusts everybody and every record is addressed to all. Whole cores, over a virtual
 * network with lines of 1 to 20 ms, nothing goes wrong but one dial in twenty.
 */
export async function simulateYear({ nodes: count, links, share, minutes }: ScaleOptions, print: Print): Promise<void> {
  const prng = new Prng(`scale ${count} ${links}`);
  const timeline = new Timeline();
  const trace = new Trace(timeline, undefined);
  const traffic = new Map<string, Traffic>();
  let frames = 0;
  const network = new VirtualNetwork({
    timeline,
    prng: prng.fork("network"),
    onFrame(from, to, frame) {
      frames += 1;
      of(from).sent += frame.length;
      of(to).received += frame.length;
    },
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
    const others = authorities.filter((other) => other !== authority);
    const near = new Set(nearOf(at, count, links).map((place) => authorities[place]?.name));
    await prepare(drive, authority, others, new VirtualClock(timeline, 0), (name) => near.has(name));
  }
  for (const node of nodes) timeline.after(prng.between(0, 3_000), () => node.start());
  await timeline.runUntil(CONNECT_MS, () => false);
  if (!isEverywhere(nodes)) throw new Error(`not all connected after ${CONNECT_MS} ms: ${behind(nodes)}`);
  print({ figure: "heapPerPeerAndLog", value: perPair(heldBytes() - before), unit: "bytes" });
  const idle = { frames, at: timeline.now };
  for (const one of traffic.values()) Object.assign(one, { sent: 0, received: 0 });

  let published = 0;
  const records = Math.round((YEAR.alerts + YEAR.followUps) * share);
  for (let record = 0; record < records; record++) {
    const owner = prng.pick(nodes);
    const text = "x".repeat(Math.round(prng.between(0.2, 1.8) * TEXT_LENGTH));
    timeline.after(prng.between(0, minutes * 60_000), () => {
      publish(owner, record, text).then(
        () => (published += 1),
        (error: unknown) => {
          throw error;
        },
      );
    });
  }
  const began = performance.now();
  await timeline.runUntil(timeline.now + minutes * 60_000 + CONVERGE_MS, () => published === records);
  const last = timeline.now;
  const end = last + CONVERGE_MS;
  while (!isEverywhere(nodes)) {
    if (timeline.now > end) throw new Error(`not converged: ${behind(nodes)}`);
    await timeline.runUntil(timeline.now + LOOK_MS);
  }
  const seconds = (performance.now() - began) / 1000;
  const bytes = [...traffic.values()];
  const entries = nodes.reduce((sum, node) => sum + sizeOf(node), 0);
  const sum = { records, entries, deliveries: records * (count - 1) };
  for (const [figure, value] of Object.entries(sum)) print({ figure, value, unit: figure });
  print({ figure: "convergence", value: rounded(timeline.now - last), unit: "virtual ms after the last record" });
  for (const way of ["sent", "received"] as const) {
    const values = bytes.map((one) => one[way]);
    print({ figure: `${way}Median`, value: percentile(values, 0.5), unit: "bytes" });
    print({ figure: `${way}Max`, value: Math.max(...values), unit: "bytes" });
  }
  print({
    figure: "framesPerRecordAndReader",
    value: rounded((frames - idle.frames) / sum.deliveries),
    unit: "frames",
  });
  print({ figure: "heapPerPeerAndLogAfter", value: perPair(heldBytes() - before), unit: "bytes, store included" });
  print({ figure: "computing", value: rounded((1000 * seconds) / sum.deliveries), unit: "ms per record and reader" });
  for (const node of nodes) node.crash("kill");

  function of(name: string): Traffic {
    const found = traffic.get(name) ?? { sent: 0, received: 0 };
    traffic.set(name, found);
    return found;
  }

  function perPair(held: number): number {
    return Math.round(held / (count * (count - 1)));
  }
}

async function publish(owner: SimNode, record: number, text: string): Promise<void> {
  const { life } = owner;
  if (life === undefined) throw new Error(`${owner.name} is not there`);
  const body = {
    notification: "serious-risk",
    product: { name: `product ${record}`, description: { en: text } },
    risk: {},
  };
  const to = life.core.trust.peers().map(({ name }) => name);
  await life.publisher.publish({ type: "alert", version: 1, body, refs: [], to, parts: [] }, "operator");
}

/** Whether everybody has every entry and every part of everybody. */
function isEverywhere(nodes: readonly SimNode[]): boolean {
  return behind(nodes) === undefined;
}

function behind(nodes: readonly SimNode[]): string | undefined {
  for (const owner of nodes) {
    const size = sizeOf(owner);
    const id = toHex(owner.authority.chain.id);
    for (const reader of nodes) {
      if (reader === owner) continue;
      const head = reader.life?.core.mirrorOf(id)?.store.head;
      if (head?.size !== size || head.missing > 0)
        return `${reader.name} has ${head?.size} of ${size} entries of ${owner.name}`;
    }
  }
  return undefined;
}

function sizeOf(node: SimNode): number {
  return node.life?.core.ownLog.store.head.size ?? 0;
}

/** Half of the links to the next ones on a ring, half across it, so that nobody is many links away. */
function nearOf(at: number, count: number, links: number): readonly number[] {
  if (links >= count - 1) return Array.from({ length: count }, (_, place) => place);
  const near = Math.ceil(links / 2);
  const next = Array.from({ length: near }, (_, step) => step + 1);
  const across = Array.from({ length: links - near }, (_, step) =>
    Math.round(((step + 1) * count) / (links - near + 1)),
  );
  return [...next, ...across].map((step) => (at + step) % count);
}

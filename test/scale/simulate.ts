import type { SimNode } from "../simulation/sim-node.ts";
import { heldBytes, percentile, type Print, rounded } from "./figure.ts";
import { behind, cutAll, makeMesh, sizeOf } from "./mesh.ts";
import { Meter } from "./meter.ts";
import { recordsOf, textOf } from "./year.ts";

/** Nodes start within so long of each other, in virtual time. */
const START_MS = 3_000;
/** All that is asked of a node at its start is over; what it asks then it asks for ever. */
const SETTLE_MS = 30_000;
/** A few waiting pulls of 25 s. */
const IDLE_MS = 100_000;
/** One record every so often: less would let two share a comparison (5 s), which in a real year they do not. */
const RECORD_MS = 6_000;
const CONVERGE_MS = 3_600_000;
const LOOK_MS = 5;
/** Both ends know that a connection ended. */
const CUT_MS = 1_000;
/** Between two words about how far it is, in real time. */
const PROGRESS_MS = 10_000;

export type ScaleOptions = {
  readonly nodes: number;
  readonly countries: number;
  /** Of the year's records. */
  readonly share: number;
};

/** A federation in which every record is addressed to all whom its owner trusts. */
export async function simulateYear({ nodes: count, countries, share }: ScaleOptions, print: Print): Promise<void> {
  const began = performance.now();
  const meter = new Meter();
  const mesh = await makeMesh(count, countries, meter);
  const { timeline, prng, nodes, before } = mesh;
  let steps = 0;
  let told = began;
  const pass = (ms: number, isDone: () => boolean = () => false): Promise<void> =>
    timeline.runUntil(timeline.now + ms, () => {
      steps += 1;
      return isDone();
    });
  const converged = async (what: string): Promise<number> => {
    const from = timeline.now;
    for (let lack = behind(nodes); lack !== undefined; lack = behind(nodes)) {
      if (timeline.now - from > CONVERGE_MS) throw new Error(`not converged ${what}: ${lack}`);
      tell(what);
      await pass(LOOK_MS);
    }
    return timeline.now - from;
  };

  for (const node of nodes) timeline.after(prng.between(0, START_MS), () => node.start());
  await pass(START_MS);
  print({ figure: "start", value: rounded(await converged("after the start")), unit: "virtual ms to all trust lists" });
  await pass(SETTLE_MS);
  meter.reset();
  await pass(IDLE_MS);
  const perHour = 3_600_000 / IDLE_MS;
  print({ figure: "idleSentPerHour", value: median("sent") * perHour, unit: "bytes per node" });
  meter.reset();

  const records = recordsOf(Math.min(count, countries), share);
  let published = 0;
  let deliveries = 0;
  const yearBegan = performance.now();
  for (let record = 0; record < records; record++) {
    const [owner, text] = [prng.pick(nodes), textOf(prng)];
    timeline.after(prng.between(0, records * RECORD_MS), () => {
      publish(owner, record, text).then(
        (readers) => {
          published += 1;
          deliveries += readers;
          tell(`${published} of ${records} records`);
        },
        (error: unknown) => {
          throw error;
        },
      );
    });
  }
  await pass(records * RECORD_MS + CONVERGE_MS, () => published === records);
  meter.countRounds();
  const convergence = await converged("after the last record");
  const computing = performance.now() - yearBegan;

  const connections = nodes.map(peersOf);
  print({ figure: "peersMedian", value: percentile(connections, 0.5), unit: "peers, each with its log" });
  print({ figure: "peersMax", value: Math.max(...connections), unit: "peers, each with its log" });
  const sums = { records, deliveries, entries: nodes.reduce((sum, node) => sum + sizeOf(node), 0) };
  for (const [figure, value] of Object.entries(sums)) print({ figure, value, unit: figure });
  print({ figure: "convergence", value: rounded(convergence), unit: "virtual ms after the last record" });
  print({ figure: "rounds", value: meter.rounds, unit: "requests from one node to one other after the last record" });
  for (const way of ["sent", "received"] as const) {
    print({ figure: `${way}Median`, value: median(way), unit: "bytes per node" });
    print({ figure: `${way}Max`, value: Math.max(...meter.traffic.map((one) => one[way])), unit: "bytes" });
  }
  print({ figure: "framesPerDelivery", value: rounded(meter.frames / deliveries), unit: "frames, idle pulls too" });
  print({ figure: "computingPerDelivery", value: rounded(computing / deliveries), unit: "ms" });
  await printMemory();
  print({ figure: "steps", value: steps, unit: "steps of the simulation" });
  print({ figure: "wall", value: rounded((performance.now() - began) / 1000), unit: "s" });
  for (const node of nodes) node.crash("kill");

  function median(way: "sent" | "received"): number {
    return percentile(
      meter.traffic.map((one) => one[way]),
      0.5,
    );
  }

  /** What is gone with the connections was theirs; what is gone with the disks, which are in this process too, theirs. */
  async function printMemory(): Promise<void> {
    const all = heldBytes();
    cutAll(mesh);
    await pass(CUT_MS);
    const cut = heldBytes();
    for (const { drive } of nodes) drive.restore(new Map());
    const emptied = heldBytes();
    const pairs = nodes.reduce((sum, node) => sum + peersOf(node), 0);
    print({ figure: "memoryPerNode", value: Math.round((all - cut + emptied - before) / count), unit: "bytes" });
    print({ figure: "memoryPerPeer", value: Math.round((all - cut) / pairs), unit: "bytes, its connection" });
    print({ figure: "memoryPerLog", value: Math.round((emptied - before) / pairs), unit: "bytes, all else" });
    print({ figure: "storedPerNode", value: Math.round((cut - emptied) / count), unit: "bytes on its disk" });
  }

  function tell(what: string): void {
    if (performance.now() - told < PROGRESS_MS) return;
    told = performance.now();
    console.error(`${Math.round((told - began) / 1000)} s: ${what}`);
  }
}

/** Each with its log and a connection. */
function peersOf(node: SimNode): number {
  return node.life?.core.trust.peers().length ?? 0;
}

/** Resolves with how many it is addressed to, once it is durable at its owner. */
async function publish(owner: SimNode, record: number, text: string): Promise<number> {
  const { life } = owner;
  if (life === undefined) throw new Error(`${owner.name} is not there`);
  const body = {
    notification: "serious-risk",
    product: { name: `product ${record}`, description: { en: text } },
    risk: {},
  };
  const to = life.core.trust.peers().map(({ name }) => name);
  await life.publisher.publish({ type: "alert", version: 1, body, refs: [], to, parts: [] }, "operator");
  return to.length;
}

import { setTimeout as delay } from "node:timers/promises";
import { toHex } from "../../protocol/bytes.ts";
import { trust } from "../support/five.ts";
import { startInProcess } from "../support/in-process-node.ts";
import { until } from "../support/until.ts";
import { heldBytes, percentile, type Print, rounded } from "./figure.ts";
import { authorityOf, sharedNow } from "./others-protocol.ts";
import { OthersProcess } from "./others-process.ts";

const MINUTE_MS = 60_000;
/** One of them publishes so often; all of them within a minute, if there are 60. */
const PUBLISH_MS = 1_000;
const MIB = 2 ** 20;
/**
 * By how much the last third of the minutes may exceed the first: of memory what one more log segment or one more table
 * of the store takes, of latency what a neighbour on the machine does.
 */
const GROWTH_MAX = { held: 1.1, resident: 1.1, p50: 1.5 };

/**
 * A node with real connections to many others, each of which publishes now and then: whether memory and the time from
 * the beginning of an append there until it is durable here stay as they were. Resolves with whether they did.
 */
export async function measureConnections(
  { peers, minutes }: { peers: number; minutes: number },
  print: Print,
): Promise<boolean> {
  const arrivals = new Map<string, number>();
  let latencies: number[] = [];
  const others = new OthersProcess(({ at, index, time }) => {
    const key = `${at}:${index}`;
    const arrived = arrivals.get(key);
    arrivals.delete(key);
    if (arrived === undefined) begun.set(key, time);
    else latencies.push(arrived - time);
  });
  const begun = new Map<string, number>();
  const addresses = await others.start(peers, 0);
  const authorities = addresses.map((_, at) => authorityOf(at));
  const ids = authorities.map(({ chain }) => toHex(chain.id));
  const node = await startInProcess(authorityOf("measured"));
  await trust(node, authorities);
  const alone = heldBytes();
  for (const [at, address] of addresses.entries()) await node.core.setAddresses(ids[at] ?? "", [address]);
  const sizes = (): number[] => ids.map((id) => node.core.mirrorOf(id)?.store.head.size ?? 0);
  await until("all are connected and their logs are here", () => sizes().every((size) => size > 1));
  print({ figure: "heldPerConnection", value: Math.round((heldBytes() - alone) / peers), unit: "bytes" });
  let known = sizes();
  node.core.onChange(() => {
    const now = sizes();
    for (const [at, size] of now.entries())
      for (let index = known[at] ?? 0; index < size; index++) came(`${at}:${index}`);
    known = now;
  });

  const perMinute: Record<keyof typeof GROWTH_MAX, number>[] = [];
  for (let minute = 1; minute <= minutes; minute++) {
    latencies = [];
    for (let done = 0; done < MINUTE_MS / PUBLISH_MS; done++) {
      others.publish((done + minute) % peers);
      await delay(PUBLISH_MS);
    }
    const held = heldBytes() / MIB;
    const resident = process.memoryUsage.rss() / MIB;
    const p50 = percentile(latencies, 0.5);
    perMinute.push({ held, resident, p50 });
    print({ figure: `minute${minute}Held`, value: rounded(held), unit: "MiB on the heap" });
    print({ figure: `minute${minute}Resident`, value: rounded(resident), unit: "MiB" });
    print({ figure: `minute${minute}LatencyP50`, value: rounded(p50), unit: "ms" });
    print({ figure: `minute${minute}LatencyP95`, value: rounded(percentile(latencies, 0.95)), unit: "ms" });
    print({ figure: `minute${minute}Arrived`, value: latencies.length, unit: "records" });
  }
  // With its first record each of the others makes its audience, which is another commit: that minute is none of the thirds.
  const steady = perMinute.length > 1 ? perMinute.slice(1) : perMinute;
  const third = Math.ceil(steady.length / 3);
  let isFlat = node.faults.length + node.endings.length === 0;
  for (const what of ["held", "resident", "p50"] as const) {
    const mean = (part: typeof perMinute): number => part.reduce((sum, one) => sum + one[what], 0) / part.length;
    const value = mean(steady.slice(-third)) / mean(steady.slice(0, third));
    print({ figure: `${what}Growth`, value: rounded(value), unit: "last third / first third" });
    isFlat &&= value <= GROWTH_MAX[what];
  }
  print({ figure: "faults", value: node.faults.length, unit: "errors in the log" });
  print({ figure: "sessionsEnded", value: node.endings.length, unit: "sessions" });
  print({ figure: "flat", value: Number(isFlat), unit: "1: no growth, no fault, no session ended" });
  await node.stop();
  await others.stop();
  return isFlat;

  function came(key: string): void {
    const time = begun.get(key);
    begun.delete(key);
    if (time === undefined) arrivals.set(key, sharedNow());
    else latencies.push(sharedNow() - time);
  }
}

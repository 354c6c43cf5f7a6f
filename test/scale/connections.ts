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
 * A node with real connections to many others, each of which publishes now and then: whether memory and the time from
 * the beginning of an append there until it is durable here stay as they were.
 */
export async function measureConnections(
  { peers, minutes }: { peers: number; minutes: number },
  print: Print,
): Promise<void> {
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
  for (const [at, address] of addresses.entries()) await node.core.setAddresses(ids[at] ?? "", [address]);
  const sizes = (): number[] => ids.map((id) => node.core.mirrorOf(id)?.store.head.size ?? 0);
  await until("all are connected and their logs are here", () => sizes().every((size) => size > 1));
  let known = sizes();
  node.core.onChange(() => {
    const now = sizes();
    for (const [at, size] of now.entries())
      for (let index = known[at] ?? 0; index < size; index++) came(`${at}:${index}`);
    known = now;
  });

  const perMinute: { readonly held: number; readonly p50: number }[] = [];
  for (let minute = 1; minute <= minutes; minute++) {
    latencies = [];
    for (let done = 0; done < MINUTE_MS / PUBLISH_MS; done++) {
      others.publish((done + minute) % peers);
      await delay(PUBLISH_MS);
    }
    const held = heldBytes() / MIB;
    const p50 = percentile(latencies, 0.5);
    perMinute.push({ held, p50 });
    print({ figure: `minute${minute}Held`, value: rounded(held), unit: "MiB on the heap" });
    print({ figure: `minute${minute}Resident`, value: rounded(process.memoryUsage.rss() / MIB), unit: "MiB" });
    print({ figure: `minute${minute}LatencyP50`, value: rounded(p50), unit: "ms" });
    print({ figure: `minute${minute}LatencyP95`, value: rounded(percentile(latencies, 0.95)), unit: "ms" });
    print({ figure: `minute${minute}Arrived`, value: latencies.length, unit: "records" });
  }
  const third = Math.ceil(minutes / 3);
  for (const what of ["held", "p50"] as const) {
    const mean = (part: typeof perMinute): number => part.reduce((sum, one) => sum + one[what], 0) / part.length;
    const value = mean(perMinute.slice(-third)) / mean(perMinute.slice(0, third));
    print({ figure: `${what}Growth`, value: rounded(value), unit: "last third / first third" });
  }
  print({ figure: "faults", value: node.faults.length, unit: "errors in the log" });
  print({ figure: "sessionsEnded", value: node.endings.length, unit: "sessions" });
  await node.stop();
  await others.stop();

  function came(key: string): void {
    const time = begun.get(key);
    begun.delete(key);
    if (time === undefined) arrivals.set(key, sharedNow());
    else latencies.push(sharedNow() - time);
  }
}

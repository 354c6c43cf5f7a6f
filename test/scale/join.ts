import { setTimeout as delay } from "node:timers/promises";
import { toHex } from "../../protocol/bytes.ts";
import { trust } from "../support/five.ts";
import { startInProcess } from "../support/in-process-node.ts";
import { type Print, rounded } from "./figure.ts";
import { authorityOf } from "./others-protocol.ts";
import { OthersProcess } from "./others-process.ts";

const LOOK_MS = 20;

/** A new node takes in everything that others, on loopback in another process, have for it. */
export async function measureJoin({ logs, entries }: { logs: number; entries: number }, print: Print): Promise<void> {
  const others = new OthersProcess(() => undefined);
  const addresses = await others.start(logs, Math.ceil(entries / logs));
  const authorities = addresses.map((_, at) => authorityOf(at));
  const ids = authorities.map(({ chain }) => toHex(chain.id));
  const node = await startInProcess(authorityOf("measured"));
  await trust(node, authorities);
  const before = process.memoryUsage.rss();
  const began = performance.now();
  let peak = before;
  for (const [at, address] of addresses.entries()) await node.core.setAddresses(ids[at] ?? "", [address]);
  const taken = (): number => ids.reduce((sum, id) => sum + (node.core.mirrorOf(id)?.store.head.size ?? 0), 0);
  const missing = (): number => ids.reduce((sum, id) => sum + (node.core.mirrorOf(id)?.store.head.missing ?? 0), 0);
  while (taken() < entries || missing() > 0) {
    await delay(LOOK_MS);
    peak = Math.max(peak, process.memoryUsage.rss());
  }
  const seconds = (performance.now() - began) / 1000;
  print({ figure: "joinEntries", value: taken(), unit: "entries" });
  print({ figure: "joinTime", value: rounded(seconds), unit: "s" });
  print({ figure: "joinRate", value: rounded(taken() / seconds), unit: "entries/s" });
  print({ figure: "joinMemoryBefore", value: rounded(before / 2 ** 20), unit: "MiB" });
  print({ figure: "joinMemoryPeak", value: rounded(peak / 2 ** 20), unit: "MiB" });
  await node.stop();
  await others.stop();
}

import type { Peer, PeerName } from "./peers/peer.ts";
import { type Job, play, type Reply } from "./roles.ts";

/** One role in a fresh process, started by `start-worker.ts`: its job is the argument, words go over IPC. */
async function main(): Promise<void> {
  const job: Job = JSON.parse(process.argv[2] ?? "");
  const heard: string[] = [];
  let wake = (): void => undefined;
  process.on("message", (word) => {
    heard.push(String(word));
    wake();
  });
  // Who started it is gone.
  process.on("disconnect", () => process.exit(1));
  const hear = async (): Promise<string> => {
    for (;;) {
      const word = heard.shift();
      if (word !== undefined) return word;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  await play(await peerOf(job.peer), job, { say, hear });
  process.exit(0);
}

function say(reply: Reply): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  process.send?.(JSON.stringify(reply), () => resolve());
  return promise;
}

/** Only the peer that is measured is loaded. */
async function peerOf(name: PeerName): Promise<Peer> {
  switch (name) {
    case "entente":
      return (await import("./peers/entente.ts")).entente;
    case "hypercore":
      return (await import("./peers/hypercore.ts")).hypercore;
    case "level":
      return (await import("./peers/level.ts")).level;
  }
}

await main();

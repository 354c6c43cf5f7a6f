import { setTimeout as delay } from "node:timers/promises";
import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { startProgress } from "../progress.ts";
import { runningProcess } from "../running-process.ts";

/** A node that is stopping finishes its last batch; it has never needed this long. */
const PATIENCE_MS = 60_000;
const POLL_MS = 50;

export const stop = defineCommand({
  name: "stop",
  usage: "",
  arguments: [0, 0],
  summary: "stop the running node",
  description: ["Returns when the node has ended, so that its directory may be copied or the node started again."],
  options: {},
  examples: ["entente stop"],
  async run({ world, connect, print, dataDir }) {
    const client = await connect();
    const process = await runningProcess(dataDir);
    const began = Date.now();
    await client.stop();
    const progress = startProgress(world, "stopping");
    while (process?.isAlive() === true) {
      progress.update({ done: Math.round((Date.now() - began) / 1000), total: null, what: "s" });
      if (Date.now() - began > PATIENCE_MS)
        throw new CliError("REFUSED", `the node (process ${process.pid}) is still ending`, "look into its log");
      await delay(POLL_MS);
    }
    progress.end();
    print.result("entente/stop/1", { stopped: true }, () => ["stopped"]);
  },
});

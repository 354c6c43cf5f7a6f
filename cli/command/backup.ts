import { resolve } from "node:path";
import { defineCommand } from "../command.ts";
import { startProgress } from "../progress.ts";
import { count, formatBytes } from "../text.ts";

export const backup = defineCommand({
  name: "backup",
  usage: "DIR",
  arguments: [1, 1],
  summary: "copy what the running node holds into a new directory, as of one moment",
  description: [
    "The node writes the directory itself, mode 0700, reads it back, and goes on working meanwhile. In it are the store (logs, parts, trust, what waits to be published), the settings, the tokens and the drafts: it is as confidential as the node.",
    "Not in it are the key file, of which you keep a copy elsewhere, and the heads file, which is never put back: by it a node notices that its store is older than what it signed, and takes the rest back from its peers. docs/operations.md says how a backup is put back.",
  ],
  options: {},
  examples: ["entente backup /srv/backup/entente-2026-11-22"],
  async run({ world, connect, print }, [dir = ""]) {
    const client = await connect();
    const progress = startProgress(world, "copying");
    const report = await client.backUp(resolve(dir), (now) => progress.update(now));
    progress.end();
    print.result("entente/backup/1", report, () => [
      `${report.directory}: ${count(report.values, "value")}, ${formatBytes(report.bytes)}, written and read back`,
      `not in it: ${report.leftOut.join(", ")}; without a copy of the key file, kept elsewhere, it cannot be put back`,
    ]);
  },
});

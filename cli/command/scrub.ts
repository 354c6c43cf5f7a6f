import type { ScrubFinding } from "../../node/service.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { startProgress } from "../progress.ts";
import { count } from "../text.ts";

const STATES: Readonly<Record<ScrubFinding["state"], string>> = {
  mended: "damaged, mended from its copy",
  fetched: "damaged, here again from a peer",
  wanted: "damaged, asked for: it comes when a peer that has it is connected",
  lost: "damaged beyond repair",
};

export const scrub = defineCommand({
  name: "scrub",
  usage: "",
  arguments: [0, 0],
  summary: "re-verify everything that the node stores, and mend what is damaged",
  description: [
    "Disks lose bits. The running node reads all that it has: values against their checksums and copies, leaves and nodes against the tree and its signatures, parts against their digests. What is damaged is written anew from its copy, or fetched again from peers: of other logs from whoever holds them, of its own from those who follow it. What cannot be mended is named.",
    "It reads every byte twice; run it at night, once a month. The exit code is 1 if something is still damaged.",
  ],
  options: {},
  examples: ["entente scrub", "entente scrub --json | jq .findings"],
  async run({ world, connect, print }) {
    const client = await connect();
    const progress = startProgress(world, "scrubbing");
    const report = await client.scrub((now) => progress.update(now));
    progress.end();
    const { values, entries, findings } = report;
    const open = findings.filter(({ state }) => state === "wanted" || state === "lost").length;
    print.result("entente/scrub/1", report, () => [
      `${count(values, "value")} and ${count(entries, "entry", "entries")} read`,
      ...findings.map(
        ({ what, state }) => `${state === "lost" || state === "wanted" ? "✗" : "✓"} ${what}: ${STATES[state]}`,
      ),
      open === 0 ? "✓ all that is stored is whole" : `✗ ${count(open, "thing")} still damaged`,
    ]);
    return open === 0 ? EXIT.done : EXIT.refused;
  },
});

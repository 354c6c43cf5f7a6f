import { parseArgs } from "node:util";
import { measureConnections } from "./connections.ts";
import type { Print } from "./figure.ts";
import { measureJoin } from "./join.ts";
import { simulateYear } from "./simulate.ts";

const USAGE = `npm run scale -- simulate [--nodes N] [--countries C] [--share S]
npm run scale -- join [--logs N] [--entries E]
npm run scale -- connections [--peers N] [--minutes M]

simulate: N authorities (30) of C countries (30), in each of which one is the contact point; these all trust each other,
the others those of their country. They publish the share S (1) of a real year's alerts and follow-ups, one every six
seconds of virtual time. join: a new node takes in N logs (10) that
together have E entries (100000). connections: a node with N real connections (60) for M minutes (10).
One JSON line a figure.`;

/** Measures how far it goes; docs/scale.md has the figures. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      nodes: { type: "string", default: "30" },
      countries: { type: "string", default: "30" },
      share: { type: "string", default: "1" },
      minutes: { type: "string", default: "10" },
      logs: { type: "string", default: "10" },
      entries: { type: "string", default: "100000" },
      peers: { type: "string", default: "60" },
    },
  });
  switch (positionals[0] ?? "") {
    case "simulate": {
      const nodes = positive(values.nodes);
      return simulateYear(
        { nodes, countries: positive(values.countries), share: positive(values.share) },
        printFor(nodes),
      );
    }
    case "join": {
      const logs = positive(values.logs);
      return measureJoin({ logs, entries: positive(values.entries) }, printFor(logs + 1));
    }
    case "connections": {
      const peers = positive(values.peers);
      const minutes = positive(values.minutes);
      if (!(await measureConnections({ peers, minutes }, printFor(peers + 1)))) process.exitCode = 1;
      return;
    }
    default:
      misused();
  }
}

function printFor(nodes: number): Print {
  return (figure) => console.log(JSON.stringify({ schema: "entente/scale/1", ...figure, nodes }));
}

function positive(text: string): number {
  const number = Number(text);
  return Number.isFinite(number) && number > 0 ? number : misused();
}

function misused(): never {
  console.error(USAGE);
  process.exit(2);
}

await main();

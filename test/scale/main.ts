import { parseArgs } from "node:util";
import { measureConnections } from "./connections.ts";
import type { Figure } from "./figure.ts";
import { measureJoin } from "./join.ts";
import { simulateYear } from "./simulate.ts";

const USAGE = `npm run scale -- simulate [--nodes N] [--links K] [--share S] [--minutes M]
npm run scale -- join [--logs N] [--entries E]
npm run scale -- connections [--peers N] [--minutes M]

simulate: N authorities (30) that all trust each other, each connected to all or to K others, with the share S (1) of a
real year's alerts and follow-ups within M minutes (60) of virtual time. join: a new node takes in N logs (10) that
together have E entries (100000). connections: a node with N real connections (60) for M minutes (10).
One JSON line a figure.`;

/** Measures how far it goes; docs/scale.md has the figures. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      nodes: { type: "string", default: "30" },
      links: { type: "string" },
      share: { type: "string", default: "1" },
      minutes: { type: "string" },
      logs: { type: "string", default: "10" },
      entries: { type: "string", default: "100000" },
      peers: { type: "string", default: "60" },
    },
  });
  switch (positionals[0] ?? "") {
    case "simulate": {
      const nodes = positive(values.nodes);
      const links = values.links === undefined ? nodes - 1 : positive(values.links);
      const minutes = positive(values.minutes ?? "60");
      return simulateYear({ nodes, links, share: positive(values.share), minutes }, print);
    }
    case "join":
      return measureJoin({ logs: positive(values.logs), entries: positive(values.entries) }, print);
    case "connections":
      return measureConnections({ peers: positive(values.peers), minutes: positive(values.minutes ?? "10") }, print);
    default:
      misused();
  }
}

function print(figure: Figure): void {
  console.log(JSON.stringify({ schema: "entente/scale/1", ...figure }));
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

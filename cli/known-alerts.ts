import type { EntrySummary } from "../node/service.ts";
import { isMap } from "../protocol/record/body.ts";
import { RECORD_TYPES } from "../protocol/record/index.ts";
import { CliError } from "./cli-error.ts";
import type { LocalClient } from "./local-client.ts";
import type { Outgoing } from "./outgoing.ts";

/** Keys of one alert that are looked up: more barcodes or models than a person would type. */
const LOOKUPS_MAX = 50;
/** Alerts on the same product that are named. */
const KNOWN_SHOWN = 5;

/** An alert on the same product that is here already. */
export type KnownAlert = Pick<EntrySummary, "entry" | "log" | "summary"> & {
  /** What it shares, in words: `the same barcode 05709386484552`. */
  readonly shares: string;
  readonly status: "open" | "closed" | "withdrawn" | "unknown";
};

/**
 * Alerts on the product of the one that is about to be published: with the same barcode, or brand and model. Of another
 * record, and of a new version of an alert, there are none. Throws `CliError`.
 */
export async function findKnownAlerts(client: LocalClient, outgoing: Outgoing): Promise<readonly KnownAlert[]> {
  const found = new Map<string, KnownAlert>();
  const looked = lookups(outgoing);
  // It may have been taken already, and the answer was lost: then it would find itself.
  if (looked.length > 0 && (await client.keyState([outgoing.key.key])).length > 0) return [];
  for (const { keys, shares } of looked) {
    const { entries } = await client.search({ q: "", type: "alert", kind: keys, limit: KNOWN_SHOWN });
    for (const { entry, log, summary } of entries)
      if (!found.has(entry)) found.set(entry, { entry, log, summary, shares, status: await statusOf(client, entry) });
    if (found.size >= KNOWN_SHOWN) break;
  }
  return [...found.values()].slice(0, KNOWN_SHOWN);
}

type Lookup = { readonly keys: readonly string[]; readonly shares: string };

function lookups({ type, version, body, refs }: Outgoing): readonly Lookup[] {
  const known = RECORD_TYPES.find((one) => one.name === type && one.version === version);
  if (type !== "alert" || known === undefined || !isMap(body) || body["updates"] !== undefined) return [];
  const { terms } = known.read(body, refs.length);
  const values = (field: string): readonly string[] =>
    terms.filter((term) => term.field === field).map(({ value }) => value);
  const barcodes = [
    ...values("gtin").map((value) => ({ keys: [`gtin=${value}`], shares: `the same barcode ${value}` })),
    ...values("barcode").map((value) => ({ keys: [`barcode=${value}`], shares: `the same barcode ${value}` })),
  ];
  const models = values("brand").flatMap((brand) =>
    values("model").map((model) => ({
      keys: [`brand=${brand}`, `model=${model}`],
      shares: `the same brand and model ${brand} ${model}`,
    })),
  );
  return [...barcodes, ...models].slice(0, LOOKUPS_MAX);
}

async function statusOf(client: LocalClient, entry: string): Promise<KnownAlert["status"]> {
  try {
    return (await client.caseOf(entry)).status;
  } catch (error) {
    // It was superseded by something that is not here, or erased meanwhile.
    if (error instanceof CliError && (error.code === "NOT_FOUND" || error.code === "INVALID")) return "unknown";
    throw error;
  }
}

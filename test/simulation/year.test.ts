import { describe, expect, it } from "vitest";
import { runYear } from "./year.ts";
import { yearAlerts } from "./year-alerts.ts";

const SEEDS = process.env["ENTENTE_NIGHTLY"] === "1" ? 500 : 5;
const SEED_MS = 40_000;

describe("a year of cases", () => {
  it.each(Array.from({ length: SEEDS }, (_, at) => at + 1))(
    "seed %i: who holds the same of a case says the same",
    { timeout: SEED_MS },
    async (seed) => {
      const { violations } = await runYear(seed, { alerts: await yearAlerts() });
      expect(violations, `npm run simulate -- --year --seed ${seed}`).toEqual([]);
    },
  );
});

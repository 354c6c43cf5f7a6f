import { describe, expect, it } from "vitest";
import { runHistory } from "./history.ts";
import { simulateWith } from "./planted.ts";

const IS_NIGHTLY = process.env["ENTENTE_NIGHTLY"] === "1";
// The other fifty run by themselves.
const SEEDS = IS_NIGHTLY ? 500 : 5;
/** Seeds of one test. */
const GROUP = 5;
const SEED_MS = 20_000;

/** Bugs that the simulation must find, and how it says so. */
const PLANTED = [
  { patch: "parts-for-any-follower.patch", faults: ["restart"], finding: /sends (simulated-part|a member list)/ },
  {
    patch: "acknowledged-before-durable.patch",
    faults: ["crash"],
    finding: /lost the entry acknowledged|of which it could lose entries|was cosigned at size/,
  },
  {
    patch: "signs-without-asking.patch",
    faults: ["backup", "partition", "slow"],
    finding: /a second root|has not the root that was shown/,
  },
  {
    patch: "late-record-in-no-case.patch",
    faults: [],
    inYear: true,
    finding: /lists other cases than it would from the beginning/,
  },
] as const;
const PLANTED_SEEDS = 20;

describe("simulated federations", () => {
  for (let first = 1; first <= SEEDS; first += GROUP) {
    it(`seeds ${first} to ${first + GROUP - 1}`, { timeout: GROUP * SEED_MS }, async () => {
      for (let seed = first; seed < first + GROUP; seed++) {
        const { violations } = await runHistory(seed);
        expect(violations, `npm run simulate -- --seed ${seed}`).toEqual([]);
      }
    });
  }

  it.each([7000])("seed %i, in which a receipt overtook a later one", { timeout: SEED_MS }, async (seed) => {
    expect((await runHistory(seed, { faults: ["burst", "slow"] })).violations).toEqual([]);
  });

  it("repeats a history from its seed", { timeout: 2 * SEED_MS }, async () => {
    const results = [await runHistory(7), await runHistory(7)];
    expect(results[0]).toEqual(results[1]);
    expect((await runHistory(8)).digest).not.toBe(results[0]?.digest);
  });
});

describe("planted bugs", () => {
  it.each(PLANTED)("finds $patch", { timeout: PLANTED_SEEDS * SEED_MS }, async ({ finding, ...bug }) => {
    const { exitCode, output } = await simulateWith(bug, PLANTED_SEEDS);
    expect(output).toMatch(finding);
    expect(exitCode).toBe(1);
  });
});

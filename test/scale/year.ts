import type { Prng } from "../simulation/prng.ts";

/** Alerts and follow-ups in Safety Gate in 2024, the year with the most, of the Union with IS, LI and NO. */
const YEAR = { alerts: 4_137, followUps: 4_200, countries: 30 };
/** Mean length of the public text of a real alert, in characters; the longest have not quite twice that. */
const TEXT_LENGTH = 1_500;
const TEXT_SPREAD = [0.2, 1.8] as const;

/** Records of so many countries in a share of a year, if each publishes what one of them did on average in 2024. */
export function recordsOf(countries: number, share: number): number {
  return Math.max(1, Math.round(((YEAR.alerts + YEAR.followUps) / YEAR.countries) * countries * share));
}

export function textOf(prng: Prng): string {
  return "x".repeat(Math.round(prng.between(...TEXT_SPREAD) * TEXT_LENGTH));
}

import { MAX_COMPARED } from "../limits.ts";
import { isPositiveDecimalText } from "../record/decimal-text.ts";
import type { AlgorithmA } from "./algorithm-a.ts";
import type { CensoredResult } from "./censored.ts";
import { compareCensored } from "./censored.ts";
import type { Caveat, Refusal, Side } from "./comparable.ts";
import { comparable, side } from "./comparable.ts";
import type { Consensus } from "./consensus.ts";
import { meanConsensus, robustConsensus } from "./consensus.ts";
import type { Determination, Reading } from "./determination.ts";
import { COMMON_K, compareDeterminations } from "./determination.ts";
import type { Figure } from "./figure.ts";
import { figureOfFraction } from "./figure.ts";
import type { Fraction } from "./fraction.ts";
import { compare, fraction, multiply, parseFraction } from "./fraction.ts";
import type { Scores } from "./scores.ts";
import { scores } from "./scores.ts";
import { StatisticsError } from "./statistics-error.ts";
import { factorBetween } from "./unit.ts";

export type ManyOptions = {
  /** Standard deviation for proficiency assessment, agreed beforehand; else the spread of the laboratories. */
  readonly sigma?: { readonly value: string; readonly unit: string };
  /** `robust` if absent. */
  readonly assigned?: "robust" | "mean";
  /** Laboratories that are scored and do not form the assigned value, such as one known to have erred. */
  readonly excluded?: readonly string[];
};

export type Many =
  | { readonly outcome: "refused"; readonly refusals: readonly ManyRefusal[] }
  | {
      readonly outcome: "compared";
      readonly unit: string;
      readonly k: typeof COMMON_K;
      readonly assigned: Assigned;
      /** σ_pt of z and z′; absent if nothing was agreed and all values are equal. */
      readonly sigma?: Figure & { readonly by: "given" | "assigned-spread" };
      readonly algorithmA?: AlgorithmA;
      /** By name of the laboratory. */
      readonly laboratories: readonly Row[];
      readonly caveats: readonly ManyCaveat[];
    };

type Assigned = {
  readonly by: Consensus["by"];
  readonly value: Figure;
  readonly spread: Figure & { readonly by: Consensus["spreadBy"] };
  /** Standard uncertainty, and expanded: by t for a mean, by 2 else. */
  readonly u: Figure;
  readonly U: Figure;
  /** Laboratories that formed it. */
  readonly p: number;
};

/** One laboratory: scores, or where its result is `<` or `>`, how that fits the assigned value. */
type Row = { readonly laboratory: string; readonly value: Figure; readonly formedAssigned: boolean } & (
  | ({ readonly comparator: "=" } & Scores)
  | ({ readonly comparator: "<" | ">" } & CensoredResult)
);

export type ManyRefusal =
  | Refusal
  | {
      /** A laboratory with two results: which counts is not for us to say, and both would count it twice. */
      readonly reason: "same-laboratory" | "too-few" | "mostly-censored";
      readonly between: readonly Side[];
    };

export type ManyCaveat =
  | Caveat
  | {
      readonly caveat:
        /** Those that formed the value agree with it better than others would: u(x_pt) does not correct for that. */
        | "laboratories-formed-value"
        | "few-laboratories"
        /** Results `<` or `>` did not form the assigned value, which moves it away from them. */
        | "censored-left-out"
        | "excluded"
        /** Most values are equal: the plain standard deviation stands in for s* or nIQR, which is zero. */
        | "robust-spread-zero"
        /** u(x_pt) > 0.3 σ_pt: z blames laboratories for what is not known of the value; z′ does not. */
        | "assigned-value-uncertain";
      readonly between: readonly Side[];
    };

/** Two are a pair (`compareTwo`), and of two nobody knows who erred. */
const MIN_FORMING = 3;

/** ISO 13528:2022, 9.2.1: up to this part of σ_pt, the uncertainty of the assigned value may be neglected. */
const NEGLIGIBLE = fraction(3n, 10n);

/**
 * An assigned value formed by the laboratories, and each one's z, z′, ζ and E_n against it. The order of the list has no
 * influence on a single bit. `STATISTICS_COUNT` for more than `MAX_COMPARED`; `STATISTICS_OPTIONS` for an excluded
 * laboratory that is not there and a sigma in a unit that cannot be converted; `STATISTICS_NUMBER_MALFORMED` for a sigma
 * that is not a decimal above zero.
 */
export function compareMany(determinations: readonly Determination[], options: ManyOptions = {}): Many {
  if (determinations.length > MAX_COMPARED)
    throw new StatisticsError("STATISTICS_COUNT", `more than ${MAX_COMPARED} laboratories`);
  const sorted = determinations.toSorted(compareDeterminations);
  const excluded = new Set(options.excluded);
  assertPresent(excluded, sorted);
  const found = comparable(sorted);
  const refusals = [...found.refusals, ...refusalsOf(sorted, excluded)];
  if (refusals.length > 0 || !("read" in found)) return { outcome: "refused", refusals };
  const readings = sorted.map((one) => found.read(one));
  const forming = readings.filter(({ determination }) => forms(determination, excluded)).map(({ value }) => value);
  const consensus = options.assigned === "mean" ? meanConsensus(forming) : robustConsensus(forming);
  const sigma = sigmaOf(options, found.unit, consensus);
  return {
    outcome: "compared",
    unit: found.unit,
    k: COMMON_K,
    assigned: assignedOf(consensus, forming.length),
    ...(sigma === undefined ? {} : { sigma: { ...figureOfFraction(sigma.value), by: sigma.by } }),
    ...(consensus.algorithmA === undefined ? {} : { algorithmA: consensus.algorithmA }),
    laboratories: readings.map((reading) => rowOf(reading, consensus, sigma?.value, excluded)),
    caveats: [...found.caveats, ...caveatsOf(sorted, excluded, consensus, sigma)],
  };
}

function forms({ comparator, laboratory }: Determination, excluded: ReadonlySet<string>): boolean {
  return comparator === "=" && !excluded.has(laboratory);
}

function assertPresent(excluded: ReadonlySet<string>, sorted: readonly Determination[]): void {
  for (const name of excluded) {
    if (!sorted.some(({ laboratory }) => laboratory === name))
      throw new StatisticsError("STATISTICS_OPTIONS", "an excluded laboratory that has no result here");
  }
}

function refusalsOf(sorted: readonly Determination[], excluded: ReadonlySet<string>): ManyRefusal[] {
  const refusals: ManyRefusal[] = sorted
    .filter((one, index) => one.laboratory === sorted[index - 1]?.laboratory)
    .map((one) => ({ reason: "same-laboratory", between: [side(one, undefined)] }));
  const forming = sorted.filter((one) => forms(one, excluded));
  const censored = sorted.filter((one) => one.comparator !== "=" && !excluded.has(one.laboratory));
  // If half or more are below (or above) what they can measure, the middle of all lies there too, and nobody knows where.
  if (censored.length > 0 && censored.length >= forming.length)
    refusals.push({ reason: "mostly-censored", between: censored.map((one) => side(one, undefined)) });
  else if (forming.length < MIN_FORMING)
    refusals.push({ reason: "too-few", between: forming.map((one) => side(one, undefined)) });
  return refusals;
}

type Sigma = { readonly value: Fraction; readonly by: "given" | "assigned-spread" };

function sigmaOf({ sigma }: ManyOptions, unit: string, { spread }: Consensus): Sigma | undefined {
  if (sigma !== undefined) return givenSigma(sigma, unit);
  return spread.numerator === 0n ? undefined : { value: spread, by: "assigned-spread" };
}

function givenSigma(sigma: { readonly value: string; readonly unit: string }, unit: string): Sigma {
  if (!isPositiveDecimalText(sigma.value))
    throw new StatisticsError("STATISTICS_NUMBER_MALFORMED", "sigma is not a decimal above zero");
  const factor = factorBetween(sigma.unit, unit);
  if (factor === undefined)
    throw new StatisticsError(
      "STATISTICS_OPTIONS",
      "sigma is in a unit that cannot be converted to that of the results",
    );
  return { value: multiply(parseFraction(sigma.value), factor), by: "given" };
}

function assignedOf({ by, value, spread, spreadBy, u, uncertainty }: Consensus, p: number): Assigned {
  return {
    by,
    value: figureOfFraction(value),
    spread: { ...figureOfFraction(spread), by: spreadBy },
    u: figureOfFraction(u),
    U: figureOfFraction(uncertainty.stated),
    p,
  };
}

function rowOf(
  { determination, value, uncertainty }: Reading,
  consensus: Consensus,
  sigma: Fraction | undefined,
  excluded: ReadonlySet<string>,
): Row {
  const { laboratory, comparator } = determination;
  const row = { laboratory, value: figureOfFraction(value), formedAssigned: forms(determination, excluded) };
  if (comparator === "=") return { ...row, comparator, ...scores({ value, uncertainty }, consensus, sigma) };
  return {
    ...row,
    comparator,
    ...compareCensored({ ...consensus, comparator: "=" }, { value, uncertainty, comparator }),
  };
}

function caveatsOf(
  sorted: readonly Determination[],
  excluded: ReadonlySet<string>,
  consensus: Consensus,
  sigma: Sigma | undefined,
): ManyCaveat[] {
  const censored = sorted.filter(({ comparator }) => comparator !== "=").map((one) => side(one, one.value));
  const left = sorted.filter(({ laboratory }) => excluded.has(laboratory)).map((one) => side(one, one.value));
  const caveats: ManyCaveat[] = [{ caveat: "laboratories-formed-value", between: [] }];
  if (consensus.by === "median-niqr") caveats.push({ caveat: "few-laboratories", between: [] });
  if (censored.length > 0) caveats.push({ caveat: "censored-left-out", between: censored });
  if (left.length > 0) caveats.push({ caveat: "excluded", between: left });
  if (consensus.by !== "mean" && consensus.spreadBy === "standard-deviation")
    caveats.push({ caveat: "robust-spread-zero", between: [] });
  if (sigma !== undefined && compare(consensus.u, multiply(NEGLIGIBLE, sigma.value)) > 0)
    caveats.push({ caveat: "assigned-value-uncertain", between: [] });
  return caveats;
}

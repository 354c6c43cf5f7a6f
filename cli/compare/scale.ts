import type { AnalyteComparison } from "../../protocol/statistics/comparison.ts";
import { COMMON_K } from "../../protocol/statistics/determination.ts";
import { parseFraction, toNumber } from "../../protocol/statistics/fraction.ts";
import { factorBetween } from "../../protocol/statistics/unit.ts";
import { shortFigure } from "./pair-words.ts";
import { boundText, citationText, resultText } from "./words.ts";

// Where things stand in a plot. It is only for looking at: nothing is decided by these doubles.

/** A result on the scale; its interval is U at k = 2, as it is compared. */
export type Interval = {
  readonly name: string;
  readonly says: string;
  readonly cites: string;
  readonly comparator: "=" | "<" | ">";
  readonly value: number;
  readonly low: number;
  readonly high: number;
};

export type Bound = { readonly value: number; readonly text: string; readonly kind: "maximum" | "minimum" };

/** What laboratories have in common, with its U. */
export type Band = { readonly low: number; readonly high: number; readonly text: string };

export type Scale = {
  /** In which the scale is. */
  readonly unit: string;
  readonly intervals: readonly Interval[];
  readonly bounds: readonly Bound[];
  readonly bands: readonly Band[];
  /** What is not on this scale, since its unit cannot be converted: citations. */
  readonly elsewhere: readonly string[];
  readonly from: number;
  readonly until: number;
};

/** Zero is on the scale unless everything else would then be pressed into less than this part of it. */
const MIN_SPREAD = 0.25;
/** Free on both sides of what is not zero, as a part of the scale. */
const MARGIN = 0.06;

/** In the unit of the first result. */
export function scaleOf({ results, consensus }: AnalyteComparison): Scale | undefined {
  const unit = results[0]?.determination.unit;
  if (unit === undefined) return undefined;
  const intervals = results.flatMap((result) => intervalOf(result, unit));
  const bounds = unique(results.flatMap((result) => boundOf(result, unit))).sort((a, b) => a.value - b.value);
  const bands = consensus.flatMap(({ found }) => bandOf(found, unit));
  const elsewhere = results
    .map(({ citation }) => citationText(citation))
    .filter((cites) => intervals.every((interval) => interval.cites !== cites));
  const ends = [...intervals, ...bands].flatMap(({ low, high }) => [low, high]);
  return { unit, intervals, bounds, bands, elsewhere, ...rangeOf([...ends, ...bounds.map(({ value }) => value)]) };
}

function rangeOf(values: readonly number[]): Pick<Scale, "from" | "until"> {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const reach = Math.max(Math.abs(least), Math.abs(most)) || 1;
  const hasZero = most - least >= MIN_SPREAD * reach || most === least;
  const [low, high] = hasZero ? [Math.min(0, least), Math.max(0, most)] : [least, most];
  const margin = MARGIN * (high - low || reach);
  return { from: low === 0 ? 0 : low - margin, until: high === 0 && low < 0 ? 0 : high + margin };
}

type Result = AnalyteComparison["results"][number];

function intervalOf(result: Result, unit: string): readonly Interval[] {
  const { determination, citation } = result;
  const { laboratory: name, comparator, U, k } = determination;
  const value = inUnit(determination.value, determination.unit, unit);
  if (value === undefined) return [];
  const stated = U === undefined || k === undefined ? undefined : inUnit(U, determination.unit, unit);
  const spread =
    stated === undefined || comparator !== "="
      ? 0
      : (stated * Number(COMMON_K)) / toNumber(parseFraction(k ?? COMMON_K));
  const cites = citationText(citation);
  return [{ name, says: resultText(result), cites, comparator, value, low: value - spread, high: value + spread }];
}

function boundOf({ limits }: Result, unit: string): readonly Bound[] {
  if (limits === undefined) return [];
  return (["lower", "upper"] as const).flatMap((end) => {
    const text = limits[end];
    const value = text === undefined ? undefined : inUnit(text, limits.unit, unit);
    if (text === undefined || value === undefined) return [];
    const kind = end === "upper" ? "maximum" : "minimum";
    return [{ value, text: boundText({ [end]: text, unit: limits.unit }), kind }];
  });
}

function bandOf(found: AnalyteComparison["consensus"][number]["found"], unit: string): readonly Band[] {
  const factor = found.outcome === "compared" ? factorBetween(found.unit, unit) : undefined;
  if (found.outcome === "refused" || factor === undefined) return [];
  const { value, U } = found.assigned;
  const [middle, spread] = [value.value * toNumber(factor), U.value * toNumber(factor)];
  return [{ low: middle - spread, high: middle + spread, text: `in common ${shortFigure(value)} ${found.unit}` }];
}

function unique(bounds: readonly Bound[]): Bound[] {
  return [...new Map(bounds.map((bound) => [`${bound.kind} ${bound.value}`, bound])).values()];
}

function inUnit(text: string, from: string, to: string): number | undefined {
  const factor = factorBetween(from, to);
  return factor === undefined ? undefined : toNumber(parseFraction(text)) * toNumber(factor);
}

/** What the scale is of, and what its signs are. */
export function scaleText({ unit, intervals, elsewhere }: Scale): string {
  return [
    unit,
    ...(intervals.some(({ low, high }) => low < high) ? [`intervals at k = ${COMMON_K}`] : []),
    ...(elsewhere.length === 0 ? [] : [`in another unit: ${elsewhere.join(", ")}`]),
  ].join("; ");
}

/** Round numbers along a scale, three to five of them. */
export function ticksOf({ from, until }: Pick<Scale, "from" | "until">): readonly number[] {
  const rough = (until - from) / 4;
  // By its text, since the last bit of a logarithm or of a power is the engine's affair.
  const power = Number(`1e${rough.toExponential().split("e")[1] ?? "0"}`);
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough) ?? rough;
  const first = Math.ceil(from / step);
  // Twelve digits: three steps of 0.1 are not quite 0.3.
  const ticks = [0, 1, 2, 3, 4, 5].map((at) => Number(((first + at) * step).toPrecision(12)));
  return ticks.filter((tick) => tick <= until);
}

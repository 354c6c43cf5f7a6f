import type { AnalyteComparison } from "../../protocol/statistics/comparison.ts";
import { parseFraction, toNumber } from "../../protocol/statistics/fraction.ts";
import { factorBetween } from "../../protocol/statistics/unit.ts";
import { citationText } from "./words.ts";

/** A result on the scale of a plot, in the unit of the first one; only for looking at: nothing is decided by it. */
export type Interval = {
  readonly name: string;
  readonly cites: string;
  readonly comparator: "=" | "<" | ">";
  readonly value: number;
  readonly low: number;
  readonly high: number;
};

export type Scale = {
  readonly unit: string;
  readonly intervals: readonly Interval[];
  readonly limits: readonly number[];
  readonly from: number;
  readonly until: number;
};

/** Results whose unit cannot be converted are left out: they are not on this scale. */
export function scaleOf({ results }: AnalyteComparison): Scale | undefined {
  const unit = results[0]?.determination.unit;
  if (unit === undefined) return undefined;
  const intervals = results.flatMap(({ determination, citation }): Interval[] => {
    const { laboratory: name, comparator } = determination;
    const value = inUnit(determination.value, determination.unit, unit);
    if (value === undefined) return [];
    const spread = determination.U === undefined ? 0 : (inUnit(determination.U, determination.unit, unit) ?? 0);
    return [{ name, cites: citationText(citation), comparator, value, low: value - spread, high: value + spread }];
  });
  const limits = [
    ...new Set(
      results.flatMap(({ limits: one }) =>
        one === undefined
          ? []
          : [one.lower, one.upper].flatMap((text) => (text === undefined ? [] : (inUnit(text, one.unit, unit) ?? []))),
      ),
    ),
  ].sort((a, b) => a - b);
  const ends = [...intervals.flatMap(({ low, high }) => [low, high]), ...limits];
  const [from, until] = [Math.min(0, ...ends), Math.max(...ends)];
  return intervals.length === 0 ? undefined : { unit, intervals, limits, from, until: until > from ? until : from + 1 };
}

function inUnit(text: string, from: string, to: string): number | undefined {
  const factor = factorBetween(from, to);
  return factor === undefined ? undefined : toNumber(parseFraction(text)) * toNumber(factor);
}

/** Round numbers along a scale, four or five of them. */
export function ticksOf({ from, until }: Pick<Scale, "from" | "until">): readonly number[] {
  const rough = (until - from) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough) ?? rough;
  const ticks: number[] = [];
  for (let at = Math.ceil(from / step); at * step <= until; at++) ticks.push(Number((at * step).toPrecision(10)));
  return ticks;
}

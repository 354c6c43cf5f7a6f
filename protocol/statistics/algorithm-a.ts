import type { Figure } from "./figure.ts";
import { figureOf, roundSignificant } from "./figure.ts";
import type { Fraction } from "./fraction.ts";
import { add, compare, fromNumber, subtract, toNumber } from "./fraction.ts";
import { median, scaledMad } from "./median.ts";
import { meanOf } from "./mean.ts";

/** x* and s* after one iteration, or before the first. */
export type Step = { readonly x: number; readonly s: number };

/** Where one stop rule led. */
export type Stopped = {
  readonly x: Figure;
  readonly s: Figure;
  /** `rule`: as it asks; `cap`: `MAX_ITERATIONS` did not do; `collapsed`: s* went to nothing, and is 0. */
  readonly stopped: "rule" | "cap" | "collapsed";
  readonly iterations: number;
  /** After each iteration, the start not included. */
  readonly trajectory: readonly Step[];
};

/** Algorithm A with both stop rules. Scores use `thirdFigure`, which is the standard's. */
export type AlgorithmA = {
  /** What s* began with: the scaled MAD, or the standard deviation if that is zero, or nothing if all values are equal. */
  readonly startedFrom: "mad" | "standard-deviation" | "equal-values";
  readonly start: Step;
  /** Until neither x* nor s*, each rounded to three significant figures, changes from one iteration to the next. */
  readonly thirdFigure: Stopped;
  /** Until both change by at most `TOLERANCE` · s*. */
  readonly converged: Stopped;
};

/** Values further than this many s* from x* are drawn in: ISO 13528:2022, C.3.1. */
const WINSOR = 1.5;

/** Makes up for what drawing in takes from the spread of a normal distribution: ISO 13528:2022, C.3.1. */
const SPREAD_FACTOR = 1.134;

/** Of a change that counts as none, relative to s*: a thousand times above what rounding does to deviations. */
const TOLERANCE = 1e-12;

/** Below this part of the first s*, s* is taken for zero: it shrinks by the same factor each time and never ends. */
const COLLAPSE = 1e-9;

/** Ordinary data need ten to a hundred; where s* only creeps, no number would be enough. */
const MAX_ITERATIONS = 1000;

/** What the iterations work on: deviations from the median, in order, and the s* to begin with. */
type Work = { readonly middle: Fraction; readonly deviations: readonly number[]; readonly first: number };

/** x* is the median and `shift`. */
type State = { readonly shift: number; readonly s: number };

type Rule = (before: State, after: State) => boolean;

/**
 * ISO 13528:2022, C.3.1, of two values or more. It works on deviations from the median, which are exact before each is
 * rounded to a double: so a large common offset costs no digits. Sums run over the values in ascending order.
 * `STATISTICS_COUNT` below 2 values.
 */
export function algorithmA(values: readonly Fraction[]): AlgorithmA {
  const middle = median(values);
  const { startedFrom, first } = startOf(values);
  const deviations = values.toSorted(compare).map((value) => toNumber(subtract(value, middle)));
  const work: Work = { middle, deviations, first };
  return {
    startedFrom,
    start: stepOf(work, { shift: 0, s: first }),
    thirdFigure: iterate(work, (before, after) => isSameToThreeFigures(stepOf(work, before), stepOf(work, after))),
    converged: iterate(work, isConverged),
  };
}

function startOf(values: readonly Fraction[]): Pick<AlgorithmA, "startedFrom"> & { readonly first: number } {
  const mad = toNumber(scaledMad(values));
  const deviation = Math.sqrt(toNumber(meanOf(values).variance));
  if (mad > 0) return { startedFrom: "mad", first: mad };
  return { startedFrom: deviation > 0 ? "standard-deviation" : "equal-values", first: deviation };
}

function iterate(work: Work, isStable: Rule): Stopped {
  const trajectory: Step[] = [];
  let state: State = { shift: 0, s: work.first };
  let stopped: Stopped["stopped"] = work.first === 0 ? "rule" : "cap";
  while (stopped === "cap" && trajectory.length < MAX_ITERATIONS) {
    const next = nextState(work, state);
    trajectory.push(stepOf(work, next));
    if (next.s === 0) stopped = "collapsed";
    else if (isStable(state, next)) stopped = "rule";
    state = next;
  }
  const { x, s } = stepOf(work, state);
  return { x: figureOf(x), s: figureOf(s), stopped, iterations: trajectory.length, trajectory };
}

function nextState({ deviations, first }: Work, { shift, s }: State): State {
  const drawnIn = deviations.map((one) => Math.min(Math.max(one, shift - WINSOR * s), shift + WINSOR * s));
  const mean = sumOf(drawnIn) / drawnIn.length;
  const squares = sumOf(drawnIn.map((one) => (one - mean) * (one - mean)));
  const next = SPREAD_FACTOR * Math.sqrt(squares / (drawnIn.length - 1));
  return { shift: mean, s: next < COLLAPSE * first ? 0 : next };
}

function isSameToThreeFigures(before: Step, after: Step): boolean {
  return (
    roundSignificant(before.s, 3) === roundSignificant(after.s, 3) &&
    roundSignificant(before.x, 3) === roundSignificant(after.x, 3)
  );
}

function isConverged(before: State, after: State): boolean {
  const bound = TOLERANCE * after.s;
  return Math.abs(after.shift - before.shift) <= bound && Math.abs(after.s - before.s) <= bound;
}

/** The sum is exact before it is rounded to a double. */
function stepOf({ middle }: Work, { shift, s }: State): Step {
  return { x: toNumber(add(middle, fromNumber(shift))), s };
}

/** From the first to the last, one addition after the other. */
function sumOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

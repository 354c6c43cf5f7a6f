import { dayAfter, dayOfTime, daysBetween, lastDayOf } from "./day.ts";
import type { CaseGraph, CaseNode } from "./graph.ts";
import type { RequestState } from "./request.ts";
import { addDays, type Calendar, isKnownBetween, toWorkingDay } from "./working-days.ts";

/** Regulation (EU) 2019/1020, article 22(2): at most 30 days, which are not working days. */
const ANSWER_DAYS = 30;

export type AnswerClock = {
  /** The last day for the answer, as far as the clock has stood until now. */
  readonly due: string;
  /** Whether the request itself says by when. */
  readonly isNamed: boolean;
  /** The day since which the request is in question; `undefined` if it is not. */
  readonly stoppedOn: string | undefined;
  readonly isCalendarKnown: boolean;
};

/** From the day of a question back to the day on which it was taken up. */
type Stop = { readonly from: string; readonly until: string | undefined };

/** Until when an answer is owed by whom was asked: docs/spec/case.md, "Deadlines". `calendar` is theirs. */
export function answerClock(
  graph: CaseGraph,
  state: RequestState,
  calendar: Calendar,
  timeOf: (node: CaseNode) => number,
): AnswerClock {
  const start = dayOfTime(timeOf(state.request));
  const { due: named } = state.request.record.body;
  const dueAfter = (stopped: number): string => {
    if (named === undefined) return addDays(calendar, start, ANSWER_DAYS + stopped);
    // A day that was named stands, also on a holiday (Regulation 1182/71, article 5); one that moved is a period's end.
    return stopped === 0 ? lastDayOf(named) : toWorkingDay(calendar, dayAfter(lastDayOf(named), stopped));
  };
  const stops = stopsOf(graph, state, timeOf);
  let [stopped, counted] = [0, start];
  for (const { from, until } of stops) {
    const begin = latest(from, counted);
    // Who asks back when it is too late gains nothing by it.
    if (until === undefined || begin > dueAfter(stopped)) continue;
    counted = latest(until, begin);
    stopped += daysBetween(begin, counted);
  }
  const due = dueAfter(stopped);
  const open = stops.find(({ until }) => until === undefined);
  return {
    due,
    isNamed: named !== undefined,
    stoppedOn: open === undefined ? undefined : latest(open.from, start),
    isCalendarKnown: (named !== undefined && stopped === 0) || isKnownBetween(calendar, start, due),
  };
}

/** By their first day. The claims of two authorities may contradict each other: then a stop has no days. */
function stopsOf(graph: CaseGraph, { request, answers }: RequestState, timeOf: (node: CaseNode) => number): Stop[] {
  return answers
    .filter(({ record }) => record.body.outcome === "more-information-needed")
    .map((question) => {
      const [first] = graph.nodes
        .filter((node) => node.author === request.author && graph.follows(node, question))
        .map((node) => timeOf(node))
        .sort((a, b) => a - b);
      return { from: dayOfTime(timeOf(question)), until: first === undefined ? undefined : dayOfTime(first) };
    })
    .sort((a, b) => daysBetween(b.from, a.from));
}

function latest(a: string, b: string): string {
  return a > b ? a : b;
}

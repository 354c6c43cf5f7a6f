import { answerClock } from "./answer-clock.ts";
import { dayOfTime, daysBetween, lastDayOf } from "./day.ts";
import type { Duty, DutyKind } from "./duty.ts";
import type { Case } from "./fold.ts";
import type { CaseGraph, CaseNode, RecordOf } from "./graph.ts";
import type { RequestState } from "./request.ts";
import { addWorkingDays, type Calendar, isKnownBetween, workingDaysBetween } from "./working-days.ts";

/** Until when what is owed is owed, as seen on one day: docs/spec/case.md, "Deadlines". */
export type Deadline = {
  /** One of the case, or the `answer` to a request that is in question, whose clock stands. */
  readonly duty: Duty;
  /** When the entry by which it is owed was made, in seconds since 1970, as its author claims. */
  readonly since: number;
  /** When a cosignature over that entry was first here, likewise. */
  readonly witnessed: number | undefined;
  /** The last day, "2026-03-09"; `undefined` where there is none, or while the clock stands. */
  readonly due: string | undefined;
  /** `named`: by the request itself. `agreement`: of the federation; no law says so. */
  readonly basis: "law" | "agreement" | "named" | undefined;
  /** Whether `daysLeft` are working days of who owes. */
  readonly working: boolean;
  readonly state: "no-deadline" | "due" | "overdue" | "stopped";
  /** 0 on the last day, less after it; while the clock stands, what was left when it stopped. */
  readonly daysLeft: number | undefined;
  /** Whether the holidays of all days up to `due` are known; else some were taken to be Monday to Friday. */
  readonly isCalendarKnown: boolean;
};

/** What deadlines are seen with; the fold has none of it. */
export type DeadlineView = {
  /** The leaf time of an entry, in seconds since 1970. */
  readonly timeOf: (node: CaseNode) => number;
  /** When this node first had a cosignature over an entry, likewise. */
  readonly witnessedAt: (node: CaseNode) => number | undefined;
  /** By the id of an authority, in hex. */
  readonly calendarOf: (authority: string) => Calendar;
  /** "2026-03-09", in UTC. */
  readonly today: string;
};

/** As many as the law gives for a measure to be notified: Regulation (EU) 2023/988, article 26(4). */
const ACKNOWLEDGE_WORKING_DAYS = 4;
/** As many as the law gives an operator to be heard: Regulation (EU) 2019/1020, article 18(3). */
const DECIDE_WORKING_DAYS = 10;
/** Regulation (EU) 2023/988, article 26(7): from one's own measure, which only its author knows before. */
export const FOLLOW_UP_WORKING_DAYS = 4;

/** A day that is ten years off is a slip, and counting to the year 9999 a waste that a peer could cause. */
const MAX_DELAY_DAYS = 3_660;

/** What authorities agree on, where no law says it, in working days of who owes. The law's period: `answerClock`. */
const AGREED: Readonly<Record<Exclude<DutyKind, "answer">, number | undefined>> = {
  acknowledge: ACKNOWLEDGE_WORKING_DAYS,
  "decide-offer": DECIDE_WORKING_DAYS,
  "say-more": DECIDE_WORKING_DAYS,
  "answer-objection": DECIDE_WORKING_DAYS,
  "act-again": DECIDE_WORKING_DAYS,
  "follow-up": undefined,
  verify: undefined,
};

/** The deadline of each duty of a case, and of each answer that waits for more to be said. */
export function deadlinesOf(folded: Case, view: DeadlineView): readonly Deadline[] {
  const questions = new Set<CaseNode | undefined>(
    folded.duties.filter(({ kind }) => kind === "say-more").map(({ about }) => about),
  );
  const waiting = folded.requests
    .filter(({ answers }) => answers.length > 0 && questions.has(answers.at(-1)))
    .map(({ request, to }) => ({ kind: "answer", who: to, about: request }) as const);
  const requests = new Map(folded.requests.map((one) => [`${one.to} ${one.request.key}`, one]));
  const requestOf = ({ who, about }: Duty): RequestState | undefined => requests.get(`${who} ${about.key}`);
  return [...folded.duties, ...waiting].map((duty) => {
    const { about } = duty;
    return {
      duty,
      since: view.timeOf(about),
      witnessed: view.witnessedAt(about),
      ...termOf(folded.graph, duty, requestOf, view),
    };
  });
}

/**
 * Working days from the day that a follow-up gives as its own to its publication; `undefined` where it gives none, or a
 * month or year only, or one that is more than ten years off. More than `FOLLOW_UP_WORKING_DAYS` is late.
 */
export function followUpDelay(
  node: CaseNode<RecordOf<"follow-up">>,
  { timeOf, calendarOf }: Pick<DeadlineView, "timeOf" | "calendarOf">,
): number | undefined {
  const { date } = node.record.body;
  if (date === undefined || date !== lastDayOf(date)) return undefined;
  const published = dayOfTime(timeOf(node));
  if (Math.abs(daysBetween(date, published)) > MAX_DELAY_DAYS) return undefined;
  return workingDaysBetween(calendarOf(node.author), date, published);
}

type Term = Omit<Deadline, "duty" | "since" | "witnessed">;

function termOf(
  graph: CaseGraph,
  duty: Duty,
  requestOf: (duty: Duty) => RequestState | undefined,
  view: DeadlineView,
): Term {
  const { kind, who, about } = duty;
  if (kind === "answer") return answerTerm(graph, requestOf(duty), view);
  const workingDays = AGREED[kind];
  if (workingDays === undefined) return NO_TERM;
  const calendar = view.calendarOf(who);
  const start = dayOfTime(view.timeOf(about));
  const due = addWorkingDays(calendar, start, workingDays);
  return {
    due,
    basis: "agreement",
    working: true,
    state: view.today > due ? "overdue" : "due",
    daysLeft: workingDaysBetween(calendar, view.today, due),
    isCalendarKnown: isKnownBetween(calendar, start, due),
  };
}

const NO_TERM: Term = {
  due: undefined,
  basis: undefined,
  working: false,
  state: "no-deadline",
  daysLeft: undefined,
  isCalendarKnown: true,
};

function answerTerm(graph: CaseGraph, request: RequestState | undefined, view: DeadlineView): Term {
  if (request === undefined) return NO_TERM;
  const calendar = view.calendarOf(request.to);
  const { due, isNamed, stoppedOn, isCalendarKnown } = answerClock(graph, request, calendar, view.timeOf);
  const basis = isNamed ? "named" : "law";
  if (stoppedOn !== undefined) {
    const daysLeft = daysBetween(stoppedOn, due);
    return { due: undefined, basis, working: false, state: "stopped", daysLeft, isCalendarKnown };
  }
  const state = view.today > due ? "overdue" : "due";
  return { due, basis, working: false, state, daysLeft: daysBetween(view.today, due), isCalendarKnown };
}

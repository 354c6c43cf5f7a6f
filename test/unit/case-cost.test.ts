import { expect, it } from "vitest";
import { deadlinesOf } from "../../protocol/case/deadlines.ts";
import type { CaseEntry } from "../../protocol/case/entry.ts";
import type { Case } from "../../protocol/case/fold.ts";
import { calendarOfCountry } from "../../protocol/case/holidays/calendar.ts";
import { IndicatorCount, type TimedCase } from "../../protocol/case/indicators.ts";
import { groupByRoot } from "../../protocol/case/root.ts";
import { CaseBuilder, idOf } from "../support/case-builder.ts";

// What a trusted peer can put into one case so that its readers work in vain: as many entries as are folded. Each of
// these took five seconds to minutes while something was done for every pair of them.

const ENTRIES = 2_000;
/** Some tenths of a second here: on a slow machine still far from every pair. */
const MOST_MS = 4_000;
const TEXT = { en: "because" };
const RECALL = { category: "recall", obligation: "voluntary" };
const NETHERLANDS = calendarOfCountry("NL");
/** The last year that a leaf may claim. */
const FAR_OFF = Date.parse("2099-06-01T00:00:00Z") / 1000;

/** Milliseconds of CPU: the machine may be busy with other tests. */
function took(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function times<T>(count: number, act: (at: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, at) => act(at));
}

function deadlines(folded: Case): unknown {
  return deadlinesOf(folded, {
    timeOf: () => FAR_OFF,
    witnessedAt: () => undefined,
    calendarOf: () => NETHERLANDS,
    today: "2026-03-09",
  });
}

it("entries that name those after them in their own log", () => {
  const made = new CaseBuilder();
  const root = made.alert("A");
  const theirs: CaseEntry[] = [];
  for (let at = 0; at < ENTRIES; at++)
    theirs.push(made.add("B", "acknowledgement", [root, ...theirs.slice(-60)], { case: 0 }));
  // They stand in the log in the other direction: such a log can be written, from its end.
  const turned = (index: number): { readonly index: number } => ({ index: ENTRIES - 1 - index });
  for (const { ref, record } of theirs) {
    Object.assign(ref, turned(ref.index));
    for (const named of record.refs.slice(1)) Object.assign(named, turned(named.index));
  }
  let folded = made.fold();
  for (const entries of [made.entries, made.entries.toReversed()])
    expect(took(() => (folded = made.fold([], entries)))).toBeLessThan(MOST_MS);
  expect(folded.graph.nodes.map(({ ref }) => ref)).toEqual([root.ref]);
});

it("a chain of entries each of which names the one before as its case", () => {
  const made = new CaseBuilder();
  let last = made.alert("A");
  for (let at = 0; at < ENTRIES; at++) last = made.add("B", "acknowledgement", [last], { case: 0 });
  expect(took(() => groupByRoot(made.entries))).toBeLessThan(MOST_MS);
});

it("questions to thousands of authorities that nobody knows", () => {
  const made = new CaseBuilder();
  const root = made.alert("A");
  const ids = (from: number): readonly string[] => times(1_000, (at) => (from + at).toString(16).padStart(64, "0"));
  for (let at = 0; at < 40; at++)
    made.add("B", "request", [root], { case: 0, kind: "information", to: ids(at * 1_000), question: TEXT });
  expect(took(() => deadlines(made.fold()))).toBeLessThan(MOST_MS);
  expect(took(() => counted({ case: made.fold(), timeOf: () => FAR_OFF }))).toBeLessThan(MOST_MS);
});

it("amendments of one alert, each with measures", () => {
  const made = new CaseBuilder();
  const root = made.alert("A");
  times(ENTRIES, () => made.add("B", "update", [root], { case: 0, of: 0, text: TEXT, measures: [RECALL, RECALL] }));
  expect(took(() => made.fold())).toBeLessThan(MOST_MS);
});

it("measures by the hundred, and as many verifications that failed", () => {
  const made = new CaseBuilder();
  const root = made.alert("A");
  const measures = times(100, () => RECALL);
  const reports = times(ENTRIES / 2, () =>
    made.add("B", "follow-up", [root], { answers: 0, outcome: "measure-taken", measures }),
  );
  for (const report of reports.slice(0, 5))
    times(ENTRIES / 10, () =>
      made.add("B", "verification", [root, report], {
        case: 0,
        method: "test",
        result: "failed",
        measure: { entry: 1, index: 0 },
      }),
    );
  expect(took(() => made.fold())).toBeLessThan(MOST_MS);
});

it("closings, and as many open requests of an accomplice", () => {
  const made = new CaseBuilder();
  const root = made.alert("A");
  times(ENTRIES / 2, () => made.add("A", "closing", [root], { case: 0, outcome: "other", reason: TEXT }));
  times(ENTRIES / 2, () =>
    made.add("B", "request", [root], { case: 0, kind: "information", to: [idOf("C")], question: TEXT }),
  );
  expect(took(() => made.fold())).toBeLessThan(MOST_MS);
});

it("what falls due in seventy years", () => {
  const made = new CaseBuilder();
  const root = made.alert("A");
  times(ENTRIES, () => made.add("B", "objection", [root], { case: 0, to: 0, ground: "other", reason: TEXT }));
  const folded = made.fold();
  expect(took(() => deadlines(folded))).toBeLessThan(MOST_MS);
});

function counted(one: TimedCase): unknown {
  const count = new IndicatorCount();
  count.add(one);
  return count.all;
}

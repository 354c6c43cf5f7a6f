import { expect, it } from "vitest";
import { IndicatorCount, type TimedCase } from "../../protocol/case/indicators.ts";
import { CaseBuilder, idOf } from "../support/case-builder.ts";

const DAY_S = 86_400;
const RECALL = { category: "recall", obligation: "voluntary", operator: "importer" };

/** An alert of A to B and C; B takes a measure after `days`, C is silent, and asks A something if `asks`. */
function timed(days: number, { asks = false, outcome = "measure-taken" } = {}): TimedCase {
  const made = new CaseBuilder();
  const first = made.alert("A");
  const body = { answers: 0, outcome, ...(outcome === "measure-taken" ? { measures: [RECALL] } : {}) };
  made.add("B", "follow-up", [first], {
    ...body,
    traceability: { status: "not-traced", reason: "company-refuses" },
  });
  if (asks) made.add("B", "request", [first], { case: 0, kind: "information", to: [idOf("A")], question: { en: "?" } });
  const folded = made.fold(["B", "C"]);
  return { case: folded, timeOf: (node) => (node === folded.root ? 0 : days * DAY_S) };
}

it("counts what each authority did, whatever order cases come in", () => {
  const cases = [timed(2), timed(4, { asks: true }), timed(10, { outcome: "not-found" })];
  const [forward, backward] = [new IndicatorCount(), new IndicatorCount()];
  cases.forEach((one) => forward.add(one));
  cases.toReversed().forEach((one) => backward.add(one));
  expect(backward.all).toEqual(forward.all);
  expect(forward.cases).toBe(3);
  const [a, b, c] = forward.all;
  expect(a).toMatchObject({ authority: idOf("A"), alerts: { open: 3 }, addressed: 0, requests: { open: 1 } });
  expect(b).toMatchObject({
    authority: idOf("B"),
    alerts: {},
    addressed: 3,
    silent: 0,
    outcomes: { "measure-taken": 2, "not-found": 1 },
    toFollowUp: { count: 3, median: 4, ninth: 10 },
    tracing: { "not-traced": 3 },
    notTraced: { "company-refuses": 3 },
    measures: { importer: { works: 0, failed: 0, contested: 0, "not-verified": 2 } },
    measureCategories: { recall: 2 },
  });
  expect(c).toMatchObject({ authority: idOf("C"), addressed: 3, silent: 3, toFollowUp: { count: 0, median: null } });
  expect(forward.all).toHaveLength(3);
});

it("a code that a later version may know is counted, however it reads", () => {
  const made = new CaseBuilder();
  made.alert("A", { measures: [{ ...RECALL, operator: "constructor", category: "constructor" }] });
  const counted = new IndicatorCount();
  counted.add({ case: made.fold(), timeOf: () => 0 });
  const [first] = counted.all;
  expect(Object.entries(first?.measures ?? {})).toEqual([
    ["constructor", { works: 0, failed: 0, contested: 0, "not-verified": 1 }],
  ]);
  expect(Object.entries(first?.measureCategories ?? {})).toEqual([["constructor", 1]]);
});

import { describe, expect, it } from "vitest";
import { CaseBuilder, idOf } from "../support/case-builder.ts";

const TEXT = { en: "because" };
const RECALL = { category: "recall", obligation: "voluntary" };
const SEIZURE = { category: "seizure", obligation: "compulsory" };

describe("a measure that failed twice at once", () => {
  it.each([
    ["B", "C"],
    ["C", "B"],
  ])("is owed again while its author has not seen both, whatever their ids: %s, %s", (one, other) => {
    const made = new CaseBuilder();
    const first = made.alert("A", { measures: [RECALL] });
    const failed = { case: 0, method: "test", measure: { entry: 0, index: 0 }, result: "failed" };
    const seen = made.add(one, "verification", [first], failed);
    const unseen = made.add(other, "verification", [first], failed);
    made.add("A", "follow-up", [first, seen], { case: 0, answers: 0, outcome: "measure-taken", measures: [SEIZURE] });
    const owed = (): readonly string[] =>
      made
        .fold()
        .duties.filter(({ kind }) => kind === "act-again")
        .map(({ about }) => about.author);
    expect(owed()).toEqual([idOf(other)]);
    made.add("A", "follow-up", [first, unseen], { case: 0, answers: 0, outcome: "measure-taken", measures: [SEIZURE] });
    expect(owed()).toEqual([]);
  });
});

describe("measures that were amended", () => {
  it("stand as the last amendment says, also where that amends an amendment", () => {
    const made = new CaseBuilder();
    const first = made.alert("A", { measures: [RECALL] });
    const once = made.add("A", "update", [first], { case: 0, of: 0, text: TEXT, measures: [SEIZURE] });
    const twice = made.add("A", "correction", [first, once], { case: 0, of: 1, text: TEXT, measures: [RECALL] });
    expect(made.fold().measures.map(({ entry }) => entry.ref)).toEqual([twice.ref]);
  });

  it("stay apart where what they amend is not here", () => {
    const made = new CaseBuilder();
    const first = made.alert("A");
    const [here, there] = [RECALL, SEIZURE].map((one) =>
      made.add("B", "follow-up", [first], { answers: 0, outcome: "measure-taken", measures: [one] }),
    );
    if (here === undefined || there === undefined) throw new Error("no follow-ups");
    made.add("B", "update", [first, here], { case: 0, of: 1, text: TEXT, measures: [SEIZURE] });
    made.add("B", "update", [first, there], { case: 0, of: 1, text: TEXT, measures: [RECALL] });
    const partial = made.entries.filter((entry) => entry !== here && entry !== there);
    expect(made.fold([], partial).measures).toHaveLength(2);
  });
});

it("what contradicts each other is contested, not what who said it has corrected since", () => {
  const made = new CaseBuilder();
  const first = made.alert("A", { measures: [RECALL] });
  const seen = { case: 0, method: "test", measure: { entry: 0, index: 0 } };
  made.add("B", "verification", [first], { ...seen, result: "failed" });
  const worked = made.add("B", "verification", [first], { ...seen, result: "worked" });
  const failed = made.add("C", "verification", [first], { ...seen, result: "failed" });
  const [contest] = made.fold().contests;
  expect(contest?.kind).toBe("verification");
  expect(new Set(contest?.acts.map(({ ref }) => ref))).toEqual(new Set([worked.ref, failed.ref]));
});

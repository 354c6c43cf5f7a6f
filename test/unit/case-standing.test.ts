import { describe, expect, it } from "vitest";
import type { CborMap } from "../../protocol/cbor.ts";
import type { CaseEntry } from "../../protocol/case/entry.ts";
import type { Case } from "../../protocol/case/fold.ts";
import { CaseBuilder, idOf } from "../support/case-builder.ts";

// What authorities try that have no standing for it, or that others could not know of.

const TEXT = { en: "because" };
const RECALL = { category: "recall", obligation: "voluntary" };
const MINOR: CborMap = { notification: "non-serious-risk", product: {}, risk: {} };

function contests(folded: Case): readonly string[] {
  return folded.contests.map(({ kind }) => kind);
}

function handOver(made: CaseBuilder, root: CaseEntry, from: string, to: string, seen: readonly CaseEntry[]): CaseEntry {
  const offer = made.add(from, "hand-over", [root, ...seen], { case: 0, step: "offer", to: idOf(to) });
  return made.add(to, "hand-over", [root, offer], { case: 0, step: "accept", offer: 1 });
}

describe("an alert of another that names its own act as the one before", () => {
  function taken(): { readonly made: CaseBuilder; readonly theirs: CaseEntry; readonly first: CaseEntry } {
    const made = new CaseBuilder();
    const first = made.alert("A", { measures: [RECALL] });
    const ack = made.add("B", "acknowledgement", [first], { case: 0 });
    const theirs = made.add("B", "alert", [ack, first], { ...MINOR, updates: 0 });
    return { made, theirs, first };
  }

  it("is no version of the alert of the case", () => {
    const { made, first } = taken();
    const folded = made.fold(["B", "C"]);
    expect(folded.alert.key).toBe(folded.root.key);
    expect(folded.duties.map(({ kind }) => kind)).toContain("follow-up");
    expect(folded.root.ref).toEqual(first.ref);
  });

  it("does not withdraw the case when it is withdrawn", () => {
    const { made, theirs, first } = taken();
    made.add("B", "withdrawal", [first, theirs], { case: 0, of: 1, reason: "error" });
    expect(made.fold().status).toBe("open");
  });
});

describe("a withdrawn case is reopened", () => {
  it("by who has it when it reopens, whoever has it later", () => {
    const made = new CaseBuilder();
    const first = made.alert("A");
    const taken = made.add("A", "withdrawal", [first], { case: 0, of: 0, reason: "error" });
    const open = made.add("A", "reopening", [first, taken], { case: 0, reason: "error", finding: TEXT });
    expect(made.fold().status).toBe("open");
    handOver(made, first, "A", "B", [open]);
    expect([made.fold().owners, made.fold().status]).toEqual([[idOf("B")], "open"]);
  });

  it("not by who gets it only later", () => {
    const made = new CaseBuilder();
    const first = made.alert("A");
    const taken = made.add("A", "withdrawal", [first], { case: 0, of: 0, reason: "error" });
    const early = made.add("B", "reopening", [first, taken], { case: 0, reason: "error", finding: TEXT });
    handOver(made, first, "A", "B", [early]);
    expect([made.fold().owners, made.fold().status]).toEqual([[idOf("B")], "withdrawn"]);
  });

  it("not by a reopening that was withdrawn itself", () => {
    const made = new CaseBuilder();
    const first = made.alert("A");
    const taken = made.add("A", "withdrawal", [first], { case: 0, of: 0, reason: "error" });
    const open = made.add("A", "reopening", [first, taken], { case: 0, reason: "error", finding: TEXT });
    made.add("A", "withdrawal", [first, open], { case: 0, of: 1, reason: "error" });
    expect(made.fold().status).toBe("withdrawn");
  });
});

describe("who has a case twice", () => {
  it("hands all of it over at once", () => {
    const made = new CaseBuilder();
    const first = made.alert("A");
    const toB = made.add("A", "hand-over", [first], { case: 0, step: "offer", to: idOf("B") });
    const toC = made.add("A", "hand-over", [first], { case: 0, step: "offer", to: idOf("C") });
    const byB = made.add("B", "hand-over", [first, toB], { case: 0, step: "accept", offer: 1 });
    const byC = made.add("C", "hand-over", [first, toC], { case: 0, step: "accept", offer: 1 });
    handOver(made, first, "B", "A", [byB]);
    handOver(made, first, "C", "A", [byC]);
    expect([made.fold().owners, contests(made.fold())]).toEqual([[idOf("A")], []]);
    handOver(made, first, "A", "D", []);
    expect([made.fold().owners, contests(made.fold())]).toEqual([[idOf("D")], []]);
  });

  it("accepts an offer once: what it handed on does not come back", () => {
    const made = new CaseBuilder();
    const first = made.alert("A");
    const offer = made.add("A", "hand-over", [first], { case: 0, step: "offer", to: idOf("B") });
    const once = made.add("B", "hand-over", [first, offer], { case: 0, step: "accept", offer: 1 });
    handOver(made, first, "B", "C", [once]);
    made.add("B", "hand-over", [first, offer], { case: 0, step: "accept", offer: 1 });
    expect(made.fold().owners).toEqual([idOf("C")]);
  });
});

describe("a withdrawn act", () => {
  it("is not contested: it has no effect", () => {
    const made = new CaseBuilder();
    const first = made.alert("A");
    const asked = made.add("A", "request", [first], { case: 0, kind: "test", to: [idOf("B")], question: TEXT });
    const gave = made.add("B", "answer", [first, asked], { case: 0, request: 1, outcome: "complete" });
    made.add("A", "withdrawal", [first, asked], { case: 0, of: 1, reason: "error" });
    expect(contests(made.fold())).toEqual(["answers-withdrawn"]);
    made.add("B", "withdrawal", [first, gave], { case: 0, of: 1, reason: "error" });
    expect(contests(made.fold())).toEqual([]);
  });
});

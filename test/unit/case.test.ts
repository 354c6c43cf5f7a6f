import { describe, expect, it } from "vitest";
import { groupByRoot } from "../../protocol/case/root.ts";
import { entryKey, type CaseEntry } from "../../protocol/case/entry.ts";
import { caseDigest, firstDifference } from "../../protocol/case/digest.ts";
import { sha256 } from "../../keys/sha256.ts";
import type { Case } from "../../protocol/case/fold.ts";
import { CaseBuilder, idOf } from "../support/case-builder.ts";

const TEXT = { en: "because" };
const RECALL = { category: "recall", obligation: "voluntary" };

function contests(folded: Case): readonly string[] {
  return folded.contests.map(({ kind }) => kind);
}

function owed(folded: Case): readonly string[] {
  return folded.duties.map(
    ({ kind, who }) =>
      `${who.slice(0, 2) === idOf("A").slice(0, 2) ? "A" : Buffer.from(who, "hex").toString()[0]} ${kind}`,
  );
}

describe("which entries are one case", () => {
  it("an alert, its versions, and what names it or answers it", () => {
    const made = new CaseBuilder();
    const first = made.alert("A");
    const second = made.add("A", "alert", [first], { updates: 0, notification: "serious-risk", product: {}, risk: {} });
    const answer = made.add("B", "follow-up", [second], { answers: 0, outcome: "not-found" });
    const further = made.add("C", "follow-up", [answer], { answers: 0, outcome: "not-found" });
    const strangers = made.add("B", "alert", [first], {
      updates: 0,
      notification: "serious-risk",
      product: {},
      risk: {},
    });
    made.add("B", "practice-note", [first], { topic: "other", title: TEXT, text: TEXT });
    const groups = groupByRoot(made.entries);
    expect([...groups.keys()]).toEqual([entryKey(first.ref), entryKey(strangers.ref)]);
    expect(groups.get(entryKey(first.ref))).toEqual([first, second, answer, further]);
  });

  it("what names an entry that is not here waits under that entry's name", () => {
    const made = new CaseBuilder();
    const first = made.alert("A");
    const ack = made.add("B", "acknowledgement", [first], { case: 0 });
    expect([...groupByRoot([ack]).keys()]).toEqual([entryKey(first.ref)]);
  });

  it("a reference to another history of a log names another entry", () => {
    const made = new CaseBuilder();
    const first = made.alert("A");
    const other: CaseEntry = { ...first, ref: { ...first.ref, leafHash: new Uint8Array(32) } };
    made.add("B", "acknowledgement", [other], { case: 0 });
    expect(groupByRoot(made.entries).get(entryKey(first.ref))).toEqual([first]);
  });
});

describe("who has a case", () => {
  it("its author, until another accepts what was offered", () => {
    const made = new CaseBuilder();
    const first = made.alert("A");
    const offer = made.add("A", "hand-over", [first], { case: 0, step: "offer", to: idOf("B") });
    expect(made.fold().owners).toEqual([idOf("A")]);
    expect(owed(made.fold())).toEqual(["B decide-offer"]);
    made.add("C", "hand-over", [first, offer], { case: 0, step: "accept", offer: 1 });
    expect(made.fold().owners, "only who is named accepts").toEqual([idOf("A")]);
    made.add("B", "hand-over", [first, offer], { case: 0, step: "accept", offer: 1 });
    expect(made.fold().owners).toEqual([idOf("B")]);
    made.add("A", "closing", [first], { case: 0, outcome: "other", reason: TEXT });
    const closed = [made.fold().status, contests(made.fold())];
    expect(closed, "A had not seen that it is no longer the owner").toEqual(["closed", ["closed-against"]]);
    made.add("B", "closing", made.entries, { case: 0, outcome: "other", reason: TEXT });
    expect([made.fold().status, contests(made.fold())], "who has it now agrees").toEqual(["closed", []]);
  });

  it("two who accept two offers is contested, and a further hand-over settles it", () => {
    const made = new CaseBuilder();
    const first = made.alert("A");
    const toB = made.add("A", "hand-over", [first], { case: 0, step: "offer", to: idOf("B") });
    const toC = made.add("A", "hand-over", [first], { case: 0, step: "offer", to: idOf("C") });
    made.add("B", "hand-over", [first, toB], { case: 0, step: "accept", offer: 1 });
    made.add("C", "hand-over", [first, toC], { case: 0, step: "accept", offer: 1 });
    expect(made.fold().owners).toEqual([idOf("B"), idOf("C")]);
    expect(contests(made.fold())).toEqual(["owners"]);
    const back = made.add("C", "hand-over", [first], { case: 0, step: "offer", to: idOf("B") });
    made.add("B", "hand-over", [first, back], { case: 0, step: "accept", offer: 1 });
    expect(made.fold().owners).toEqual([idOf("B")]);
    expect(contests(made.fold())).toEqual([]);
  });

  it("taking an offer back after it was accepted changes nothing; at the same time is contested", () => {
    const made = new CaseBuilder();
    const first = made.alert("A");
    const offer = made.add("A", "hand-over", [first], { case: 0, step: "offer", to: idOf("B") });
    const accept = made.add("B", "hand-over", [first, offer], { case: 0, step: "accept", offer: 1 });
    const late = made.add("A", "hand-over", [first, offer, accept], { case: 0, step: "cancel", offer: 1 });
    expect([made.fold().owners, contests(made.fold())]).toEqual([[idOf("B")], []]);
    made.entries.splice(made.entries.indexOf(late), 1);
    made.add("A", "hand-over", [first, offer], { case: 0, step: "cancel", offer: 1 });
    expect(made.fold().owners).toEqual([idOf("A"), idOf("B")]);
    expect(contests(made.fold())).toEqual(["owners", "cancelled-and-accepted"]);
  });

  it("an offer by who does not have it has no effect", () => {
    const made = new CaseBuilder();
    const first = made.alert("A");
    const offer = made.add("B", "hand-over", [first], { case: 0, step: "offer", to: idOf("C") });
    made.add("C", "hand-over", [first, offer], { case: 0, step: "accept", offer: 1 });
    expect([made.fold().owners, made.fold().offers]).toEqual([[idOf("A")], []]);
  });
});

describe("requests", () => {
  it("are owed until answered, and stop while something is asked back", () => {
    const made = new CaseBuilder();
    const first = made.alert("A");
    const asked = made.add("A", "request", [first], {
      case: 0,
      kind: "traceability",
      to: [idOf("B"), idOf("C")],
      question: TEXT,
    });
    expect(owed(made.fold())).toEqual(["B answer", "C answer"]);
    const back = made.add("B", "answer", [first, asked], {
      case: 0,
      request: 1,
      outcome: "more-information-needed",
      question: TEXT,
    });
    expect(owed(made.fold())).toEqual(["C answer", "A say-more"]);
    made.add("A", "update", [first, back], { case: 0, of: 0, text: TEXT });
    expect(owed(made.fold())).toEqual(["B answer", "C answer"]);
    made.add("B", "answer", [first, asked], { case: 0, request: 1, outcome: "complete" });
    made.add("C", "answer", [first, asked], { case: 0, request: 1, outcome: "refused", reason: "no-competence" });
    expect(owed(made.fold())).toEqual([]);
    expect(made.fold().requests.map(({ state }) => state)).toEqual(["answered", "refused"]);
  });
});

describe("closing", () => {
  it("is by who has the case, and is undone only by who had seen it", () => {
    const made = new CaseBuilder();
    const first = made.alert("A");
    made.add("B", "closing", [first], { case: 0, outcome: "other", reason: TEXT });
    expect(made.fold().status).toBe("open");
    const earlier = made.add("B", "reopening", [first], { case: 0, reason: "new-finding", finding: TEXT });
    const closed = made.add("A", "closing", [first], { case: 0, outcome: "other", reason: TEXT });
    expect([made.fold().status, contests(made.fold())]).toEqual(["closed", ["closed-against"]]);
    const again = made.add("A", "closing", [first, earlier], { case: 0, outcome: "other", reason: TEXT });
    expect([made.fold().status, contests(made.fold())], "who had seen both settles it").toEqual(["closed", []]);
    made.add("C", "reopening", [first, closed, again], { case: 0, reason: "new-finding", finding: TEXT });
    expect(made.fold().status).toBe("open");
  });

  it("against a request that its author could not know of is contested; a request that it had seen is not", () => {
    const made = new CaseBuilder();
    const first = made.alert("A");
    const seen = made.add("B", "request", [first], { case: 0, kind: "information", to: [idOf("A")], question: TEXT });
    const unseen = made.add("C", "request", [first], { case: 0, kind: "information", to: [idOf("A")], question: TEXT });
    const closed = made.add("A", "closing", [first, seen], { case: 0, outcome: "other", reason: TEXT });
    const [contest] = made.fold().contests;
    expect(contest?.acts.map(({ key }) => key)).toEqual([entryKey(closed.ref), entryKey(unseen.ref)]);
    made.add("A", "answer", [first, unseen], { case: 0, request: 1, outcome: "complete" });
    expect(contests(made.fold())).toEqual([]);
  });

  it("is objected to until its author has acted on that", () => {
    const made = new CaseBuilder();
    const first = made.alert("A");
    const closed = made.add("A", "closing", [first], { case: 0, outcome: "other", reason: TEXT });
    const objected = made.add("B", "objection", [first, closed], { case: 0, to: 1, ground: "open-duty", reason: TEXT });
    expect([contests(made.fold()), owed(made.fold())]).toEqual([["objection"], ["A answer-objection"]]);
    made.add("A", "reopening", [first, objected], { case: 0, reason: "objection", finding: TEXT });
    expect([made.fold().status, contests(made.fold()), owed(made.fold())]).toEqual(["open", [], []]);
  });
});

describe("withdrawal", () => {
  it("takes its author's entry out, and what answered it unknowingly is contested", () => {
    const made = new CaseBuilder();
    const first = made.alert("A");
    made.add("B", "follow-up", [first], { answers: 0, outcome: "measure-taken", measures: [RECALL] });
    made.add("B", "withdrawal", [first], { case: 0, of: 0, reason: "error" });
    expect(made.fold().status, "another's entry is not one's own to withdraw").toBe("open");
    const taken = made.add("A", "withdrawal", [first], { case: 0, of: 0, reason: "wrong-product" });
    expect([made.fold().status, contests(made.fold())]).toEqual(["withdrawn", ["answers-withdrawn"]]);
    made.add("A", "reopening", [first, taken], { case: 0, reason: "error", finding: TEXT });
    expect(made.fold().status).toBe("open");
  });
});

describe("measures", () => {
  it("are verified one by one; what failed is owed again", () => {
    const made = new CaseBuilder();
    const first = made.alert("A", { measures: [RECALL, { category: "withdrawal", obligation: "compulsory" }] });
    expect(owed(made.fold())).toEqual(["A verify"]);
    const seen = { case: 0, method: "shop-check", measure: { entry: 0, index: 0 } };
    const failed = made.add("B", "verification", [first], { ...seen, result: "failed", checked: 5, found: 2 });
    expect(made.fold().measures.map(({ state }) => state)).toEqual(["failed", "not-verified"]);
    expect(owed(made.fold())).toContain("A act-again");
    made.add("C", "verification", [first], { ...seen, result: "worked" });
    expect([made.fold().measures[0]?.state, contests(made.fold())]).toEqual(["contested", ["verification"]]);
    made.add("B", "verification", [first, ...made.entries.slice(-1)], { ...seen, result: "worked" });
    expect(made.fold().measures[0]?.state).toBe("works");
    made.add("A", "update", [first, failed], { case: 0, of: 0, text: TEXT, measures: [RECALL] });
    expect(made.fold().measures).toHaveLength(1);
    expect(owed(made.fold())).not.toContain("A act-again");
  });
});

describe("parties", () => {
  it("silence is a state, and an addressee owes an answer to a serious risk", () => {
    const made = new CaseBuilder();
    const first = made.alert("A");
    made.add("B", "acknowledgement", [first], { case: 0 });
    made.add("C", "follow-up", [first], { answers: 0, outcome: "not-found" });
    const folded = made.fold(["A", "B", "C", "D"]);
    expect(folded.parties.map(({ id, state }) => [id, state])).toEqual([
      [idOf("A"), "heard"],
      [idOf("B"), "heard"],
      [idOf("C"), "answered"],
      [idOf("D"), "silent"],
    ]);
    expect(owed(folded)).toEqual(["D acknowledge", "B follow-up", "D follow-up"]);
  });
});

describe("two nodes compare a case", () => {
  it("by a hash, and find the first entry in which they differ", () => {
    const made = new CaseBuilder();
    const first = made.alert("A");
    const second = made.add("B", "acknowledgement", [first], { case: 0 });
    const third = made.add("C", "acknowledgement", [first], { case: 0 });
    const all = [first.ref, second.ref, third.ref];
    expect(caseDigest(sha256, first.ref, all)).toEqual(caseDigest(sha256, first.ref, all.toReversed()));
    expect(caseDigest(sha256, first.ref, all)).not.toEqual(caseDigest(sha256, first.ref, all.slice(1)));
    expect(firstDifference(all, all.toReversed())).toBeUndefined();
    expect(firstDifference(all, [first.ref, third.ref])).toEqual({ entry: second.ref, only: "mine" });
    expect(firstDifference([first.ref], all)).toEqual({ entry: second.ref, only: "theirs" });
  });
});

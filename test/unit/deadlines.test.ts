import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { CborMap } from "../../protocol/cbor.ts";
import { type Deadline, deadlinesOf, FOLLOW_UP_WORKING_DAYS, followUpDelay } from "../../protocol/case/deadlines.ts";
import { type CaseEntry, entryKey } from "../../protocol/case/entry.ts";
import { calendarOfCountry } from "../../protocol/case/holidays/calendar.ts";
import { addDays, addWorkingDays, type Calendar } from "../../protocol/case/working-days.ts";
import { CaseBuilder, idOf } from "../support/case-builder.ts";

const TEXT = { en: "because" };
const RECALL = { category: "recall", obligation: "voluntary" };
const COUNTRIES = new Map([
  [idOf("A"), "NL"],
  [idOf("B"), "CN"],
  [idOf("C"), "EU"],
]);

function calendarOf(authority: string): Calendar {
  return calendarOfCountry(COUNTRIES.get(authority) ?? "JP");
}

/** A case whose entries have leaf times: 09:00 UTC of a day, unless one is said. */
class DatedCase {
  readonly made = new CaseBuilder();
  readonly times = new Map<string, number>();
  readonly witnessed = new Map<string, number>();

  add(day: string, author: string, type: string, seen: readonly CaseEntry[], body: CborMap): CaseEntry {
    const entry = type === "alert" ? this.made.alert(author, body) : this.made.add(author, type, seen, body);
    this.times.set(entryKey(entry.ref), Date.parse(day.includes("T") ? day : `${day}T09:00:00Z`) / 1000);
    return entry;
  }

  deadlines(today: string, addressees: readonly string[] = []): readonly Deadline[] {
    return deadlinesOf(this.made.fold(addressees), {
      timeOf: ({ key }) => this.times.get(key) ?? 0,
      witnessedAt: ({ key }) => this.witnessed.get(key),
      calendarOf,
      today,
    });
  }

  /** "answer 2026-05-07 due 12". */
  shown(today: string, addressees: readonly string[] = []): readonly string[] {
    return this.deadlines(today, addressees).map(
      ({ duty, due, state, daysLeft }) => `${duty.kind} ${due ?? "-"} ${state} ${daysLeft ?? "-"}`,
    );
  }
}

describe("the table of docs/spec/case.md", () => {
  const page = readFileSync(new URL("../../docs/spec/case.md", import.meta.url), "utf8");
  const section = page.slice(page.indexOf("## Deadlines"));
  const rows = [...section.matchAll(/^\| (`.*?) \| (.*?) \|$/gm)].flatMap(([, names = "", due = ""]) =>
    [...names.matchAll(/`([a-z-]+)`/g)].map(([, name = ""]) => [name, due] as const),
  );
  const start = "2026-04-01";
  const made = new DatedCase();
  const first = made.add(start, "A", "alert", [], { measures: [RECALL, { ...RECALL, category: "withdrawal" }] });
  made.add(start, "A", "request", [first], { case: 0, kind: "traceability", to: [idOf("B")], question: TEXT });
  const asked = made.add(start, "A", "request", [first], { case: 0, kind: "test", to: [idOf("C")], question: TEXT });
  made.add(start, "C", "answer", [first, asked], {
    case: 0,
    request: 1,
    outcome: "more-information-needed",
    question: TEXT,
  });
  made.add(start, "A", "hand-over", [first], { case: 0, step: "offer", to: idOf("B") });
  const seen = { case: 0, method: "shop-check", measure: { entry: 0, index: 0 } };
  made.add(start, "C", "verification", [first], { ...seen, result: "failed", checked: 5, found: 2 });
  made.add(start, "C", "objection", [first, asked], { case: 0, to: 1, ground: "other", reason: TEXT });
  const deadlines = made.deadlines(start, ["B"]);

  it("has a row for each duty, and each duty is owed here", () => {
    const duties = ["acknowledge", "act-again", "answer", "answer-objection", "decide-offer", "follow-up", "say-more"];
    expect(rows.map(([name]) => name).sort()).toEqual([...duties, "verify"]);
    expect([...new Set(deadlines.map(({ duty }) => duty.kind))].sort()).toEqual([...duties, "verify"]);
  });

  it.each(rows)("%s: %s", (name, text) => {
    for (const { duty, due, working, state, basis } of deadlines.filter(({ duty }) => duty.kind === name)) {
      if (state === "stopped") continue;
      const [, workingDays] = /(\d+) working days/.exec(text.startsWith("none") ? "" : text) ?? [];
      const [, days] = /(\d+) days/.exec(text) ?? [];
      const calendar = calendarOf(duty.who);
      if (workingDays !== undefined) {
        expect([due, working]).toEqual([addWorkingDays(calendar, start, Number(workingDays)), true]);
        expect(basis).toBe("agreement");
      } else if (days !== undefined) {
        expect([due, working, basis]).toEqual([addDays(calendar, start, Number(days)), false, "law"]);
      } else expect([due, state, basis, text.split(".")[0]]).toEqual([undefined, "no-deadline", undefined, "none"]);
    }
  });

  it("says how late a follow-up may be", () => {
    expect(rows.find(([name]) => name === "follow-up")?.[1]).toContain(`${FOLLOW_UP_WORKING_DAYS} working days after`);
  });
});

describe("deadlines", () => {
  it("count in the calendar of who owes, and are overdue on the day after", () => {
    const made = new DatedCase();
    // The Thursday before the Spring Festival of 2026, 15 to 23 February; Saturday the 14th is worked.
    made.add("2026-02-12T23:59:59Z", "A", "alert", [], { notification: "other-risk" });
    expect(made.shown("2026-02-12", ["B", "C"])).toEqual([
      "acknowledge 2026-02-25 due 4",
      "acknowledge 2026-02-18 due 4",
    ]);
    expect(made.shown("2026-02-25", ["B"])).toEqual(["acknowledge 2026-02-25 due 0"]);
    expect(made.shown("2026-02-26", ["B"])).toEqual(["acknowledge 2026-02-25 overdue -1"]);
  });

  it("show the claimed time and beside it the witnessed one, which moves nothing", () => {
    const made = new DatedCase();
    const first = made.add("2026-02-12", "A", "alert", [], { notification: "other-risk" });
    const [before] = made.deadlines("2026-02-12", ["C"]);
    expect(before?.witnessed).toBeUndefined();
    made.witnessed.set(entryKey(first.ref), Date.parse("2026-03-12T09:00:00Z") / 1000);
    expect(made.deadlines("2026-02-12", ["C"])).toEqual([
      { ...before, witnessed: Date.parse("2026-03-12T09:00:00Z") / 1000 },
    ]);
    expect(before?.since).toBe(Date.parse("2026-02-12T09:00:00Z") / 1000);
  });

  it("say where a calendar is not known", () => {
    const made = new DatedCase();
    made.add("2026-12-28", "A", "alert", [], { notification: "other-risk" });
    // 1 January is a holiday everywhere, but China's list for 2027 is not here, and D's country has no table.
    expect(
      made.deadlines("2026-12-28", ["B", "C", "D"]).map(({ due, isCalendarKnown }) => [due, isCalendarKnown]),
    ).toEqual([
      ["2027-01-01", false],
      ["2027-01-07", true],
      ["2027-01-01", false],
    ]);
  });
});

describe("the clock of a request", () => {
  function asked(body: CborMap = {}): { made: DatedCase; first: CaseEntry; request: CaseEntry } {
    const made = new DatedCase();
    const first = made.add("2026-04-01", "A", "alert", [], {});
    const request = made.add("2026-04-02", "A", "request", [first], {
      case: 0,
      kind: "traceability",
      to: [idOf("B")],
      question: TEXT,
      ...body,
    });
    return { made, first, request };
  }
  const BACK = { case: 0, request: 1, outcome: "more-information-needed", question: TEXT };
  const MORE = { case: 0, of: 0, text: TEXT };

  it("runs 30 days, and to the next working day", () => {
    const { made } = asked();
    // 2 May is in China's five days.
    expect(made.shown("2026-04-02")).toEqual(["answer 2026-05-06 due 34"]);
    expect(made.shown("2026-05-06")).toEqual(["answer 2026-05-06 due 0"]);
    expect(made.shown("2026-05-07")).toEqual(["answer 2026-05-06 overdue -1"]);
  });

  it("takes the day that was named, also a holiday, and the last of a month", () => {
    expect(asked({ due: "2026-05-02" }).made.shown("2026-05-01")).toEqual(["answer 2026-05-02 due 1"]);
    const named = asked({ due: "2026-04" }).made.deadlines("2026-05-01");
    expect(named).toMatchObject([{ due: "2026-04-30", basis: "named", state: "overdue", isCalendarKnown: true }]);
  });

  it("stands while something is asked back, and then goes on", () => {
    const { made, first, request } = asked({ due: "2026-04-17" });
    const back = made.add("2026-04-10", "B", "answer", [first, request], BACK);
    expect(made.shown("2026-04-10")).toEqual(["say-more 2026-04-24 due 10", "answer - stopped 7"]);
    expect(made.shown("2026-06-10").at(-1), "on no day more").toBe("answer - stopped 7");
    made.add("2026-04-12", "C", "acknowledgement", [first, back], { case: 0 });
    expect(made.shown("2026-06-10").at(-1), "by nobody else").toBe("answer - stopped 7");
    made.add("2026-04-29", "A", "update", [first, back], MORE);
    made.add("2026-04-14", "A", "update", [first, back], MORE);
    expect(made.shown("2026-04-14"), "four days later, by the first act in time").toEqual(["answer 2026-04-21 due 7"]);
  });

  it("ends on a working day once it was moved", () => {
    const { made, first, request } = asked({ due: "2026-04-30" });
    const back = made.add("2026-04-10", "B", "answer", [first, request], BACK);
    made.add("2026-04-11", "A", "update", [first, back], MORE);
    expect(made.shown("2026-04-11")).toEqual(["answer 2026-05-06 due 25"]);
  });

  it("stands again at a second question, and counts no day twice", () => {
    const { made, first, request } = asked({ due: "2026-04-17" });
    const one = made.add("2026-04-10", "B", "answer", [first, request], BACK);
    const two = made.add("2026-04-12", "B", "answer", [first, request], BACK);
    made.add("2026-04-14", "A", "update", [first, one, two], MORE);
    expect(made.shown("2026-04-14")).toEqual(["answer 2026-04-21 due 7"]);
    const three = made.add("2026-04-20", "B", "answer", [first, request], BACK);
    expect(made.shown("2026-04-22").at(-1)).toBe("answer - stopped 1");
    made.add("2026-04-22", "A", "update", [first, three], MORE);
    expect(made.shown("2026-04-22")).toEqual(["answer 2026-04-23 due 1"]);
  });

  it("is not turned back by a question that comes too late", () => {
    const { made, first, request } = asked({ due: "2026-04-17" });
    const back = made.add("2026-04-20", "B", "answer", [first, request], BACK);
    expect(made.shown("2026-04-21").at(-1)).toBe("answer - stopped -3");
    made.add("2026-05-20", "A", "update", [first, back], MORE);
    expect(made.shown("2026-05-20")).toEqual(["answer 2026-04-17 overdue -33"]);
  });

  it("is not moved by leaf times that contradict each other", () => {
    const { made, first, request } = asked({ due: "2026-04-17" });
    const back = made.add("2026-04-10", "B", "answer", [first, request], BACK);
    made.add("2026-04-03", "A", "update", [first, back], MORE);
    expect(made.shown("2026-04-10")).toEqual(["answer 2026-04-17 due 7"]);
    const early = made.add("2020-01-01", "B", "answer", [first, request], BACK);
    made.add("2026-04-05", "A", "update", [first, early], MORE);
    expect(made.shown("2026-04-10"), "no day before the request").toEqual(["answer 2026-04-20 due 10"]);
  });

  it("runs for each that was asked alone", () => {
    const { made, first, request } = asked({ due: "2026-04-17", to: [idOf("B"), idOf("C")] });
    made.add("2026-04-10", "C", "answer", [first, request], BACK);
    expect(made.shown("2026-04-16")).toEqual([
      "answer 2026-04-17 due 1",
      "say-more 2026-04-24 due 6",
      "answer - stopped 7",
    ]);
  });

  it("is not shown once an answer is there, or the case is withdrawn", () => {
    const { made, first, request } = asked();
    made.add("2026-04-10", "B", "answer", [first, request], BACK);
    made.add("2026-04-11", "A", "withdrawal", [first], { case: 0, of: 0, reason: "wrong-product" });
    expect(made.shown("2026-04-12")).toEqual([]);
    const other = asked();
    other.made.add("2026-04-10", "B", "answer", [other.first, other.request], { ...BACK, outcome: "complete" });
    expect(other.made.shown("2026-04-12")).toEqual([]);
  });
});

describe("the delay of a follow-up", () => {
  it.each([
    // Wednesday 1 April; Good Friday and Easter Monday are holidays.
    ["2026-04-01", "2026-04-09", 4],
    ["2026-04-01", "2026-04-10", 5],
    ["2026-04-01", "2026-04-01", 0],
    ["2026-04-10", "2026-04-09", -1],
    ["2026-04", "2026-04-09", undefined],
    ["0001-01-01", "2026-04-09", undefined],
    ["9999-12-31", "2026-04-09", undefined],
    [undefined, "2026-04-09", undefined],
  ])("of what was done on %s and published on %s is %s", (date, published, delay) => {
    const made = new DatedCase();
    const first = made.add("2026-03-01", "B", "alert", [], {});
    const body = { answers: 0, outcome: "not-found", ...(date === undefined ? {} : { date }) };
    made.add(published, "A", "follow-up", [first], body);
    const [node] = made.made.fold().graph.of("follow-up");
    if (node === undefined) throw new Error("no follow-up");
    expect(followUpDelay(node, { timeOf: ({ key }) => made.times.get(key) ?? 0, calendarOf })).toBe(delay);
  });
});

import type { CaseAct, CaseDetail, CaseSummary, OwedDuty } from "../../node/case-types.ts";
import type { Arrival } from "../../node/service.ts";
import { codeLabel } from "../../protocol/record/codes/label.ts";
import { entryLine } from "./entry.ts";
import { count, fields, formatTime, indent, table } from "../text.ts";

export type InboxItem = OwedDuty & Pick<CaseSummary, "case" | "title" | "status" | "contested">;

/** What is owed, in words, and the command that does it. */
const DUTY: Readonly<Record<OwedDuty["kind"], readonly [string, (entry: string) => string]>> = {
  acknowledge: ["acknowledge", (entry) => `entente ack ${entry}`],
  "follow-up": ["follow up", (entry) => `entente follow-up ${entry} --outcome …`],
  answer: ["answer a request", (entry) => `entente answer ${entry} --outcome …`],
  "say-more": ["say more, asked back", (entry) => `entente show ${entry}, then entente update`],
  "decide-offer": ["take a case over, or not", (entry) => `entente hand-over ${entry} --accept`],
  "answer-objection": ["act on an objection", (entry) => `entente show ${entry}`],
  "act-again": ["act again, a measure failed", (entry) => `entente show ${entry}`],
  verify: ["verify a measure", (entry) => `entente verify-measure ${entry} --result … --method …`],
};

/** Clocks of authorities differ by as much; and who was away for a day is seen a day later. */
const CLOCK_SLACK_S = 300;
const DATED_BACK_S = 7 * 86_400;

/** What contradicts itself, in words. */
const CONTEST: Readonly<Record<CaseSummary["contested"][number], string>> = {
  "answers-withdrawn": "answers something that was withdrawn meanwhile",
  "cancelled-and-accepted": "an offer was taken back and accepted at the same time",
  "closed-against": "closed without knowing of something that is owed, or that another has it now",
  objection: "there is an objection to the closing",
  owners: "two authorities hold it",
  verification: "one says that a measure works, another that it failed",
};

/** `command`: a command as it is to be typed. */
export function inboxLines(items: readonly InboxItem[], more: number, command: (text: string) => string): string[] {
  if (items.length === 0) return ["nothing waits for this authority"];
  // What is owed about one entry stands on one line.
  const lines = Map.groupBy(items, ({ case: root, about }) => `${root} ${about}`);
  const rows = [...lines.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const due = same.map(dueText).find((text) => text !== "–") ?? "–";
    const what = same.map(({ kind }) => DUTY[kind][0]).join(", ");
    return [[due, first.about, what, `${first.title}${first.contested.length > 0 ? " (contested)" : ""}`]];
  });
  const kinds = [...new Set(items.map(({ kind }) => kind))];
  return [
    ...table(["due", "entry", "to do", "about"], rows),
    ...moreLine(more),
    "",
    ...table(
      ["to do", "command"],
      kinds.map((kind) => [DUTY[kind][0], command(DUTY[kind][1]("ENTRY"))]),
    ),
  ];
}

/** What has arrived, on one line: what is expected of this authority stands last. */
export function arrivalLine({ entry, duties }: Arrival): string {
  const owed = duties.map((duty) => {
    const due = dueText(duty);
    return due === "–" ? DUTY[duty.kind][0] : `${DUTY[duty.kind][0]} (${due})`;
  });
  return [entryLine(entry), ...(owed.length === 0 ? [] : [`→ ${owed.join(", ")}`])].join("  ");
}

export function caseTable(cases: readonly CaseSummary[], more: number): string[] {
  if (cases.length === 0) return ["no cases here"];
  const rows = cases.map(({ case: root, latest, status, owners, duties, contested, title }) => [
    root,
    formatTime(latest),
    contested.length > 0 ? `${status}, contested` : status,
    owners.join(" and "),
    duties.some(({ mine }) => mine) ? `${duties.length} (yours too)` : String(duties.length),
    title,
  ]);
  return [...table(["case", "last act", "is", "held by", "owed", "about"], rows), ...moreLine(more)];
}

function dueText({ due, state }: Pick<OwedDuty, "due" | "state">): string {
  switch (state) {
    case "no-deadline":
      return "–";
    case "stopped":
      return "stopped";
    case "overdue":
      return `${due ?? ""} LATE`;
    case "due":
      return due ?? "";
  }
}

function deadline(duty: Pick<OwedDuty, "due" | "state" | "basis">): string {
  if (duty.state === "no-deadline") return "";
  return `, due ${dueText(duty)}${duty.basis === "agreement" ? " by agreement" : ""}`;
}

function moreLine(more: number): string[] {
  return more > 0 ? [`${count(more, "case")} more: --limit`] : [];
}

/** One case on one screen. */
export function caseLines(found: CaseDetail, language: string): string[] {
  return [
    `${found.case}  ${found.title}`,
    ...fields([
      ["is", found.status],
      ["held by", found.owners.join(" and ")],
      ...(found.alert === found.case ? [] : [["newest version", found.alert] as const]),
      ["may be read by", found.readers === null ? "not known here" : found.readers.join(", ") || "nobody else"],
      ["hash", found.hash],
    ]),
    ...section(
      "contested: a person must settle it",
      found.contests.map(({ kind, acts }) => `${CONTEST[kind]}: ${acts.join(", ")}`),
    ),
    ...section(
      "owed",
      found.duties.map(
        ({ who, kind, about, since, mine, ...duty }) =>
          `${mine ? "YOU" : who}: ${DUTY[kind][0]} (${about}, since ${formatTime(since)}${deadline(duty)})`,
      ),
    ),
    ...section("authorities", partyLines(found, language)),
    ...section(
      "measures",
      found.measures.map(
        ({ entry, index, by, measure, state, verifications }) =>
          `${entry} no. ${index}: ${codeLabel("measure-category", measure.category, language)}${measure.operator === undefined ? "" : ` (${codeLabel("chain-link", measure.operator, language)})`} by ${by}: ${MEASURE[state]}${verifications.length > 0 ? ` (${verifications.join(", ")})` : ""}`,
      ),
    ),
    ...section(
      "requests",
      found.requests.map(
        ({ request, from, to, kind, state, answers }) =>
          `${request} ${from} asks ${to}: ${codeLabel("request-kind", kind, language)}: ${REQUEST[state]}${answers.length > 0 ? ` (${answers.join(", ")})` : ""}`,
      ),
    ),
    ...section(
      "offers",
      found.offers.map(({ offer, from, to, state }) => `${offer} ${from} offers the case to ${to}: ${state}`),
    ),
    ...section("acts", timelineLines(found)),
  ];
}

const MEASURE: Readonly<Record<CaseDetail["measures"][number]["state"], string>> = {
  works: "works",
  failed: "does not work",
  contested: "contested whether it works",
  "not-verified": "not verified",
};

const REQUEST: Readonly<Record<CaseDetail["requests"][number]["state"], string>> = {
  open: "open",
  question: "waits for more from who asked",
  answered: "answered",
  partial: "answered in part",
  refused: "refused",
};

function partyLines({ parties }: CaseDetail, language: string): string[] {
  return table(
    ["authority", "is", "outcome", "acts", "owes"],
    parties.map(({ name, state, outcome, acts, owes }) => [
      name,
      state === "heard" ? "heard of" : state,
      outcome === null ? "–" : codeLabel("follow-up-outcome", outcome, language),
      String(acts),
      owes.map((kind) => DUTY[kind][0]).join(", ") || "nothing",
    ]),
  );
}

/** The acts in order, one a line. */
export function timelineLines({ acts }: Pick<CaseDetail, "acts">): string[] {
  return table(
    ["time (its owner's)", "first witnessed", "entry", "by", "is", "says"],
    acts.map((act) => [
      formatTime(act.time),
      witnessedText(act),
      act.entry,
      act.author,
      actText(act),
      act.summary || "–",
    ]),
  );
}

/** A witness cannot have seen it before it was there; and who dates back is seen by when others first saw it. */
function witnessedText({ time, witnessed }: CaseAct): string {
  if (witnessed === null) return "–";
  const late = (Date.parse(witnessed.time) - Date.parse(time)) / 1000;
  const doubt = late < -CLOCK_SLACK_S ? " (before its time!)" : late > DATED_BACK_S ? " (much later!)" : "";
  return `${formatTime(witnessed.time)} by ${witnessed.by}${doubt}`;
}

function actText({ type, withdrawn }: CaseAct): string {
  return withdrawn ? `${type}, withdrawn` : type;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", title, ...indent(lines)];
}

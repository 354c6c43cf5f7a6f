import type { AnalyteComparison, AnalyteVerdict } from "../../protocol/statistics/comparison.ts";
import type { DecisionRule, Judgement, Limits } from "../../protocol/statistics/decision-rule.ts";
import type { CitedResult, Citation, LeftOut } from "../../protocol/statistics/from-report.ts";
import { count, fitText } from "../text.ts";
import type { Unread } from "./gather.ts";

// What a comparison says, in words: the same on the terminal, in the plots and on the page.

/** Columns of what peers wrote, who may write 2 000 bytes; the JSON has all of it. */
export const MAX_TEXT = 120;
const MAX_UNIT = 30;

/** `nvwa.nl:12#0`: an entry and the place of the determination in it. */
export function citationText({ entry, position }: Citation): string {
  return `${entry}#${position}`;
}

/** `Lead (7439-92-1) in red paint, wheels`. */
export function analyteTitle({ analyte, cas, material }: AnalyteComparison): string {
  const name = `${fitText(analyte, MAX_TEXT)}${cas === undefined ? "" : ` (${cas})`}`;
  return material === undefined ? name : `${name} in ${fitText(material, MAX_TEXT)}`;
}

/** `412 ± 45 mg/kg (k = 2)`, `< 0.5 mg/kg`. */
export function resultText({ determination: { comparator, value, unit, U, k } }: CitedResult): string {
  const number = comparator === "=" ? value : `${comparator} ${value}`;
  return `${number}${U === undefined ? "" : ` ± ${U}`} ${fitText(unit, MAX_UNIT)}${U === undefined || k === undefined ? "" : ` (k = ${k})`}`;
}

const VERDICTS: Readonly<Record<AnalyteVerdict, string>> = {
  agree: "The laboratories agree: their difference is within the uncertainties that they state.",
  differ: "The laboratories really differ: their difference is larger than the uncertainties that they state.",
  compatible: "Nothing contradicts, and nothing is confirmed: at least one result is only below or above a limit.",
  inconclusive: "Whether they differ cannot be said: an uncertainty that it takes is missing, or zero.",
  refused: "They may not be compared.",
  "one-laboratory": "Only one laboratory has a result: there is nothing to compare it with.",
};

/** The same in a word or two. */
export const VERDICT_WORDS: Readonly<Record<AnalyteVerdict, string>> = {
  agree: "agree",
  differ: "differ",
  compatible: "not in contradiction",
  inconclusive: "cannot be said",
  refused: "not comparable",
  "one-laboratory": "only one",
};

/** Whether they really differ, and of how many pairs that cannot be said. */
export function verdictText({ verdict, pairs }: Pick<AnalyteComparison, "verdict" | "pairs">): string {
  const refused = pairs.filter(({ found }) => found.verdict === "refused").length;
  if (refused === 0 || verdict === "refused") return VERDICTS[verdict];
  return `${VERDICTS[verdict]} ${count(refused, "pair")} of ${pairs.length} may not be compared.`;
}

/** What all results have in common under their limits; nothing where some have none. */
export function limitText({ results }: AnalyteComparison): string | undefined {
  const verdicts = new Set(results.map(({ judgement }) => judgement?.verdict));
  const [only] = verdicts;
  if (only === undefined || verdicts.has(undefined)) return undefined;
  if (verdicts.size > 1) return "They do not all stand alike under the limit.";
  const whose = results.length === 1 ? "The result" : "Every result";
  return `${whose} ${STANDS[only]}.`;
}

const STANDS: Readonly<Record<Judgement["verdict"], string>> = {
  pass: "is within the limit",
  fail: "is beyond the limit",
  inconclusive: "is so near the limit that its decision rule says neither",
  refused: "has a limit in a unit with which it cannot be compared",
};

type Judged = AnalyteComparison["results"][number];

/** Against the limit that the report names, under its decision rule; and what the laboratory says, where that is another. */
export function judgementText({ limits, judgement, rule, determination, stated }: Judged): string {
  if (limits === undefined || judgement === undefined) return "no limit named";
  const said = stated === undefined || stated === judgement.verdict ? "" : `; the laboratory says ${stated}`;
  const by = ruleText(rule, determination.unit);
  return `${judgement.verdict === "refused" ? "cannot be judged" : judgement.verdict}: ${boundText(limits)}${by}${said}`;
}

/** `at most 23 mg/kg`. */
export function boundText({ lower, upper, unit }: Limits): string {
  return `${upper === undefined ? `at least ${lower ?? ""}` : `at most ${upper}`} ${fitText(unit, MAX_UNIT)}`;
}

function ruleText(rule: DecisionRule, unit: string): string {
  if (rule.rule === "simple-acceptance") return "";
  return rule.width === undefined ? ", guard band U" : `, guard band ${rule.width} ${unit}`;
}

/** Why a result does not count. */
export function leftOutText({ citation, laboratory, analyte, reason, by }: LeftOut): string {
  return `${citationText(citation)} ${laboratory}, ${analyte}: ${LEFT_OUT[reason]}${by === undefined ? "" : ` (${by})`}`;
}

const LEFT_OUT: Readonly<Record<LeftOut["reason"], string>> = {
  "no-number": "no number",
  superseded: "another report of the same author stands in its place",
  withdrawn: "its author took it back",
  "too-many": "there are too many results about this to compare each with each",
};

export function unreadText({ entry, reason }: Unread): string {
  return `${entry}: ${UNREAD[reason]}`;
}

const UNREAD: Readonly<Record<Unread["reason"], string>> = {
  "newer-version": "written for a newer version",
  malformed: "not in the form of its type",
  withheld: "not here",
};

/** What a person may try where one analyte stands in several groups, each with one laboratory. */
export function materialHint(analytes: readonly AnalyteComparison[]): string | undefined {
  const alone = analytes.filter(({ verdict }) => verdict === "one-laboratory");
  const names = alone.map(({ analyte, cas }) => cas ?? analyte);
  return new Set(names).size < names.length
    ? "laboratories name the material of one analyte differently: if they mean the same, --any-material compares them"
    : undefined;
}

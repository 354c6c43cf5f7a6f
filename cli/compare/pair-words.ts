import type { CaveatReason, Refusal, RefusalReason } from "../../protocol/statistics/comparable.ts";
import type { ManyCaveat, ManyRefusal } from "../../protocol/statistics/compare-many.ts";
import type { AnalyteComparison } from "../../protocol/statistics/comparison.ts";
import { type Figure, roundSignificant } from "../../protocol/statistics/figure.ts";
import type { Citation } from "../../protocol/statistics/from-report.ts";
import type { Pairwise } from "../../protocol/statistics/pairwise.ts";
import type { Absent } from "../../protocol/statistics/scores.ts";
import { count, fitText } from "../text.ts";
import { citationText, MAX_TEXT } from "./words.ts";

// What came out of two results, and of many, in words.

const REFUSALS: Readonly<Record<RefusalReason, string>> = {
  "not-a-number": "not a number",
  analyte: "another analyte",
  method: "another method",
  standard: "another standard",
  clause: "another clause",
  category: "another category of material",
  extraction: "another extraction",
  "unknown-unit": "a unit that is not known",
  "unit-dimension": "a unit of another kind",
};

/** `another method (“EN 71-3” and “ISO 8124-3”)`. */
function refusalText({ reason, between }: Pick<Refusal, "reason" | "between">): string {
  return `${REFUSALS[reason]} (${between.map(({ text }) => (text === undefined ? "nothing" : `“${fitText(text, MAX_TEXT)}”`)).join(" and ")})`;
}

/** `Lab A and Lab B (nvwa.nl:12#0, gacc.gov.cn:9#0)`. */
export function betweenText({ results }: AnalyteComparison, between: readonly Citation[], columns: number): string {
  const cites = between.map(citationText);
  const names = cites.map(
    (cited) => results.find(({ citation }) => citationText(citation) === cited)?.determination.laboratory ?? "",
  );
  return `${names.map((name) => fitText(name, columns)).join(" and ")} (${cites.join(", ")})`;
}

/** What came out of two results, in words, with the reason. */
export function pairText(found: Pairwise): string {
  if (found.verdict === "refused") return `may not be compared: ${found.refusals.map(refusalText).join("; ")}`;
  if (!("en" in found)) return `${found.verdict}: ${REASONS[found.reason]}`;
  const { verdict, en, difference, combinedU, unit, k } = found;
  return `${verdict}: E_n = ${shortScore(en)} (difference ${shortFigure(difference)} ${unit}, combined U ${shortFigure(combinedU)} ${unit} at k = ${k})`;
}

/** Three digits are more than a score deserves; all of them are in the JSON. */
function shortScore({ value }: Figure): string {
  return roundSignificant(value, 3);
}

/** `58.258` of `58.2580`. */
export function shortFigure({ text }: Figure): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

type Reason = Exclude<Extract<Pairwise, { readonly reason: string }>["reason"], "en-at-most-1" | "en-above-1">;

const REASONS: Readonly<Record<Reason, string>> = {
  "no-sigma": "nothing was agreed to measure by",
  "zero-sigma": "nothing was agreed to measure by",
  "no-uncertainty": "one of them states no uncertainty",
  "no-coverage-factor": "one of them states no coverage factor",
  "zero-uncertainty": "both state an uncertainty of zero",
  "both-below": "both are below what they can measure",
  "both-above": "both are above what they can measure",
  "limits-overlap": "there are values below the one and above the other",
  "limits-apart": "there is no value below the one and above the other",
  "value-within-limit": "the value lies where the other result says that it lies",
  "value-within-limit-by-uncertainty":
    "the value lies, within its uncertainty, where the other result says that it lies",
  "value-beyond-limit": "the value lies, its uncertainty counted, where the other result says that it does not lie",
};

/** What a reader must know of two results although they were compared. */
export function pairCaveats(found: Pairwise): readonly string[] {
  return found.verdict === "refused" ? [] : found.caveats.map(caveatText);
}

type AnyCaveat = CaveatReason | ManyCaveat["caveat"];

const CAVEATS: Readonly<Record<AnyCaveat, string>> = {
  "absent-on-one-side": "not every one of them says its",
  "edition-differs": "the editions of the method differ",
  "coverage-differs": "the coverage probabilities differ",
  "unit-not-known": "the unit is not known; the same text was taken for the same unit",
  "below-own-loq": "a value lies below the laboratory's own limit of quantification",
  "same-laboratory": "two results of one laboratory are not independent",
  "laboratories-formed-value":
    "the laboratories themselves formed the value, and so agree with it better than others would",
  "few-laboratories": "few laboratories: median and nIQR",
  "censored-left-out": "results below or above a limit did not form the value",
  excluded: "some laboratories were excluded from forming the value",
  "robust-spread-zero": "most values are equal: the standard deviation stands for the robust one",
  "assigned-value-uncertain": "the value is itself so uncertain that z′ counts and not z",
};

export function caveatText(one: ManyCaveat): string {
  return `${CAVEATS[one.caveat]}${"field" in one && one.field !== undefined ? ` ${one.field}` : ""}`;
}

/** Why there is no value in common. */
export function consensusRefusal(refusals: readonly ManyRefusal[]): string {
  return [...new Set(refusals.map(manyRefusalText))].join("; ");
}

function manyRefusalText({ reason, between }: ManyRefusal): string {
  if (reason === "same-laboratory")
    return `two results of one laboratory (${between.map(({ laboratory }) => laboratory ?? "").join(", ")}): which one counts is not for a program to say`;
  if (reason === "too-few") return "fewer than three have a value";
  if (reason === "mostly-censored") return "half of them or more are only below or above a limit";
  return refusalText({ reason, between });
}

const ASSIGNED_BY = {
  "algorithm-a": "Algorithm A",
  "median-niqr": "median and nIQR",
  mean: "the mean",
} as const;

type Agreed = Extract<AnalyteComparison["consensus"][number]["found"], { outcome: "compared" }>;

/** By laboratory: z, z′, ζ and E_n, each with what it means. */
export function scoreRows({ laboratories }: Agreed): readonly (readonly [name: string, ...scores: string[]])[] {
  return laboratories.map((row) =>
    row.comparator === "="
      ? [row.laboratory, ...[row.z, row.zPrime, row.zeta, row.en].map(scoreText)]
      : [row.laboratory, "–", "–", "–", row.verdict],
  );
}

function scoreText(score: Absent | (Figure & { readonly verdict: string })): string {
  return "absent" in score ? "–" : `${shortScore(score)} ${score.verdict}`;
}

/** `in common 405 ± 21 mg/kg, by median and nIQR of 4 laboratories`. */
export function assignedText({ assigned: { by, value, U, p }, unit }: Agreed): string {
  return `in common ${shortFigure(value)} ± ${shortFigure(U)} ${unit}, by ${ASSIGNED_BY[by]} of ${p} laboratories`;
}

/** As few pairs are all shown; of many, those that do not simply agree. */
const MAX_SHOWN_AGREEING = 10;

export function shownPairs({ pairs }: AnalyteComparison): {
  readonly shown: AnalyteComparison["pairs"];
  readonly more: string | undefined;
} {
  const shown = pairs.length <= MAX_SHOWN_AGREEING ? pairs : pairs.filter(({ found }) => found.verdict !== "agree");
  const hidden = pairs.length - shown.length;
  return { shown, more: hidden === 0 ? undefined : `${count(hidden, "pair")} of ${pairs.length} agree` };
}

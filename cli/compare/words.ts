import type { AnalyteComparison, AnalyteVerdict } from "../../protocol/statistics/comparison.ts";
import type { CitedResult, Citation, LeftOut } from "../../protocol/statistics/from-report.ts";
import type { Pairwise } from "../../protocol/statistics/pairwise.ts";

/** `nvwa.nl:12#0`: an entry and the place of the determination in it. */
export function citationText({ entry, position }: Citation): string {
  return `${entry}#${position}`;
}

/** `Lead (7439-92-1) in red paint, wheels`. */
export function analyteTitle({ analyte, cas, material }: AnalyteComparison): string {
  return `${analyte}${cas === undefined ? "" : ` (${cas})`}${material === undefined ? "" : ` in ${material}`}`;
}

/** `412 ± 45 mg/kg (k = 2)`, `< 0.5 mg/kg`. */
export function resultText({ determination: { comparator, value, unit, U, k } }: CitedResult): string {
  const number = comparator === "=" ? value : `${comparator} ${value}`;
  return `${number}${U === undefined ? "" : ` ± ${U}`} ${unit}${U === undefined || k === undefined ? "" : ` (k = ${k})`}`;
}

const VERDICTS: Readonly<Record<AnalyteVerdict, string>> = {
  agree: "The laboratories agree: their difference is within the uncertainties that they state.",
  differ: "The laboratories really differ: their difference is larger than the uncertainties that they state.",
  compatible: "Nothing contradicts, and nothing is confirmed: at least one result is only below or above a limit.",
  inconclusive: "Whether they differ cannot be said: an uncertainty is missing.",
  refused: "They may not be compared; see why below.",
  "one-laboratory": "Only one laboratory has a result: there is nothing to compare it with.",
};

export function verdictText({ verdict }: Pick<AnalyteComparison, "verdict">): string {
  return VERDICTS[verdict];
}

const REFUSALS: Readonly<Record<string, string>> = {
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

/** What came out of two results, in words, with the reason. */
export function pairText(found: Pairwise): string {
  if (found.verdict === "refused")
    return `may not be compared: ${found.refusals
      .map(
        ({ reason, between }) =>
          `${REFUSALS[reason] ?? reason} (${between.map(({ text }) => `“${text ?? "nothing"}”`).join(" and ")})`,
      )
      .join("; ")}`;
  if ("en" in found)
    return `${found.verdict === "agree" ? "agree" : "differ"}: E_n = ${found.en.text} (difference ${found.difference.text} ${found.unit}, combined U ${found.combinedU.text} ${found.unit} at k = ${found.k})`;
  return `${found.verdict}: ${found.reason.replaceAll("-", " ")}`;
}

const CAVEATS: Readonly<Record<string, string>> = {
  "absent-on-one-side": "one of them does not say its",
  "edition-differs": "the editions of the method differ",
  "coverage-differs": "the coverage probabilities differ",
  "unit-not-known": "the unit is not known; the same text was taken for the same unit",
  "below-own-loq": "a value lies below the laboratory's own limit of quantification",
  "same-laboratory": "two results of one laboratory are not independent",
};

/** What a reader must know although it was compared. */
export function caveatTexts(found: Pairwise): readonly string[] {
  if (found.verdict === "refused") return [];
  return found.caveats.map(
    ({ caveat, field }) => `${CAVEATS[caveat] ?? caveat}${field === undefined ? "" : ` ${field}`}`,
  );
}

/** Against the limit that the report names, under its decision rule. */
export function judgementText({ limits, judgement, stated }: AnalyteComparison["results"][number]): string {
  if (limits === undefined || judgement === undefined) return "no limit named";
  const limit = limits.upper === undefined ? `at least ${limits.lower ?? ""}` : `at most ${limits.upper}`;
  const said = stated === undefined || stated === judgement.verdict ? "" : `; the laboratory says ${stated}`;
  return `${judgement.verdict === "refused" ? "cannot be judged" : judgement.verdict} (${limit} ${limits.unit})${said}`;
}

const LEFT_OUT: Readonly<Record<LeftOut["reason"], string>> = {
  "no-number": "no number",
  superseded: "another report stands in its place",
  withdrawn: "its author took it back",
};

export function leftOutText({ citation, laboratory, analyte, reason }: LeftOut): string {
  return `${citationText(citation)} ${laboratory}, ${analyte}: ${LEFT_OUT[reason]}`;
}

import type { AuthorityIndicators, IndicatorReport } from "../../node/case-types.ts";
import { codeLabel } from "../../protocol/record/codes/label.ts";
import { escapeMarkup, PAGE_STYLE } from "../markup.ts";
import { type Bar, dayLines, stackedBars } from "./svg.ts";

const OUTCOMES = ["not-found", "measure-taken", "no-measure", "other"] as const;

const STATES = {
  works: "works",
  "not-verified": "not verified",
  failed: "does not work",
  contested: "contested",
} as const;

/** A page that stands alone: no scripts, nothing from elsewhere; the same report is the same bytes. */
export function indicatorPage(report: IndicatorReport): string {
  const { authorities, cases } = report;
  const answering = authorities.filter(({ addressed }) => addressed > 0);
  const places = [...new Set(authorities.flatMap(({ measures }) => Object.keys(measures)))].sort();
  const sections = [
    section(
      "What became of the cases that others sent",
      [...OUTCOMES.map((code) => codeLabel("follow-up-outcome", code, "en")), "Heard of, no follow-up", "Silent"],
      stackedBars("Cases by outcome and authority", answering.map(outcomeBar)),
      answering.length > 0,
    ),
    daySection("Days from an alert to the first sign of a person", answering, ({ toAcknowledge }) => toAcknowledge),
    daySection("Days from an alert to the follow-up", answering, ({ toFollowUp }) => toFollowUp),
    daySection("Days from a request to the answer", authorities, ({ toAnswer }) => toAnswer),
    section(
      "Where in the supply chain measures were taken, and whether they work",
      Object.values(STATES),
      stackedBars(
        "Measures by place in the supply chain",
        places.map((place) => placeBar(place, authorities)),
      ),
      places.length > 0,
    ),
  ];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Entente: indicators</title>
<style>${PAGE_STYLE}${STYLE}</style>
<main>
<h1>What became of ${cases} ${cases === 1 ? "case" : "cases"}</h1>
<p>${escapeMarkup(periodText(report))} As one node sees it; times are claims of the owners of the logs.</p>
${sections.join("\n")}
${tableOf(authorities)}
</main>
</html>
`;
}

export function periodText({ from, until }: Pick<IndicatorReport, "from" | "until">): string {
  if (from === null && until === null) return "Cases of all time.";
  return `Cases that began ${from === null ? "" : `from ${from} `}${until === null ? "" : `until ${until}`}`
    .trimEnd()
    .concat(".");
}

function outcomeBar({ name, outcomes, addressed, silent }: AuthorityIndicators): Bar {
  const answered = OUTCOMES.reduce((sum, code) => sum + (outcomes[code] ?? 0), 0);
  return {
    name,
    pieces: [
      ...OUTCOMES.map((code, tone) => ({
        label: codeLabel("follow-up-outcome", code, "en"),
        value: outcomes[code] ?? 0,
        tone,
      })),
      { label: "Heard of, no follow-up", value: Math.max(0, addressed - silent - answered), tone: 4 },
      { label: "Silent", value: silent, tone: 5 },
    ],
  };
}

function placeBar(place: string, authorities: readonly AuthorityIndicators[]): Bar {
  const states = Object.keys(STATES) as (keyof typeof STATES)[];
  return {
    name: codeLabel("chain-link", place, "en"),
    pieces: states.map((state, tone) => ({
      label: STATES[state],
      value: authorities.reduce((sum, { measures }) => sum + (measures[place]?.[state] ?? 0), 0),
      tone: [0, 4, 2, 5][tone] ?? 5,
    })),
  };
}

function daySection(
  title: string,
  authorities: readonly AuthorityIndicators[],
  daysOf: (one: AuthorityIndicators) => AuthorityIndicators["toAnswer"],
): string {
  const lines = authorities.flatMap((one) => {
    const { count, median, ninth } = daysOf(one);
    return median === null || ninth === null ? [] : [{ name: one.name, count, median, ninth }];
  });
  return section(title, [], dayLines(title, lines), lines.length > 0);
}

function section(title: string, legend: readonly string[], figure: string, hasContent: boolean): string {
  if (!hasContent) return `<h2>${escapeMarkup(title)}</h2><p>Nothing yet.</p>`;
  const tones = legend.length === 4 && legend[0] === "works" ? [0, 4, 2, 5] : legend.map((_, at) => at);
  const items = legend.map((text, at) => `<li><span class="key tone${tones[at]}"></span>${escapeMarkup(text)}</li>`);
  return `<h2>${escapeMarkup(title)}</h2>${items.length === 0 ? "" : `<ul class="legend">${items.join("")}</ul>`}${figure}`;
}

function tableOf(authorities: readonly AuthorityIndicators[]): string {
  const heads = [
    "Authority",
    "Alerts",
    "Addressed",
    "Silent",
    "Answered",
    "Not found",
    "Measures",
    "Traced",
    "Not traced",
  ];
  const rows = authorities.map((one) => [
    one.name,
    sum(one.alerts),
    one.addressed,
    one.silent,
    sum(one.outcomes),
    one.outcomes["not-found"] ?? 0,
    sum(one.measureCategories),
    one.tracing["traced"] ?? 0,
    sum(one.notTraced),
  ]);
  const cells = rows.map(
    (row) =>
      `<tr>${row.map((cell, at) => `<${at === 0 ? "th" : "td"}>${escapeMarkup(String(cell))}</${at === 0 ? "th" : "td"}>`).join("")}</tr>`,
  );
  return `<h2>In numbers</h2><table><thead><tr>${heads.map((head) => `<th>${head}</th>`).join("")}</tr></thead><tbody>${cells.join("")}</tbody></table>`;
}

export function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((all, one) => all + one, 0);
}

/** The palette of Okabe and Ito, told apart by colour-blind people too; the number in a piece in the ink that shows on it. */
const STYLE = `
svg{width:100%;height:auto;display:block}svg text{font:13px system-ui,sans-serif;fill:var(--ink)}
.name{text-anchor:end}.number{text-anchor:middle}.sum{fill:var(--soft)!important}
.tone0{fill:#009e73;background:#009e73}.tone1{fill:#0072b2;background:#0072b2}.tone2{fill:#d55e00;background:#d55e00}
.tone3{fill:#cc79a7;background:#cc79a7}.tone4{fill:#e69f00;background:#e69f00}.tone5{fill:#9aa0a6;background:#9aa0a6}
svg text.ink0,svg text.ink1,svg text.ink2{fill:#fff}svg text.ink3,svg text.ink4,svg text.ink5{fill:#111}
.span{stroke:var(--line);stroke-width:6;stroke-linecap:round}.mark{fill:#0072b2}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;padding:0;margin:.2rem 0 .6rem;font-size:.85rem;color:var(--soft)}
.key{display:inline-block;width:.8em;height:.8em;margin-right:.4em;border-radius:2px}
`.replaceAll("\n", "");

import type { AnalyteComparison } from "../../protocol/statistics/comparison.ts";
import { PAGE_STYLE, safeMarkup } from "../markup.ts";
import { count } from "../text.ts";
import type { ReadComparison } from "./gather.ts";
import {
  assignedText,
  betweenText,
  caveatText,
  consensusRefusal,
  pairCaveats,
  pairText,
  scoreRows,
  shownPairs,
} from "./pair-words.ts";
import { scaleOf } from "./scale.ts";
import { svgPlot } from "./svg.ts";
import {
  analyteTitle,
  citationText,
  judgementText,
  leftOutText,
  limitText,
  materialHint,
  resultText,
  VERDICT_WORDS,
  unreadText,
  verdictText,
} from "./words.ts";

/** Where laboratories are named in a sentence. */
const MAX_NAME = 60;

/** A comparison as a page that stands alone: no scripts, nothing from elsewhere; the same comparison is the same bytes. */
export function comparisonPage({ analytes, leftOut, unread }: ReadComparison, entries: readonly string[]): string {
  const hint = materialHint(analytes);
  const setAside = [...leftOut.map(leftOutText), ...unread.map(unreadText)];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Entente: do laboratories differ?</title>
<style>${PAGE_STYLE}${STYLE}</style>
<main>
<h1>Do the laboratories really differ?</h1>
<p>${safeMarkup(`${count(analytes.length, "comparison")} from ${count(entries.length, "test report")}: ${entries.join(", ")}. Who has the same entries finds the same, byte for byte; the formulas and their sources are in docs/spec/statistics.md.`)}</p>
${overview(analytes)}
${analytes.map(section).join("\n")}
${setAside.length === 0 ? "" : `<h2>What does not count</h2>${items(setAside)}`}
${hint === undefined ? "" : `<p>Note: ${safeMarkup(hint)}.</p>`}
</main>
</html>
`;
}

function overview(analytes: readonly AnalyteComparison[]): string {
  const rows = analytes.map(
    (one, at) =>
      `<tr><th scope="row"><a href="#a${at + 1}">${safeMarkup(analyteTitle(one))}</a></th><td>${one.results.length}</td><td><span class="verdict v-${one.verdict}">${VERDICT_WORDS[one.verdict]}</span></td></tr>`,
  );
  return `<table class="texts">${head("Analyte and material", "Results", "Laboratories")}<tbody>${rows.join("")}</tbody></table>`;
}

function section(one: AnalyteComparison, at: number): string {
  const scale = scaleOf(one);
  const limits = limitText(one);
  return [
    `<section id="a${at + 1}">`,
    `<h2>${safeMarkup(analyteTitle(one))}</h2>`,
    `<p><span class="verdict v-${one.verdict}">${VERDICT_WORDS[one.verdict]}</span> ${safeMarkup(verdictText(one))}${limits === undefined ? "" : ` ${safeMarkup(limits)}`}</p>`,
    scale === undefined ? "" : `<figure>${svgPlot(one, scale, `plot${at + 1}`).trimEnd()}</figure>`,
    resultTable(one),
    pairList(one),
    ...one.consensus.map(consensusTable),
    "</section>",
  ].join("\n");
}

function resultTable({ results }: AnalyteComparison): string {
  const rows = results.map((result) => [
    result.determination.laboratory,
    resultText(result),
    judgementText(result),
    `${result.report}, sample ${result.sample}`,
    citationText(result.citation),
  ]);
  return `<table class="texts">${head("Laboratory", "Result", "Under its limit", "Report", "Cites")}${bodyOf(rows)}</table>`;
}

function pairList(one: AnalyteComparison): string {
  const { shown, more } = shownPairs(one);
  const lines = shown.map(({ between, found }) => {
    const notes = pairCaveats(found).map((text) => `Note: ${text}.`);
    return [`${betweenText(one, between, MAX_NAME)} ${pairText(found)}.`, ...notes].join(" ");
  });
  return items([...lines, ...(more === undefined ? [] : [`${more}.`])]);
}

function consensusTable({ found }: AnalyteComparison["consensus"][number]): string {
  if (found.outcome === "refused") return `<p>No value in common: ${safeMarkup(consensusRefusal(found.refusals))}.</p>`;
  const notes = found.caveats.map((one) => `Note: ${caveatText(one)}.`);
  return `<h3>${safeMarkup(assignedText(found))}</h3><table class="texts">${head("Laboratory", "z", "z′", "ζ", "E_n")}${bodyOf(scoreRows(found))}</table><p>${safeMarkup(notes.join(" "))}</p>`;
}

function head(...names: readonly string[]): string {
  return `<thead><tr>${names.map((name) => `<th scope="col">${name}</th>`).join("")}</tr></thead>`;
}

function bodyOf(rows: readonly (readonly string[])[]): string {
  const cells = rows.map(([first = "", ...others]) => {
    const rest = others.map((cell) => `<td>${safeMarkup(cell)}</td>`).join("");
    return `<tr><th scope="row">${safeMarkup(first)}</th>${rest}</tr>`;
  });
  return `<tbody>${cells.join("")}</tbody>`;
}

function items(lines: readonly string[]): string {
  return lines.length === 0 ? "" : `<ul>${lines.map((one) => `<li>${safeMarkup(one)}</li>`).join("")}</ul>`;
}

/** A verdict is a word; its colour only helps to find it. */
const STYLE = `
main{max-width:860px}a{color:inherit}figure{margin:.8rem 0;border:1px solid var(--line);border-radius:6px;overflow:hidden}
figure svg{width:100%;height:auto;display:block}section{border-top:1px solid var(--line);margin-top:2rem}
h3{font-size:1rem;margin:1.2rem 0 .3rem}ul{padding-left:1.2rem;font-size:.9rem}.texts th,.texts td{text-align:left;vertical-align:top;overflow-wrap:anywhere}.texts tbody th{font-weight:500}
.verdict{display:inline-block;border:1.5px solid;border-radius:4px;padding:0 .45em;font-weight:600;font-size:.9em;color:var(--ink);white-space:nowrap}
.v-agree{border-color:#009e73}.v-differ{border-color:#d55e00;border-width:2.5px}.v-compatible{border-color:#56b4e9}.v-inconclusive,.v-refused,.v-one-laboratory{border-color:#9aa0a6;border-style:dashed}
`.replaceAll("\n", "");

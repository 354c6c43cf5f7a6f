import type { AnalyteComparison } from "../../protocol/statistics/comparison.ts";
import { fitText, indent, table } from "../text.ts";
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
import { type PlotOptions, terminalPlot } from "./terminal-plot.ts";
import {
  analyteTitle,
  citationText,
  judgementText,
  leftOutText,
  limitText,
  materialHint,
  resultText,
  unreadText,
  verdictText,
} from "./words.ts";

/** A name that a peer chose may be of 2 000 bytes. */
const MAX_NAME = 40;

/** A comparison as a person reads it on a terminal. */
export function comparisonLines(
  { analytes, leftOut, unread }: ReadComparison,
  options: PlotOptions,
): readonly string[] {
  const hint = materialHint(analytes);
  const setAside = [...leftOut.map(leftOutText), ...unread.map(unreadText)];
  const lines = [
    ...analytes.flatMap((one) => ["", ...analyteLines(one, options)]),
    ...(setAside.length === 0 ? [] : ["", "does not count", ...indent(setAside)]),
    ...(hint === undefined ? [] : ["", `note: ${hint}`]),
  ];
  return lines.slice(1);
}

function analyteLines(one: AnalyteComparison, { width, isUnicode }: PlotOptions): readonly string[] {
  const scale = scaleOf(one);
  const limits = limitText(one);
  return [
    analyteTitle(one),
    ...indent([
      verdictText(one),
      ...(limits === undefined ? [] : [limits]),
      "",
      ...table(
        ["laboratory", "result", "under its limit", "cites"],
        one.results.map((result) => [
          fitText(result.determination.laboratory, MAX_NAME),
          resultText(result),
          judgementText(result),
          citationText(result.citation),
        ]),
      ),
      ...(scale === undefined ? [] : ["", ...terminalPlot(scale, { width: width - 2, isUnicode })]),
      ...pairLines(one),
      ...one.consensus.flatMap(consensusLines),
    ]),
  ];
}

function pairLines(one: AnalyteComparison): readonly string[] {
  const { shown, more } = shownPairs(one);
  const lines = shown.flatMap(({ between, found }) => [
    betweenText(one, between, MAX_NAME),
    ...indent([pairText(found), ...pairCaveats(found).map((text) => `note: ${text}`)]),
  ]);
  const all = [...lines, ...(more === undefined ? [] : [more])];
  return all.length === 0 ? [] : ["", ...all];
}

function consensusLines({ found }: AnalyteComparison["consensus"][number]): readonly string[] {
  if (found.outcome === "refused") return ["", `no value in common: ${consensusRefusal(found.refusals)}`];
  return [
    "",
    assignedText(found),
    ...table(
      ["laboratory", "z", "z′", "ζ", "E_n"],
      scoreRows(found).map(([name, ...scores]) => [fitText(name, MAX_NAME), ...scores]),
    ),
    ...indent(found.caveats.map((one) => `note: ${caveatText(one)}`)),
  ];
}

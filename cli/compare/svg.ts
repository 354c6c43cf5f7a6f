import type { AnalyteComparison } from "../../protocol/statistics/comparison.ts";
import { safeMarkup } from "../markup.ts";
import { fitText, widthOf } from "../text.ts";
import { type Interval, type Scale, scaleText, ticksOf } from "./scale.ts";
import { analyteTitle, limitText, verdictText } from "./words.ts";

/** Where everything is, in units of the picture. */
const WIDTH = 760;
const LEFT = 262;
const RIGHT = 736;
const ROW = 58;
const HEAD = 84;
const LANE = 17;
const FOOT = 52;

/** What a column of text is wide at most, of the widest fonts that stand for `sans-serif`. */
const COLUMN = { large: 10.2, normal: 8.1, small: 7.1 } as const;

/**
 * A plot of one analyte as a file that stands alone: a row for each result with its interval at k = 2, the limits as dashed
 * lines with the side beyond them shaded, what laboratories have in common as a band. The same comparison is the same bytes.
 * `key`: by which its parts are told from those of other plots on one page.
 */
export function svgPlot(one: AnalyteComparison, scale: Scale, key: string): string {
  const labels = placeLabels(scale);
  const top = HEAD + labels.lanes * LANE;
  const foot = top + scale.intervals.length * ROW;
  const title = analyteTitle(one);
  const content = [
    text(12, 24, "cTitle", fitText(title, columns(WIDTH - 24, "large"))),
    ...sentences(one).map((sentence, at) =>
      text(12, 46 + at * 17, "cSoft", fitText(sentence, columns(WIDTH - 24, "small"))),
    ),
    ...beyond(scale, top, foot),
    ...scale.bands.map(({ low, high }) => rect(xOf(scale, low), xOf(scale, high), top, foot, "cBand")),
    ...ticks(scale, top, foot),
    ...labels.placed.map(({ at, lane, kind }) =>
      line(at, HEAD + lane * LANE + 4, at, foot, kind === "limit" ? "cLimit" : "cCommon"),
    ),
    ...labels.placed.map((label) => labelText(label, HEAD + label.lane * LANE)),
    ...scale.intervals.map((interval, row) => intervalRow(scale, interval, top + row * ROW)),
    text((LEFT + RIGHT) / 2, foot + 42, "cTick", fitText(scaleText(scale), columns(RIGHT - LEFT, "small"))),
  ].join("");
  const ids = `${key}-title ${key}-desc`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${foot + FOOT}" role="img" aria-labelledby="${ids}"><title id="${key}-title">${safeMarkup(title)}</title><desc id="${key}-desc">${safeMarkup(description(one, scale))}</desc><style>${STYLE}</style><rect width="100%" height="100%" class="cPaper"/>${content}</svg>\n`;
}

function sentences(one: AnalyteComparison): readonly string[] {
  return [verdictText(one), limitText(one)].filter((sentence) => sentence !== undefined);
}

/** The plot in words, for those who do not see it. */
function description(one: AnalyteComparison, { intervals, bounds, bands }: Scale): string {
  return [
    ...sentences(one),
    ...intervals.map(({ name, says, cites }) => `${name}: ${says}, ${cites}.`),
    ...bounds.map(({ text: limit }) => `Limit: ${limit}.`),
    ...bands.map(({ text: common }) => `${common}.`),
  ].join(" ");
}

function intervalRow(scale: Scale, { name, says, cites, comparator, value, low, high }: Interval, y: number): string {
  const middle = y + ROW / 2;
  const x = xOf(scale, value);
  const marks = { "=": () => bar(), "<": () => arrow(LEFT, 9), ">": () => arrow(RIGHT, -9) }[comparator]();
  const small = columns(LEFT - 26, "small");
  const names = [
    text(LEFT - 14, y + 18, "cName", fitText(name, columns(LEFT - 26, "normal"))),
    text(LEFT - 14, y + 34, "cSays", fitText(says, small)),
    text(LEFT - 14, y + 49, "cSays", fitCitation(cites, small)),
  ].join("");
  return `<g><title>${safeMarkup(`${name}: ${says}, ${cites}`)}</title>${names}${marks}</g>`;

  function bar(): string {
    const [from, until] = [xOf(scale, low), xOf(scale, high)];
    const ends =
      low === high ? "" : [from, until].map((end) => line(end, middle - 7, end, middle + 7, "cBar")).join("");
    const span = low === high ? "" : line(from, middle, until, middle, "cBar");
    return `${span}${ends}<circle cx="${fixed(x)}" cy="${middle}" r="5.5" class="cMark"/>`;
  }

  /** The true value lies on that side: a dotted line without an end, and a stop at what was stated. */
  function arrow(end: number, back: number): string {
    const head = `<path d="M${fixed(end + back)} ${middle - 5}L${fixed(end)} ${middle}L${fixed(end + back)} ${middle + 5}" class="cHead"/>`;
    return `${line(end, middle, x, middle, "cOpen")}${head}${line(x, middle - 7, x, middle + 7, "cBar")}`;
  }
}

/** A long name of an authority is cut, and not the place in its log. */
function fitCitation(cites: string, width: number): string {
  const place = cites.slice(cites.lastIndexOf(":"));
  return fitText(cites.slice(0, -place.length), width - place.length) + place;
}

/** The side of a limit on which a value is not good; of several limits of a kind, the lines alone must do. */
function beyond(scale: Scale, top: number, foot: number): readonly string[] {
  return (["maximum", "minimum"] as const).flatMap((kind) => {
    const [bound, ...others] = scale.bounds.filter((one) => one.kind === kind);
    if (bound === undefined || others.length > 0) return [];
    const x = xOf(scale, bound.value);
    return [kind === "maximum" ? rect(x, RIGHT, top, foot, "cBeyond") : rect(LEFT, x, top, foot, "cBeyond")];
  });
}

/** On a piece of paper of its own, since lines of other labels pass there. */
function labelText({ x, label, kind }: Placed, y: number): string {
  const half = labelWidth(label) / 2;
  const name = kind === "limit" ? "cLimitText" : "cCommonText";
  return rect(x - half, x + half, y - 12, y + 4, "cPaper") + text(x, y, name, label);
}

function labelWidth(label: string): number {
  return widthOf(label) * COLUMN.small;
}

function ticks(scale: Scale, top: number, foot: number): readonly string[] {
  return ticksOf(scale).map((value) => {
    const x = xOf(scale, value);
    return line(x, top, x, foot, "cGrid") + text(x, foot + 20, "cTick", String(value));
  });
}

type Placed = {
  readonly at: number;
  readonly x: number;
  readonly label: string;
  readonly lane: number;
  readonly kind: "limit" | "common";
};

/** Labels of what runs through all rows, above the plot: within its width, and below one another where they would meet. */
function placeLabels(scale: Scale): { readonly placed: readonly Placed[]; readonly lanes: number } {
  const wanted = [
    ...scale.bounds.map(({ value, text: label }) => ({ at: value, label, kind: "limit" as const })),
    ...scale.bands.map(({ low, high, text: label }) => ({ at: (low + high) / 2, label, kind: "common" as const })),
  ].sort((a, b) => a.at - b.at);
  const ends: number[] = [];
  const placed = wanted.map(({ at, label: whole, kind }): Placed => {
    const label = fitText(whole, columns(RIGHT - LEFT, "small"));
    const half = labelWidth(label) / 2;
    const x = Math.min(Math.max(xOf(scale, at), LEFT + half), RIGHT - half);
    const free = ends.findIndex((end) => end + 8 <= x - half);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = x + half;
    return { at: xOf(scale, at), x, label, lane, kind };
  });
  return { placed, lanes: ends.length };
}

function xOf({ from, until }: Scale, value: number): number {
  return LEFT + ((value - from) / (until - from)) * (RIGHT - LEFT);
}

function columns(width: number, size: keyof typeof COLUMN): number {
  return Math.floor(width / COLUMN[size]);
}

function text(x: number, y: number, name: string, content: string): string {
  return `<text x="${fixed(x)}" y="${y}" class="${name}">${safeMarkup(content)}</text>`;
}

function line(x1: number, y1: number, x2: number, y2: number, name: string): string {
  return `<line x1="${fixed(x1)}" y1="${y1}" x2="${fixed(x2)}" y2="${y2}" class="${name}"/>`;
}

function rect(from: number, until: number, top: number, foot: number, name: string): string {
  return `<rect x="${fixed(from)}" y="${top}" width="${fixed(until - from)}" height="${foot - top}" class="${name}"/>`;
}

function fixed(value: number): string {
  return value.toFixed(1);
}

/** Blue and vermilion of Okabe and Ito, told apart by colour-blind people too; shape says the same as colour. */
const STYLE = `
.cPaper{fill:#fff}text{font:13px system-ui,sans-serif;fill:#1b1f24}.cTitle{font-size:16px;font-weight:600}
.cSoft,.cSays,.cTick,.cLimitText,.cCommonText{font-size:11.5px}.cSoft,.cSays,.cTick{fill:#5b6470}
.cName,.cSays{text-anchor:end}.cTick,.cLimitText,.cCommonText{text-anchor:middle}.cLimitText{fill:#a84300}.cCommonText{fill:#5b6470}
.cGrid{stroke:#e3e6ea}.cBar,.cOpen{stroke:#0072b2;stroke-width:2.5}.cOpen{stroke-dasharray:2 4}.cHead{fill:none;stroke:#0072b2;stroke-width:2.5}.cMark{fill:#0072b2}
.cLimit{stroke:#d55e00;stroke-width:2;stroke-dasharray:6 4}.cBeyond{fill:#d55e00;fill-opacity:.07}
.cBand{fill:#7a8490;fill-opacity:.18}.cCommon{stroke:#7a8490;stroke-width:1.5}
@media(prefers-color-scheme:dark){.cPaper{fill:#15181c}text{fill:#e8eaed}.cSoft,.cSays,.cTick,.cCommonText{fill:#a3adb8}.cGrid{stroke:#333a41}.cLimitText{fill:#ff9a4d}.cBar,.cOpen,.cHead{stroke:#56b4e9}.cMark{fill:#56b4e9}.cBeyond{fill-opacity:.16}}
`.replaceAll("\n", "");

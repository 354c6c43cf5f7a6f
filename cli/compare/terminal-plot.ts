import { fitText, padText, widthOf } from "../text.ts";
import { type Scale, scaleText, ticksOf } from "./scale.ts";

/** What a plot is drawn with. */
type Glyphs = Readonly<
  Record<
    "mark" | "bar" | "from" | "until" | "open" | "below" | "above" | "limit" | "crossed" | "common" | "axis" | "tick",
    string
  >
>;

const UNICODE: Glyphs = {
  mark: "●",
  bar: "─",
  from: "├",
  until: "┤",
  open: "┄",
  below: "◁",
  above: "▷",
  limit: "┊",
  crossed: "┼",
  common: "░",
  axis: "─",
  tick: "┬",
};

const ASCII: Glyphs = {
  mark: "o",
  bar: "-",
  from: "|",
  until: "|",
  open: ".",
  below: "<",
  above: ">",
  limit: ":",
  crossed: "+",
  common: "=",
  axis: "-",
  tick: "+",
};

/** Of the scale: narrower ones say nothing, wider ones are no longer seen at a glance. */
const MIN_COLUMNS = 24;
const MAX_COLUMNS = 96;
const MAX_NAME = 28;

export type PlotOptions = {
  /** Columns of the terminal. */
  readonly width: number;
  /** Whether it shows more than ASCII. */
  readonly isUnicode: boolean;
};

/**
 * One line a result, below them the axis and what the signs mean:
 *
 *     Lab A      ┊       ├────●────┤        nvwa.nl:12#0
 *     ───────────┬───────────┬───────────┬
 *                0          200         400  mg/kg
 */
export function terminalPlot(scale: Scale, { width, isUnicode }: PlotOptions): string[] {
  const { intervals, bounds, bands } = scale;
  const glyphs = isUnicode ? UNICODE : ASCII;
  const nameWidth = Math.min(MAX_NAME, Math.floor(width / 3), Math.max(...intervals.map(({ name }) => widthOf(name))));
  const citesWidth = 2 + Math.max(...intervals.map(({ cites }) => cites.length));
  const room = width - nameWidth - 2;
  // On a narrow terminal the table alone says what is cited.
  const hasCites = room - citesWidth >= MIN_COLUMNS;
  const columns = Math.min(MAX_COLUMNS, Math.max(MIN_COLUMNS, hasCites ? room - citesWidth : room));
  const column = (value: number): number =>
    Math.min(columns - 1, Math.max(0, Math.round(((value - scale.from) / (scale.until - scale.from)) * (columns - 1))));
  const rows = intervals.map(({ name, cites, comparator, value, low, high }) => {
    const cells = Array<string>(columns).fill(" ");
    for (const band of bands) fill(cells, column(band.low), column(band.high), glyphs.common);
    if (comparator === "<") fill(cells, 0, column(value), glyphs.open);
    if (comparator === ">") fill(cells, column(value), columns - 1, glyphs.open);
    if (comparator === "=" && low < high) {
      fill(cells, column(low), column(high), glyphs.bar);
      cells[column(low)] = glyphs.from;
      cells[column(high)] = glyphs.until;
    }
    for (const bound of bounds) {
      const at = column(bound.value);
      cells[at] = cells[at] === " " || cells[at] === glyphs.common ? glyphs.limit : glyphs.crossed;
    }
    cells[column(value)] = { "=": glyphs.mark, "<": glyphs.below, ">": glyphs.above }[comparator];
    return `${padText(fitText(name, nameWidth), nameWidth)}  ${cells.join("")}${hasCites ? `  ${cites}` : ""}`;
  });
  const before = " ".repeat(nameWidth + 2);
  return [...rows, ...axis(scale, glyphs, columns, column).map((line) => `${before}${line}`), legend(scale, glyphs)];
}

function axis(scale: Scale, glyphs: Glyphs, columns: number, column: (value: number) => number): readonly string[] {
  const line = Array<string>(columns).fill(glyphs.axis);
  let labels = "";
  for (const tick of ticksOf(scale)) {
    line[column(tick)] = glyphs.tick;
    const label = String(tick);
    const start = Math.max(0, column(tick) - Math.floor(label.length / 2));
    // Where two numbers would run into each other, the second has only its tick.
    if (labels === "" || start > labels.length) labels = labels.padEnd(start) + label;
  }
  return [line.join(""), labels];
}

function legend(scale: Scale, glyphs: Glyphs): string {
  const says = [
    ...scale.bounds.map(({ text }) => `${glyphs.limit} ${text}`),
    ...scale.bands.map(({ text }) => `${glyphs.common} ${text}`),
  ];
  return [scaleText(scale), ...says].join("   ");
}

function fill(cells: string[], from: number, until: number, glyph: string): void {
  for (let at = from; at <= until; at++) cells[at] = glyph;
}

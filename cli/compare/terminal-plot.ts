import type { Scale } from "./interval.ts";

/** Columns of the scale. */
const COLUMNS = 48;

/** One line a laboratory: `Lab   ├────●────┤`, the limit as `┊`, below it the ends of the scale. */
export function terminalPlot(scale: Scale): string[] {
  const { intervals, limits, from, until, unit } = scale;
  const width = Math.max(...intervals.map(({ name }) => name.length));
  const column = (value: number): number => Math.round(((value - from) / (until - from)) * (COLUMNS - 1));
  const lines = intervals.map(({ name, low, high, value, comparator, cites }) => {
    const cells = Array<string>(COLUMNS).fill(" ");
    for (const limit of limits) cells[column(limit)] = "┊";
    if (comparator === "=") {
      for (let at = column(low); at <= column(high); at++) cells[at] = "─";
      if (low < value) cells[column(low)] = "├";
      if (high > value) cells[column(high)] = "┤";
    }
    cells[column(value)] = { "=": "●", "<": "◁", ">": "▷" }[comparator];
    return `${name.padEnd(width)}  ${cells.join("")}  ${cites}`;
  });
  const ends = `${short(from)}${short(until).padStart(COLUMNS - short(from).length)}`;
  const legend = limits.length === 0 ? "" : `  ┊ limit ${limits.map(short).join(", ")}`;
  return [...lines, `${" ".repeat(width)}  ${ends}  ${unit}${legend}`];
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

import { escapeMarkup } from "../stats/svg.ts";
import type { Scale } from "./interval.ts";
import { ticksOf } from "./interval.ts";

const WIDTH = 720;
const LEFT = 210;
const RIGHT = 140;
const ROW = 34;
const TOP = 24;
const BOTTOM = 46;
/** Names longer than the column are cut. */
const NAME_MAX = 30;

/** Points with their intervals, one row a laboratory, and the limits as lines: a file that stands alone. */
export function svgPlot(title: string, scale: Scale): string {
  const { intervals, limits, from, until, unit } = scale;
  const height = TOP + intervals.length * ROW + BOTTOM;
  const x = (value: number): string => (LEFT + ((value - from) / (until - from)) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const foot = TOP + intervals.length * ROW;
  const ticks = ticksOf(scale).map(
    (value) =>
      `<line x1="${x(value)}" y1="${TOP}" x2="${x(value)}" y2="${foot}" class="grid"/><text x="${x(value)}" y="${foot + 18}" class="tick">${value}</text>`,
  );
  const bounds = limits.map(
    (value) =>
      `<line x1="${x(value)}" y1="${TOP - 6}" x2="${x(value)}" y2="${foot}" class="limit"/><text x="${x(value)}" y="${TOP - 10}" class="limitText">limit ${Number(value.toPrecision(6))}</text>`,
  );
  const rows = intervals.map(({ name, cites, comparator, value, low, high }, at) => {
    const y = TOP + at * ROW + ROW / 2;
    const shown = name.length > NAME_MAX ? `${name.slice(0, NAME_MAX - 1)}…` : name;
    const bar =
      comparator === "=" && high > low
        ? `<line x1="${x(low)}" y1="${y}" x2="${x(high)}" y2="${y}" class="bar"/><line x1="${x(low)}" y1="${y - 6}" x2="${x(low)}" y2="${y + 6}" class="bar"/><line x1="${x(high)}" y1="${y - 6}" x2="${x(high)}" y2="${y + 6}" class="bar"/>`
        : "";
    const mark =
      comparator === "="
        ? `<circle cx="${x(value)}" cy="${y}" r="5" class="mark"/>`
        : `<text x="${x(value)}" y="${y + 6}" class="censored">${comparator === "<" ? "◁" : "▷"}</text>`;
    return `<g><title>${escapeMarkup(`${name}: ${comparator === "=" ? "" : `${comparator} `}${value} ${unit}, ${cites}`)}</title><text x="${LEFT - 12}" y="${y + 4}" class="name">${escapeMarkup(shown)}</text>${bar}${mark}<text x="${WIDTH - RIGHT + 12}" y="${y + 4}" class="cites">${escapeMarkup(cites)}</text></g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeMarkup(title)}"><style>${STYLE}</style><title>${escapeMarkup(title)}</title>${ticks.join("")}${bounds.join("")}${rows.join("")}<text x="${LEFT + (WIDTH - LEFT - RIGHT) / 2}" y="${foot + 38}" class="tick">${escapeMarkup(unit)}</text></svg>\n`;
}

const STYLE = `
svg{background:#fff;color-scheme:light dark}text{font:13px system-ui,sans-serif;fill:#1b1f24}
.name{text-anchor:end}.tick,.limitText{text-anchor:middle;fill:#667;font-size:12px}.cites{fill:#667;font-size:11px}
.grid{stroke:#e3e6ea}.bar{stroke:#0072b2;stroke-width:2}.mark,.censored{fill:#0072b2}.censored{text-anchor:middle;font-size:16px}
.limit{stroke:#d55e00;stroke-width:2;stroke-dasharray:5 4}.limitText{fill:#d55e00}
@media(prefers-color-scheme:dark){svg{background:#15181c}text{fill:#e8eaed}.grid{stroke:#333a41}.tick,.cites{fill:#9aa4ae}}
`.replaceAll("\n", "");

import { escapeMarkup } from "../markup.ts";

/** One piece of a bar: how much, and which of the palette's classes. */
export type Piece = { readonly label: string; readonly value: number; readonly tone: number };

/** A bar with its name at the left. */
export type Bar = { readonly name: string; readonly pieces: readonly Piece[] };

const WIDTH = 720;
const NAME_WIDTH = 190;
const ROW = 30;
const BAR = 18;
/** Narrower than this a number does not fit into its piece. */
const NUMBER_WIDTH = 22;

/** Horizontal stacked bars on one scale, with the number in each piece that has room for it. */
export function stackedBars(title: string, bars: readonly Bar[]): string {
  const longest = Math.max(1, ...bars.map(total));
  const scale = (WIDTH - NAME_WIDTH - 50) / longest;
  const rows = bars.map((bar, at) => {
    const y = at * ROW + 6;
    let x = NAME_WIDTH;
    const pieces = bar.pieces
      .filter(({ value }) => value > 0)
      .map(({ label, value, tone }) => {
        const width = value * scale;
        const rect = `<rect x="${fixed(x)}" y="${y}" width="${fixed(width)}" height="${BAR}" class="tone${tone}"><title>${escapeMarkup(`${bar.name}: ${label}: ${value}`)}</title></rect>`;
        const number =
          width < NUMBER_WIDTH
            ? ""
            : `<text x="${fixed(x + width / 2)}" y="${y + 13}" class="number ink${tone}">${value}</text>`;
        x += width;
        return rect + number;
      });
    return `<text x="${NAME_WIDTH - 10}" y="${y + 13}" class="name">${escapeMarkup(shorten(bar.name))}</text>${pieces.join("")}<text x="${fixed(x + 8)}" y="${y + 13}" class="sum">${total(bar)}</text>`;
  });
  return figure(title, bars.length * ROW + 6, rows.join(""));
}

/** For each name a line from 0 to what nine of ten do not exceed, with a mark at the median; in days. */
export function dayLines(
  title: string,
  lines: readonly { readonly name: string; readonly median: number; readonly ninth: number; readonly count: number }[],
): string {
  const longest = Math.max(1, ...lines.map(({ ninth }) => ninth));
  const scale = (WIDTH - NAME_WIDTH - 190) / longest;
  const rows = lines.map(({ name, median, ninth, count }, at) => {
    const y = at * ROW + 15;
    const [mark, end] = [NAME_WIDTH + median * scale, NAME_WIDTH + ninth * scale];
    return `<text x="${NAME_WIDTH - 10}" y="${y + 4}" class="name">${escapeMarkup(shorten(name))}</text><line x1="${NAME_WIDTH}" y1="${y}" x2="${fixed(end)}" y2="${y}" class="span"/><circle cx="${fixed(mark)}" cy="${y}" r="6" class="mark"/><text x="${fixed(end + 12)}" y="${y + 4}" class="sum">${median} days, nine of ten within ${ninth} (of ${count})</text>`;
  });
  return figure(title, lines.length * ROW + 6, rows.join(""));
}

function figure(title: string, height: number, content: string): string {
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeMarkup(title)}">${content}</svg>`;
}

function total({ pieces }: Bar): number {
  return pieces.reduce((sum, { value }) => sum + value, 0);
}

function fixed(value: number): string {
  return value.toFixed(1);
}

/** As long as the column of names is wide. */
function shorten(name: string): string {
  return name.length > 28 ? `${name.slice(0, 27)}…` : name;
}

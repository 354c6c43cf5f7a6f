import { type Figure, FIGURES, type FigureName } from "./figures.ts";
import type { PeerName } from "./peers/peer.ts";
import { median, rounded } from "./usage.ts";

const COLUMNS: readonly (readonly [PeerName, string])[] = [
  ["entente", "Entente"],
  ["hypercore", "Hypercore 11"],
  ["level", "Level"],
];

type Row = {
  readonly figure: FigureName;
  readonly records: number;
  readonly values: ReadonlyMap<PeerName, readonly number[]>;
};

/**
 * Medians, with the least and the most where there were several runs, and how many times better ours are (under 1:
 * worse), as a Markdown table.
 */
export function formatTable(figures: readonly Figure[]): string {
  const rows = rowsOf(figures);
  const columns = COLUMNS.filter(([peer]) => figures.some((figure) => figure.peer === peer));
  const rivals = columns.filter(([peer]) => peer !== "entente");
  const heads = [
    "",
    "records",
    "unit",
    ...columns.map(([, title]) => title),
    ...rivals.map(([, title]) => `better than ${title}`),
  ];
  const lines = rows.map((row) => [
    FIGURES[row.figure].title,
    row.records.toLocaleString("en"),
    FIGURES[row.figure].unit,
    ...columns.map(([peer]) => cell(row.values.get(peer))),
    ...rivals.map(([peer]) => ratio(row, peer)),
  ]);
  return [heads, heads.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function rowsOf(figures: readonly Figure[]): readonly Row[] {
  const names = Object.keys(FIGURES);
  const rows = Map.groupBy(figures, ({ figure, records }) => `${figure} ${records}`);
  return [...rows.values()]
    .flatMap((group): Row[] => {
      const [first] = group;
      if (first === undefined) return [];
      const values = new Map(
        [...Map.groupBy(group, ({ peer }) => peer)].map(([peer, own]) => [peer, own.map(({ value }) => value)]),
      );
      return [{ figure: first.figure, records: first.records, values }];
    })
    .sort((a, b) => names.indexOf(a.figure) - names.indexOf(b.figure) || a.records - b.records);
}

function cell(values: readonly number[] | undefined): string {
  if (values === undefined) return "–";
  const spread = values.length > 1 ? ` (${text(Math.min(...values))}–${text(Math.max(...values))})` : "";
  return `${text(median(values))}${spread}`;
}

function ratio({ figure, values }: Row, rival: PeerName): string {
  const [ours, theirs] = [values.get("entente"), values.get(rival)];
  if (ours === undefined || theirs === undefined) return "–";
  const quotient = median(ours) / median(theirs);
  return `× ${rounded(FIGURES[figure].better === "more" ? quotient : 1 / quotient)}`;
}

function text(value: number): string {
  return rounded(value).toLocaleString("en");
}

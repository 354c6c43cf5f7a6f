import { safeLine } from "./print-safe.ts";

// How values look to people.

/** `2026-11-22 14:03:05 UTC`, of an ISO 8601 time in UTC. */
export function formatTime(iso: string): string {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/.test(iso) ? `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC` : iso;
}

/** `600 B`, `1.5 MiB`. */
export function formatBytes(count: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** `59 s`, `3 min`, `5 h`, `12 d`. */
export function formatDuration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

/** `1 entry`, `2 entries`. */
export function count(number: number, singular: string, plural = `${singular}s`): string {
  return `${number} ${number === 1 ? singular : plural}`;
}

export function orDash(text: string | null): string {
  return text === null || text === "" ? "–" : text;
}

/** Rows under a heading, in columns as wide as their widest cell. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cells = [heading, ...rows].map((row) => row.map(safeLine));
  const widths = heading.map((_, column) => Math.max(...cells.map((row) => widthOf(row[column] ?? ""))));
  return cells.map((row) =>
    row
      .map((cell, column) => padText(cell, widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** Columns of a terminal that a text fills: Chinese, Japanese and Korean characters are two wide. */
export function widthOf(text: string): number {
  return text.length + (text.match(WIDE)?.length ?? 0);
}

export function padText(text: string, columns: number): string {
  return `${text}${" ".repeat(Math.max(0, columns - widthOf(text)))}`;
}

/** A text that fills at most so many columns: cut, with `…` at its end, where it is longer. */
export function fitText(text: string, columns: number): string {
  const safe = safeLine(text);
  if (widthOf(safe) <= columns) return safe;
  let fitting = "";
  for (const character of safe) {
    if (widthOf(fitting + character) >= columns) break;
    fitting += character;
  }
  return `${fitting}…`;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]/g;

/** `name  value` with the values below one another. */
export function fields(pairs: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
}

export function indent(lines: readonly string[], by = "  "): string[] {
  return lines.map((line) => `${by}${line}`);
}

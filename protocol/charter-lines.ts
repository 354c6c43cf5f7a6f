import { FormatError } from "./format-error.ts";
import { MAX_CHARTER_ONLINE_KEYS, MAX_CHARTER_ROLES, MAX_CHARTER_ROOTS, MAX_CHARTER_UNKNOWN_LINES } from "./limits.ts";

// The line grammar of charters: docs/spec/charter.md, "Lines". What the values mean is read in charter.ts.

/** One line after the first: `role nvwa.nl/lab/1+…`. */
export type CharterLine = {
  /** Where it stands in the text; 0 is the first line, `entente charter v1`. */
  readonly line: number;
  readonly keyword: string;
  readonly value: string;
};

export type KnownKeyword = keyof typeof KNOWN;

export type CharterLines = {
  /** The lines of one known keyword, in order; as many as the format allows. */
  of(keyword: KnownKeyword): readonly CharterLine[];
  readonly unknown: readonly CharterLine[];
};

const FIRST_LINE = "entente charter v1";

/** Known keywords in the order in which they stand, each with how often. */
const KNOWN = {
  authority: [1, 1],
  title: [1, 1],
  country: [1, 1],
  serial: [1, 1],
  previous: [1, 1],
  epoch: [1, 1],
  continues: [1, 1],
  "root-threshold": [1, 1],
  root: [1, MAX_CHARTER_ROOTS],
  "next-threshold": [1, 1],
  next: [1, MAX_CHARTER_ROOTS],
  log: [1, MAX_CHARTER_ONLINE_KEYS],
  witness: [1, MAX_CHARTER_ONLINE_KEYS],
  node: [1, MAX_CHARTER_ONLINE_KEYS],
  member: [1, 1],
  role: [0, MAX_CHARTER_ROLES],
} as const;

const ORDER: readonly string[] = Object.keys(KNOWN);

/** `CHARTER_MALFORMED` unless `text` has the lines of a charter, known ones in order and number. */
export function parseCharterLines(text: string): CharterLines {
  const lines = splitLines(text);
  const known = lines.filter(({ keyword }) => isKnownKeyword(keyword));
  const unknown = lines.filter(({ keyword }) => !isKnownKeyword(keyword));
  assertOrder(known);
  const of = (keyword: KnownKeyword): readonly CharterLine[] => known.filter((line) => line.keyword === keyword);
  for (const keyword of ORDER) if (isKnownKeyword(keyword)) assertCount(keyword, of(keyword).length);
  // SPEC: "`log`, `witness` and `node` together have at most 16 lines."
  if (of("log").length + of("witness").length + of("node").length > MAX_CHARTER_ONLINE_KEYS) {
    throw malformed("too many lines of log, witness and node keys");
  }
  // SPEC: "At most 64 unknown lines."
  if (unknown.length > MAX_CHARTER_UNKNOWN_LINES) throw malformed("too many unknown lines");
  return { of, unknown };
}

/** The text of a charter whose known lines are `known`, in order, and whose other lines stand where `kept` says. */
export function formatCharterLines(
  known: readonly (readonly [KnownKeyword, string])[],
  kept: readonly CharterLine[],
): string {
  const lines = [FIRST_LINE, ...known.map(([keyword, value]) => `${keyword} ${value}`)];
  for (const { line, keyword, value } of kept.toSorted((a, b) => a.line - b.line)) {
    if (line < 1 || line > lines.length) throw malformed("no such place for a line", line);
    lines.splice(line, 0, `${keyword} ${value}`);
  }
  const text = `${lines.join("\n")}\n`;
  parseCharterLines(text);
  return text;
}

/** The `root-threshold` and `root` lines, verbatim and in order. */
export function rootLines(text: string): string {
  return linesOf(text, ["root-threshold", "root"]);
}

/** The `next-threshold` and `next` lines, verbatim and in order. */
export function nextLines(text: string): string {
  return linesOf(text, ["next-threshold", "next"]);
}

function isKnownKeyword(keyword: string): keyword is KnownKeyword {
  return Object.hasOwn(KNOWN, keyword);
}

function linesOf(text: string, keywords: readonly string[]): string {
  return text
    .split("\n")
    .filter((line) => keywords.some((keyword) => line.startsWith(`${keyword} `)))
    .join("\n");
}

function splitLines(text: string): readonly CharterLine[] {
  const [first, ...lines] = text.split("\n");
  // SPEC: "The first line is exact."
  if (first !== FIRST_LINE) throw malformed(`the first line is not ${FIRST_LINE}`);
  if (!text.isWellFormed() || lines.pop() !== "") throw malformed("a lone surrogate, or no newline at the end");
  return lines.map((line, i) => parseLine(line, i + 1));
}

// SPEC: "Every other line is `keyword`, one space, a value that is not empty, contains no control character (U+0000 to
// U+001F, U+007F to U+009F) and neither begins nor ends with a space. Keyword: [a-z][a-z0-9-]*, optionally followed by !."
function parseLine(text: string, line: number): CharterLine {
  const space = text.indexOf(" ");
  const keyword = text.slice(0, Math.max(space, 0));
  const value = text.slice(space + 1);
  if (space < 0 || !/^[a-z][a-z0-9-]*!?$/.test(keyword)) throw malformed("a line without a keyword", line);
  // Cc is exactly these control characters.
  if (value === "" || value.startsWith(" ") || value.endsWith(" ") || /\p{Cc}/u.test(value)) {
    throw malformed("an empty value, a space around it, or a control character", line);
  }
  return { line, keyword, value };
}

// SPEC: "The known keywords stand in the order above."
function assertOrder(known: readonly CharterLine[]): void {
  known.forEach(({ keyword, line }, i) => {
    const before = known[i - 1];
    if (before !== undefined && ORDER.indexOf(before.keyword) > ORDER.indexOf(keyword))
      throw malformed(`${keyword} stands out of order`, line);
  });
}

function assertCount(keyword: KnownKeyword, count: number): void {
  const [min, max] = KNOWN[keyword];
  if (count < min || count > max) throw malformed(`${count} lines of ${keyword}, where ${min} to ${max} may stand`);
}

function malformed(message: string, line?: number): FormatError {
  return new FormatError("CHARTER_MALFORMED", message, line === undefined ? undefined : { line });
}

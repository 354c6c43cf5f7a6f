import { findGtin } from "../record/gtin.ts";
import { codeOfWord } from "./code-words.ts";
import { splitPieces, uniqueTexts } from "./split-list.ts";

/**
 * As `splitList`; two neighbours that are a trade item number only together are one barcode, written with a comma in it
 * (`5 635235, 514906`).
 */
export function splitBarcodes(cell: string): readonly string[] {
  const joined: string[] = [];
  for (const piece of splitPieces(cell)) {
    const before = joined.at(-1);
    const both = before === undefined ? undefined : `${before} ${piece}`;
    if (before !== undefined && both !== undefined && areOneBarcode(before, piece, both)) joined.splice(-1, 1, both);
    else joined.push(piece);
  }
  return uniqueTexts(joined);
}

/** Recall pages are joined by spaces; a space that no new address follows belongs to a damaged address. */
export function splitUrls(cell: string): readonly string[] {
  return uniqueTexts(cell.split(/[\s,;]+(?=https?:\/\/)/).map((url) => url.trim()));
}

/**
 * Measures are joined by a comma and a space, by nothing at all where they are of different operators
 * (`Stop of salesWarning consumers of the risks`), and one of them has a comma in its name. So known names are looked for
 * from the left; what is none goes up to the next comma. The same measure twice is two measures, by two operators.
 */
export function splitMeasures(cell: string): readonly string[] {
  const found: string[] = [];
  for (let rest = cell.trim(); rest !== "";) {
    const measure = knownMeasure(rest) ?? rest.split(/,\s/)[0] ?? rest;
    found.push(measure.trim());
    rest = rest.slice(measure.length).replace(/^[,\s]+/, "");
  }
  return found.filter((measure) => measure !== "");
}

/** Longer than any name of a measure: how far to look for the end of one. */
const LONGEST_MEASURE = 200;

/** The longest known name with which `text` begins, and after which a new one may begin. */
function knownMeasure(text: string): string | undefined {
  const start = text.slice(0, LONGEST_MEASURE);
  const inside = [...start.matchAll(/,\s|(?<=[a-z])(?=\p{Lu})/gu)].map((match) => match.index);
  const ends = text === start ? [...inside, text.length] : inside;
  return ends
    .toReversed()
    .map((end) => text.slice(0, end))
    .find((name) => codeOfWord("measure-category", name) !== undefined);
}

function areOneBarcode(before: string, piece: string, both: string): boolean {
  return findGtin(before) === undefined && findGtin(piece) === undefined && findGtin(both)?.isValid === true;
}

/** Slips of the pen in a word: more of them are another word. */
const MAX_SLIPS = 3;

/** The one of `words` that was probably meant, undefined where none is near. */
export function nearestWord(word: string, words: readonly string[]): string | undefined {
  const [nearest] = words
    .map((known) => ({ known, slips: countSlips(word.toLowerCase(), known.toLowerCase()) }))
    // Of a short word that is half of it, three slips make any other.
    .filter(({ known, slips }) => slips <= MAX_SLIPS && slips * 2 <= Math.min(word.length, known.length))
    .toSorted((a, b) => a.slips - b.slips);
  return nearest?.known;
}

/** Letters to insert, to leave out or to change until the words are the same (Levenshtein). */
function countSlips(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries()) {
      const change = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(change, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

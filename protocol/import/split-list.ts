/**
 * The items of a list in one text, joined by a comma and a space. An item with such a comma of its own comes apart: the
 * original stays beside it.
 */
export function splitList(text: string): readonly string[] {
  return uniqueTexts(splitPieces(text));
}

/** As `splitList`, with what stands there twice. */
export function splitPieces(text: string): readonly string[] {
  return text
    .split(/,+\s/)
    .map((piece) => piece.trim())
    .filter((piece) => piece !== "");
}

/** Each once, in their order, without empty ones. */
export function uniqueTexts(items: readonly string[]): readonly string[] {
  return [...new Set(items)].filter((item) => item !== "");
}

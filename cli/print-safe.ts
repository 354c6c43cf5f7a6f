/**
 * What a text from elsewhere could use to deceive the reader of a terminal, or to drive the terminal itself: control
 * characters (escape among them), characters that turn the direction of writing, separators of lines, invisible
 * operators and tags, half characters.
 */
const UNSAFE =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

const LINE_BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;

/** One line that shows what it says: line breaks and tabs are spaces, everything else that is unsafe is gone. */
export function safeLine(text: string): string {
  return text.replaceAll(LINE_BREAKS, " ").replaceAll(UNSAFE, "");
}

/** JSON on one line. It loses nothing: what is unsafe is written as `\u202e`. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(UNSAFE, escapeUnits);
}

function escapeUnits(character: string): string {
  return Array.from(
    { length: character.length },
    (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`,
  ).join("");
}

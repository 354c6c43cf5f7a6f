// What characters a signed note may hold, C2SP signed-note v1.0.0. In expressions with the flag u, `[ -\u{10ffff}]` is
// every character but the control characters below U+0020.

/** Whether `text` may be the text of a note, or a whole note: newlines, and no other control character. */
export function isNoteText(text: string): boolean {
  return text.isWellFormed() && /^[\n -\u{10ffff}]*$/u.test(text);
}

/** Whether `line` may be one line of a note. */
export function isNoteLine(line: string): boolean {
  return isNoteText(line) && !line.includes("\n");
}

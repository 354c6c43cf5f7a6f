import { isNoteLine } from "./note-text.ts";

/** Whether a signed note may carry `name` as a key name, e.g. `nvwa.nl/witness`. */
export function isKeyName(name: string): boolean {
  // SPEC: "Key names MUST be non-empty and MUST NOT contain any Unicode spaces or plus (U+002B) characters."
  return isNoteLine(name) && /^[^\p{White_Space}+]+$/u.test(name);
}

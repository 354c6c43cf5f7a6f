import { safeLine } from "./print-safe.ts";

export type TypedLine = {
  readonly text: string;
  readonly state: "typing" | "entered" | "interrupted";
  /** What the terminal shows of these keys. */
  readonly shown: string;
  /** Keys after the end of the line. */
  readonly rest: string;
};

const CTRL_C = "\u0003";
const CTRL_D = "\u0004";
const CTRL_U = "\u0015";
const ESCAPE = "\u001b";
const BACKSPACES: readonly string[] = ["\u0008", "\u007f"];

/** The line `before` after the keys that a terminal in raw mode handed over. */
export function typeKeys(before: string, keys: string): TypedLine {
  let [text, shown] = [before, ""];
  // Arrows and the like arrive as one piece that begins with escape.
  if (keys.startsWith(ESCAPE)) return { text, state: "typing", shown, rest: "" };
  const typed = [...keys];
  for (const [i, key] of typed.entries()) {
    if (key === "\r" || key === "\n") return { text, state: "entered", shown, rest: typed.slice(i + 1).join("") };
    if (key === CTRL_C || key === CTRL_D) return { text, state: "interrupted", shown, rest: "" };
    const erased = BACKSPACES.includes(key) ? 1 : key === CTRL_U ? [...text].length : 0;
    if (erased > 0) {
      shown += "\b \b".repeat(Math.min(erased, [...text].length));
      text = [...text].slice(0, -erased).join("");
    } else if (key >= " ") {
      text += key;
      shown += safeLine(key);
    }
  }
  return { text, state: "typing", shown, rest: "" };
}

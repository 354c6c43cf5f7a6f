import { styleText } from "node:util";

const WIDTH = 100;
const OUTPUT_WIDTH = 120;

export type Color = "cyan" | "yellow" | "magenta" | "gray";

/** Who types. */
export type Prompt = { readonly name: string; readonly color: Color };

/** What the demonstration says, on the standard output. */
export class Voice {
  #headings = 0;

  heading(text: string): void {
    this.#headings += 1;
    const title = `${this.#headings}. ${text} `;
    this.#line("");
    this.#line(styleText("bold", `━━ ${title}${"━".repeat(Math.max(2, WIDTH - title.length - 3))}`));
  }

  /** Plain words, wrapped. */
  say(text: string): void {
    this.#line("");
    for (const line of wrap(text, WIDTH)) this.#line(line);
  }

  /** A command as a person would type it. */
  command(at: Prompt, args: readonly string[], end = ""): void {
    this.typed(at, foldCommand(["entente", ...args].map(quote), WIDTH - at.name.length - 2).join("\n    ") + end);
  }

  typed({ name, color }: Prompt, text: string): void {
    this.#line("");
    this.#line(`${styleText(color, `${name} $`)} ${styleText("bold", text)}`);
  }

  output(lines: readonly string[]): void {
    for (const line of lines) this.#line(cutOff(line === "" ? "" : `    ${line}`, OUTPUT_WIDTH));
  }

  /** What happened besides commands. */
  event(text: string): void {
    this.#line("");
    for (const line of wrap(text, WIDTH - 4)) this.#line(styleText("italic", `    ${line}`));
  }

  lines(lines: readonly string[]): void {
    for (const line of lines) this.#line(line);
  }

  #line(text: string): void {
    process.stdout.write(`${text}\n`);
  }
}

function quote(word: string): string {
  return /^[\w./:,=@+-]+$/.test(word) ? word : `"${word}"`;
}

/** Breaks a long command before its options, as in a shell. */
function foldCommand(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const group of groupOptions(words)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + group.length <= width) lines[lines.length - 1] = `${last} ${group}`;
    else lines.push(group);
  }
  return lines.map((line, i) => (i < lines.length - 1 ? `${line} \\` : line));
}

/** An option stays with its value. */
function groupOptions(words: readonly string[]): string[] {
  const groups: string[] = [];
  for (const word of words) {
    const last = groups.at(-1);
    if (last === undefined || word.startsWith("-")) groups.push(word);
    else groups[groups.length - 1] = `${last} ${word}`;
  }
  return groups;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function cutOff(line: string, width: number): string {
  return line.length <= width ? line : `${line.slice(0, width - 1)}…`;
}

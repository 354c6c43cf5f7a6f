import { parseDecimal } from "../protocol/decimal.ts";
import { CliError } from "./cli-error.ts";

/** `nvwa.nl:12`, `nvwa.nl/3:0`, or with hex digits of the id for the name; as the node takes it. Throws `USAGE`. */
export function parseEntryText(text: string): string {
  if (/^[a-z0-9][a-z0-9.-]*(?:\/[1-9][0-9]*)?:(?:0|[1-9][0-9]*)$/.test(text)) return text;
  throw new CliError("USAGE", `"${text}" is no entry`, "entries are named as in nvwa.nl:12; entente list shows them");
}

/** Whether `text` means an entry rather than a log. */
export function isEntryText(text: string): boolean {
  return text.includes(":");
}

/** Numbers of parts: 0 to 63. Throws `USAGE`. */
export function parsePartNumbers(texts: readonly string[]): readonly number[] {
  return texts.map((text) => {
    const number = parseDecimal(text);
    if (number === undefined || number > 63)
      throw new CliError(
        "USAGE",
        `--part: "${text}" is no number from 0 to 63`,
        "entente show ENTRY numbers the parts",
      );
    return number;
  });
}

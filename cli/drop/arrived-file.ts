import { parseEntryName } from "../../protocol/name.ts";

/** Digits of a file's number, so that names sort: a million files a day for a lifetime. */
const DIGITS = 12;

/** What is written of an entry: the record, or that it was erased. */
export type Written = "record" | "erased";

const NAME = /^(\d{12})_([a-z0-9.-]+_\d+_\d+(?:_erased)?)\.json$/;

/**
 * The end of the name of an entry's file. It is made of what the entry's name reads as, not of its text.
 *
 *     nvwa.nl_0_12, and nvwa.nl_0_12_erased
 */
export function fileEnd(entry: string, written: Written): string {
  const { name, epoch, index } = parseEntryName(entry);
  return `${name}_${epoch}_${index}${written === "erased" ? "_erased" : ""}`;
}

/** `000000000042_nvwa.nl_0_12.json`. */
export function fileName(number: number, end: string): string {
  return `${String(number).padStart(DIGITS, "0")}_${end}.json`;
}

/** The other way; undefined for a file that is not of this kind. */
export function readFileName(name: string): { readonly number: number; readonly end: string } | undefined {
  const [, number, end] = NAME.exec(name) ?? [];
  return number === undefined || end === undefined ? undefined : { number: Number(number), end };
}

import type { Term } from "./term.ts";
import { termsOf } from "./term.ts";

/** A trade item number (GTIN-8, -12, -13 or -14) found in a text: its digits as written, and filled up to 14. */
export type Gtin = { readonly digits: string; readonly gtin14: string; readonly isValid: boolean };

/**
 * The GTIN in a barcode as people write it, `undefined` where there is none:
 *
 *     "5 709386 484552"  "EAN 5901691811546"  "6413692308073 (black)"
 *
 * Digits may be grouped by spaces or hyphens. Of several runs of a GTIN's length the first whose check digit is right
 * counts, else the first. A wrong check digit is said, never a reason to refuse: of real alerts' barcodes 6 % have one.
 */
export function findGtin(text: string): Gtin | undefined {
  const runs = (text.match(/[0-9]+(?:[ \u00A0-][0-9]+)*/g) ?? []).map((run) => run.replaceAll(/[^0-9]/g, ""));
  const found = runs.filter((digits) => LENGTHS.has(digits.length)).map(toGtin);
  return found.find((gtin) => gtin.isValid) ?? found[0];
}

/** `gtin` for what can be one, `barcode` for anything else, so that equal damage is still found. */
export function barcodeTerms(barcodes: readonly string[]): readonly Term[] {
  const gtins = barcodes.map(findGtin);
  return [
    ...termsOf(
      "gtin",
      gtins.map((gtin) => (gtin?.isValid === true ? gtin.gtin14 : undefined)),
    ),
    ...termsOf(
      "barcode",
      barcodes.map((text, index) => (gtins[index]?.isValid === true ? undefined : (gtins[index]?.digits ?? text))),
    ),
  ];
}

const LENGTHS: ReadonlySet<number> = new Set([8, 12, 13, 14]);

function toGtin(digits: string): Gtin {
  const gtin14 = digits.padStart(14, "0");
  return { digits, gtin14, isValid: hasCheckDigit(gtin14) };
}

/** GS1 General Specifications, 7.9: weights 3 and 1 from the left of 14 digits, the sum a multiple of ten. */
function hasCheckDigit(gtin14: string): boolean {
  const sum = [...gtin14].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 3 : 1), 0);
  return sum % 10 === 0;
}

import { findGtin } from "../record/gtin.ts";
import type { ImportWarning } from "./import-result.ts";

/** What is to be remarked on barcodes as people write them; they go in all the same. */
export function barcodeWarnings(column: string, barcodes: readonly string[]): readonly ImportWarning[] {
  return barcodes.flatMap((barcode): readonly ImportWarning[] => {
    const gtin = findGtin(barcode);
    if (gtin === undefined) {
      const reason = `"${barcode}" has not the 8, 12, 13 or 14 digits of a trade item number`;
      return [{ column, code: "BARCODE_NOT_GTIN", reason }];
    }
    if (gtin.isValid) return [];
    return [{ column, code: "BARCODE_CHECK_DIGIT", reason: `the check digit of "${barcode}" is wrong` }];
  });
}

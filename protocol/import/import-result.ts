import type { AlertBody } from "../record/alert.ts";

/** Why an alert is set aside. `column`: the column, element or key at fault; empty for the alert as a whole. */
export type ImportError = { readonly column: string; readonly reason: string };

/** What was understood only in part, or looks damaged; the alert goes in all the same. */
export type ImportWarning = {
  readonly column: string;
  readonly code: "BARCODE_CHECK_DIGIT" | "BARCODE_NOT_GTIN" | "TEXT_DAMAGED" | "VALUE_UNKNOWN";
  readonly reason: string;
};

/** What came of one alert in a file of another system; by `number` it is recognised again. */
export type ImportResult =
  | {
      readonly status: "read";
      readonly number: string;
      readonly body: AlertBody;
      readonly warnings: readonly ImportWarning[];
    }
  | { readonly status: "refused"; readonly errors: readonly ImportError[] };

import type { CborMap } from "../cbor.ts";
import { encodeCbor } from "../cbor.ts";
import type { Sha256 } from "../crypto.ts";
import { FormatError } from "../format-error.ts";
import type { AlertBody } from "../record/alert.ts";
import { alert } from "../record/alert.ts";
import { safetyGateBody } from "./safety-gate-body.ts";
import type { SafetyGateRow } from "./safety-gate-columns.ts";
import { SAFETY_GATE_COLUMNS } from "./safety-gate-columns.ts";
import { columnOfPath } from "./safety-gate-paths.ts";
import type { SafetyGateWarning } from "./safety-gate-reader.ts";

export type RowError = { readonly column: string; readonly reason: string };

export type SafetyGateResult =
  | {
      readonly status: "read";
      readonly number: string;
      readonly body: AlertBody;
      readonly warnings: readonly SafetyGateWarning[];
    }
  | { readonly status: "refused"; readonly errors: readonly RowError[] };

/**
 * The alert in one row of the Safety Gate portal's export. What the portal's words mean becomes codes and lists; every
 * column, also one that nobody knows, stays in `source` as it was. What cannot be made out is a warning and stays there
 * only: a row is refused when it has no number, no readable year and week, or a text that no record can hold.
 */
export function readSafetyGateRow(row: SafetyGateRow): SafetyGateResult {
  const errors = errorsOf(row);
  if (errors.length > 0) return { status: "refused", errors };
  const { body, warnings } = safetyGateBody(row);
  try {
    const read = alert.read(body, 0);
    return { status: "read", number: (row.get("Alert number") ?? "").trim(), body: read.body, warnings };
  } catch (error) {
    if (error instanceof FormatError) return { status: "refused", errors: [rowError(error)] };
    throw error;
  }
}

/** The columns of the row from which an alert was made, character for character, in the portal's order, others after them. */
export function safetyGateColumns(body: AlertBody): SafetyGateRow | undefined {
  if (body.source?.system !== "safety-gate") return undefined;
  const columns = new Map(Object.entries(body.source.columns));
  const known = SAFETY_GATE_COLUMNS.filter((name) => columns.has(name));
  const others = [...columns.keys()].filter((name) => !known.some((one) => one === name));
  return new Map([...known, ...others].map((name) => [name, columns.get(name) ?? ""]));
}

/** Equal for rows that say the same, in whatever order: SHA-256 of the canonical CBOR map of the columns. */
export function safetyGateDigest(row: SafetyGateRow, sha256: Sha256): Uint8Array {
  const columns: CborMap = Object.fromEntries(row);
  return sha256(encodeCbor(columns));
}

function errorsOf(row: SafetyGateRow): readonly RowError[] {
  const missing = SAFETY_GATE_COLUMNS.filter((column) => !row.has(column)).map((column) => ({
    column,
    reason: "the column is missing",
  }));
  return missing.length > 0 ? missing : [...numberErrors(row), ...dateErrors(row)];
}

function numberErrors(row: SafetyGateRow): readonly RowError[] {
  return row.get("Alert number")?.trim() === ""
    ? [{ column: "Alert number", reason: "empty: without a number the alert cannot be recognised again" }]
    : [];
}

/** Either both are empty, or both are numbers. */
function dateErrors(row: SafetyGateRow): readonly RowError[] {
  const year = row.get("Year")?.trim() ?? "";
  const week = row.get("Week")?.trim() ?? "";
  if (year === "" && week === "") return [];
  return [
    ...(isNumberBetween(year, 1978, 9999) ? [] : [{ column: "Year", reason: `"${year}" is not a year` }]),
    ...(isNumberBetween(week, 1, 53) ? [] : [{ column: "Week", reason: `"${week}" is not a week from 1 to 53` }]),
  ];
}

function isNumberBetween(text: string, min: number, max: number): boolean {
  return /^[0-9]{1,4}$/.test(text) && Number(text) >= min && Number(text) <= max;
}

function rowError(error: FormatError): RowError {
  return {
    column: columnOfPath(String(error.data?.["path"] ?? "")),
    reason: String(error.data?.["reason"] ?? error.message),
  };
}

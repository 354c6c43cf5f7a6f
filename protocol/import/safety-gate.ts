import type { ImportError, ImportResult } from "./import-result.ts";
import { readImported } from "./read-imported.ts";
import { safetyGateBody } from "./safety-gate-body.ts";
import type { SafetyGateRow } from "./safety-gate-columns.ts";
import { SAFETY_GATE_COLUMNS } from "./safety-gate-columns.ts";
import { columnOfPath } from "./safety-gate-paths.ts";

/**
 * The alert in one row of the Safety Gate portal's export. What the portal's words mean becomes codes and lists; every
 * column, also one that nobody knows, stays in `source` as it was. What cannot be made out is a warning and stays there
 * only: a row is refused when it has no number, no readable year and week, or a text that no record can hold.
 */
export function readSafetyGateRow(row: SafetyGateRow): ImportResult {
  const missing = SAFETY_GATE_COLUMNS.filter((column) => !row.has(column)).map((column) => ({
    column,
    reason: "the column is missing",
  }));
  const errors = missing.length > 0 ? missing : rowErrors(row);
  if (errors.length > 0) return { status: "refused", errors };
  return readImported((row.get("Alert number") ?? "").trim(), safetyGateBody(row, row), columnOfPath);
}

/** Why a row cannot be an alert: without a number, or with half a week. Shared with the portal's XML. */
export function rowErrors(row: SafetyGateRow): readonly ImportError[] {
  return [...numberErrors(row), ...dateErrors(row)];
}

function numberErrors(row: SafetyGateRow): readonly ImportError[] {
  return row.get("Alert number")?.trim() === ""
    ? [{ column: "Alert number", reason: "empty: without a number the alert cannot be recognised again" }]
    : [];
}

/** Either both are empty, or both are numbers. */
function dateErrors(row: SafetyGateRow): readonly ImportError[] {
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

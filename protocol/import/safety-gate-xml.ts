import { NOTIFICATION_ELEMENT } from "../export/notification-xml.ts";
import type { ImportResult } from "./import-result.ts";
import { readNotification } from "./notification.ts";
import { readImported } from "./read-imported.ts";
import { safetyGateBody } from "./safety-gate-body.ts";
import type { SafetyGateColumn, SafetyGateRow } from "./safety-gate-columns.ts";
import { SAFETY_GATE_COLUMNS } from "./safety-gate-columns.ts";
import { COLUMN_OF_ELEMENT, elementOfColumn } from "./safety-gate-elements.ts";
import { columnOfPath } from "./safety-gate-paths.ts";
import { rowErrors } from "./safety-gate.ts";
import type { SourceColumns } from "./source-columns.ts";

/** The texts of a `notifications` element, by the path below it (`pictures/picture`), in their order. */
export type SafetyGateElements = ReadonlyMap<string, readonly string[]>;

/** Of the weekly report in which the notification stands; empty where it does not say. */
export type SafetyGateReport = { readonly year: string; readonly week: string };

/**
 * The alert in one notification of the portal's weekly XML: as `readSafetyGateRow`, with elements for columns. Every element
 * stays in `source`, one that is repeated as lines; so do those that have no place in an alert.
 */
export function readSafetyGateNotification(elements: SafetyGateElements, report: SafetyGateReport): ImportResult {
  const [ours] = elements.get(NOTIFICATION_ELEMENT) ?? [];
  if (ours !== undefined)
    return (
      readNotification(ours) ?? {
        status: "refused",
        errors: [{ column: NOTIFICATION_ELEMENT, reason: "is no notification in JSON" }],
      }
    );
  const result = readRow(rowOf(elements, report), originalsOf(elements));
  if (result.status === "refused") return { ...result, errors: result.errors.map(inElements) };
  return { ...result, warnings: result.warnings.map(inElements) };
}

function readRow(row: SafetyGateRow, originals: SourceColumns): ImportResult {
  const errors = rowErrors(row);
  if (errors.length > 0) return { status: "refused", errors };
  return readImported((row.get("Alert number") ?? "").trim(), safetyGateBody(row, originals), columnOfPath);
}

/** The row that the portal's export would have of it, as far as the XML says. */
function rowOf(elements: SafetyGateElements, report: SafetyGateReport): SafetyGateRow {
  const row = new Map<SafetyGateColumn, string>(SAFETY_GATE_COLUMNS.map((column) => [column, ""]));
  for (const [element, column] of Object.entries(COLUMN_OF_ELEMENT)) {
    // As the export joins the items of a list.
    row.set(column, (elements.get(element) ?? []).join(", "));
  }
  return row.set("Year", report.year).set("Week", report.week);
}

/** Without the place in the report, which is another one when the report is made again. */
function originalsOf(elements: SafetyGateElements): SourceColumns {
  const kept = [...elements].filter(([element]) => element !== "order");
  return new Map(kept.map(([element, texts]) => [element, texts.join("\n")]));
}

function inElements<T extends { readonly column: string }>(remark: T): T {
  return { ...remark, column: elementOfColumn(remark.column) };
}

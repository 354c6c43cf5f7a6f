import { FormatError } from "../format-error.ts";
import { alert } from "../record/alert.ts";
import { isMap } from "../record/body.ts";
import { parseJson } from "../record/json.ts";
import { type ExportedAlert, NOTIFICATION_FORMAT, notificationOf } from "../export/notification.ts";
import type { ImportResult } from "./import-result.ts";

/**
 * Reads a notification that was exported: docs/spec/notification.md, "Reading". `undefined` for JSON that is none.
 */
export function readNotification(text: string): ImportResult | undefined {
  const json = parsed(text);
  if (json === undefined || json["format"] !== NOTIFICATION_FORMAT) return undefined;
  try {
    return readOurs(json);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return refused(String(error.data?.["path"] ?? "entente"), String(error.data?.["reason"] ?? error.message));
  }
}

function readOurs(json: Fields): ImportResult {
  const [entente, record] = [fieldsOf(json["entente"]), fieldsOf(fieldsOf(json["entente"])?.["record"])];
  if (entente === undefined || record?.["type"] !== "alert" || record["version"] !== 1)
    return refused("entente", "holds no alert of version 1");
  const body = parseJson(JSON.stringify(record["body"] ?? null));
  if (!isMap(body)) return refused("entente.record.body", "is no object");
  const refs = Array.isArray(record["refs"]) ? record["refs"].map(String) : [];
  const read = alert.read(body, refs.length).body;
  const exported: ExportedAlert = {
    entry: textOf(entente["entry"]),
    leafHash: textOf(entente["leafHash"]),
    version: 1,
    refs,
    body: read,
    parts: [],
  };
  const changed = changedKey(json, fieldsOf(JSON.parse(JSON.stringify(notificationOf(exported)))) ?? {});
  if (changed !== undefined)
    return refused(changed, "is not what the record in this file says: it was changed by hand, and would be lost");
  const { updates: _updates, ...rest } = read;
  return { status: "read", number: read.source?.reference ?? textOf(json["reference"]), body: rest, warnings: [] };
}

/** The first part of the notification that the record does not make so. Of the parts of the entry only the sender knew. */
function changedKey(read: Fields, made: Fields): string | undefined {
  const keys = new Set([...Object.keys(read), ...Object.keys(made)]);
  for (const key of keys) {
    if (key === "completeness" || key === "entente") continue;
    if (JSON.stringify(withoutParts(key, read[key])) !== JSON.stringify(withoutParts(key, made[key]))) return key;
  }
  return undefined;
}

function withoutParts(key: string, value: unknown): unknown {
  const fields = fieldsOf(value);
  if (fields === undefined) return value;
  const { [key === "product" ? "photos" : key === "traceability" ? "section" : ""]: _part, ...rest } = fields;
  return rest;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

type Fields = { readonly [key: string]: unknown };

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

function parsed(text: string): Fields | undefined {
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function refused(column: string, reason: string): ImportResult {
  return { status: "refused", errors: [{ column, reason }] };
}

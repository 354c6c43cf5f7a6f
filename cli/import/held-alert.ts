import { FormatError } from "../../protocol/format-error.ts";
import { MAX_RECORD_REFERENCES } from "../../protocol/limits.ts";
import type { AlertBody } from "../../protocol/record/alert.ts";
import { alert } from "../../protocol/record/alert.ts";
import { isMap } from "../../protocol/record/body.ts";
import { parseJson } from "../../protocol/record/json.ts";
import type { LocalClient } from "../local-client.ts";

/** The alert that an entry holds, undefined where it can no longer be read as one: erased, or of a later version. */
export async function heldAlert(client: Pick<LocalClient, "show">, entry: string): Promise<AlertBody | undefined> {
  const { body, recordStatus } = await client.show(entry);
  if (recordStatus !== "known") return undefined;
  try {
    const value = parseJson(JSON.stringify(body));
    return isMap(value) ? alert.read(value, MAX_RECORD_REFERENCES).body : undefined;
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

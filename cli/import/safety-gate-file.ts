import { readNotification } from "../../protocol/import/notification.ts";
import { MAX_NOTIFICATION_FILE } from "../limits.ts";
import { readTextFile } from "../read-file.ts";
import { fileStart } from "./file-start.ts";
import type { ImportLine } from "./import-line.ts";
import { readSafetyGateCsv } from "./safety-gate-csv.ts";
import { readSafetyGateXml } from "./safety-gate-xml.ts";

/**
 * Reads an export (CSV) or a weekly report (XML) of the Safety Gate portal, or a notification that `entente notification`
 * wrote: XML is what begins with `<`, JSON what begins with `{`, whatever its name.
 */
export async function* readSafetyGateFile(path: string): AsyncGenerator<ImportLine> {
  const start = (await fileStart(path)).trimStart();
  if (start.startsWith("<")) yield* readSafetyGateXml(path);
  else if (start.startsWith("{")) yield await readJson(path);
  else yield* readSafetyGateCsv(path);
}

async function readJson(path: string): Promise<ImportLine> {
  const result = readNotification(await readTextFile({ stdin: process.stdin }, path, MAX_NOTIFICATION_FILE));
  const none = { status: "refused", errors: [{ column: "format", reason: "is no notification of Entente" }] } as const;
  return { line: 1, result: result ?? none };
}

import type { ImportLine } from "./import-line.ts";
import { fileStart } from "./file-start.ts";
import { readSafetyGateCsv } from "./safety-gate-csv.ts";
import { readSafetyGateXml } from "./safety-gate-xml.ts";

/** Reads an export (CSV) or a weekly report (XML) of the Safety Gate portal: XML is what begins with `<`, whatever its name. */
export async function* readSafetyGateFile(path: string): AsyncGenerator<ImportLine> {
  const isXml = (await fileStart(path)).trimStart().startsWith("<");
  yield* isXml ? readSafetyGateXml(path) : readSafetyGateCsv(path);
}

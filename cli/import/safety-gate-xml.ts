import type { SafetyGateReport } from "../../protocol/import/safety-gate-xml.ts";
import { readSafetyGateNotification } from "../../protocol/import/safety-gate-xml.ts";
import { MAX_RECORD_SIZE } from "../../protocol/limits.ts";
import { CliError } from "../cli-error.ts";
import type { ImportLine } from "./import-line.ts";
import type { XmlEvent } from "./xml-elements.ts";
import { readXml } from "./xml-elements.ts";

const ROOT = "Safety-Gate";
const NOTIFICATION = "notifications";
/** What the list of reports has instead. */
const LISTED = "weeklyReport";

/**
 * Reads a weekly report of the Safety Gate portal, alert by alert:
 *
 *     <Safety-Gate><report_year>2026</report_year><report_week>9</report_week>
 *       <notifications><caseNumber>SR/90001/26</caseNumber>…</notifications>
 *     </Safety-Gate>
 *
 * A bad alert says why, and the others go on. A file that is no such report, or no XML, is a `CliError` (`FILE`).
 */
export async function* readSafetyGateXml(path: string): AsyncGenerator<ImportLine> {
  const report = new ReportReader(path);
  for await (const event of readXml(path)) {
    const line = report.take(event);
    if (line !== undefined) yield line;
  }
}

/** A notification that is being read. */
type Notification = {
  readonly line: number;
  readonly texts: Map<string, string[]>;
  /** Where each of its elements stands first. */
  readonly lines: Map<string, number>;
  size: number;
};

class ReportReader {
  readonly #path: string;
  /** The elements that are open, the root first. */
  readonly #open: { readonly name: string; readonly line: number }[] = [];
  readonly #report = { year: "", week: "" };
  #notification: Notification | undefined;
  #text = "";
  /** Only an element without others inside has a text of its own; between those others stand line breaks. */
  #isLeaf = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** The alert that ends with this event. */
  take(event: XmlEvent): ImportLine | undefined {
    switch (event.kind) {
      case "open":
        this.#start(event.name, event.line);
        return undefined;
      case "text":
        this.#add(event.text);
        return undefined;
      case "close":
        return this.#end();
    }
  }

  #start(name: string, line: number): void {
    if (this.#open.length === 0 && name !== ROOT) throw wrongFile(this.#path, `begins with <${name}>, not <${ROOT}>`);
    if (this.#open.length === 1 && name === LISTED)
      throw wrongFile(this.#path, "is the list of the reports, not a report");
    if (this.#open.length === 1 && name === NOTIFICATION)
      this.#notification = { line, texts: new Map(), lines: new Map(), size: 0 };
    this.#open.push({ name, line });
    this.#isLeaf = true;
    this.#text = "";
  }

  /** What is longer than any record is refused at its end, and not held until then. */
  #add(text: string): void {
    const notification = this.#notification;
    if (notification === undefined || (notification.size += text.length) <= MAX_RECORD_SIZE) this.#text += text;
  }

  #end(): ImportLine | undefined {
    const [, child, ...inner] = this.#open;
    const notification = this.#notification;
    if (this.#isLeaf && child !== undefined) this.#keep([child, ...inner], notification);
    this.#open.pop();
    this.#isLeaf = false;
    this.#text = "";
    if (notification === undefined || this.#open.length !== 1) return undefined;
    this.#notification = undefined;
    return lineOf(notification, this.#report);
  }

  #keep(
    path: readonly { readonly name: string; readonly line: number }[],
    notification: Notification | undefined,
  ): void {
    const name = path
      .slice(notification === undefined ? 0 : 1)
      .map((element) => element.name)
      .join("/");
    if (notification !== undefined && name !== "") {
      notification.texts.set(name, [...(notification.texts.get(name) ?? []), this.#text]);
      if (!notification.lines.has(name)) notification.lines.set(name, path.at(-1)?.line ?? notification.line);
    }
    if (notification === undefined && name === "report_year") this.#report.year = this.#text.trim();
    if (notification === undefined && name === "report_week") this.#report.week = this.#text.trim();
  }
}

/** A fault stands on the line of its element. */
function lineOf({ line, lines, texts, size }: Notification, report: SafetyGateReport): ImportLine {
  if (size > MAX_RECORD_SIZE) {
    const reason = `its texts are longer than the ${MAX_RECORD_SIZE} bytes of a record`;
    return { line, result: { status: "refused", errors: [{ column: "", reason }] } };
  }
  const result = readSafetyGateNotification(texts, report);
  return { line: result.status === "read" ? line : (lines.get(result.errors[0]?.column ?? "") ?? line), result };
}

function wrongFile(path: string, what: string): CliError {
  return new CliError("FILE", `${path} ${what}`, "get a weekly report of the Safety Gate portal as XML, in English");
}

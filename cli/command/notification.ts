import { writeFile } from "node:fs/promises";
import { completenessOf } from "../../protocol/export/completeness.ts";
import { type ExportedAlert, notificationOf } from "../../protocol/export/notification.ts";
import { notificationXml } from "../../protocol/export/notification-xml.ts";
import { alert } from "../../protocol/record/alert.ts";
import { codeLabel } from "../../protocol/record/codes/label.ts";
import { isMap } from "../../protocol/record/body.ts";
import { parseJson } from "../../protocol/record/json.ts";
import type { EntryDetail } from "../../node/service.ts";
import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { fileError } from "../fs-error.ts";
import type { LocalClient } from "../local-client.ts";
import { count } from "../text.ts";

export const notification = defineCommand({
  name: "notification",
  usage: "ENTRY",
  arguments: [1, 1],
  summary: "write an alert as a complete Safety Gate notification, and say what it lacks",
  description: [
    "JSON has everything that Delegated Regulation (EU) 2024/3173, Annex I, asks for; XML is a weekly report of the portal with the same inside. entente import safety-gate reads both back to the same alert. What a complete notification has and this alert has not is listed, with the reason that the alert gives.",
  ],
  options: {
    format: { type: "string", value: "json|xml", help: "json when left out" },
    out: { type: "string", value: "FILE", help: "a new file; the standard output when left out" },
    confidential: { type: "boolean", help: "also the traceability section, if it is held here; JSON only" },
  },
  examples: ["entente notification nvwa.nl:12", "entente notification nvwa.nl:12 --format xml --out A12-00104-20.xml"],
  async run({ world, connect, print }, [entry = ""], { format = "json", out, confidential }) {
    if (format !== "json" && format !== "xml")
      throw new CliError("USAGE", `--format: "${format}" is neither json nor xml`, "entente help notification");
    if (confidential && format === "xml")
      throw new CliError("USAGE", "--confidential goes with JSON only", "entente help notification");
    if (print.isJson && out === undefined)
      throw new CliError("USAGE", "--json says how it went, so it needs --out FILE", "entente help notification");
    const client = await connect();
    const exported = await exportedAlert(client, entry, confidential);
    const text =
      format === "xml" ? notificationXml(exported) : `${JSON.stringify(notificationOf(exported), null, 2)}\n`;
    if (out === undefined) world.stdout.write(text);
    else await writeFile(out, text, { flag: "wx", mode: 0o600 }).catch(fileError(out));
    const kinds = exported.parts.map(({ kind }) => kind);
    const { isComplete, missing } = completenessOf(exported.body, kinds);
    const lines = missing.map(
      ({ item, requirement, reason }) =>
        `  ${codeLabel("notification-item", item, "en")} (${requirement}): ${reason === undefined ? "not stated, and no reason given" : codeLabel("missing-reason", reason, "en")}`,
    );
    const says = isComplete
      ? "the notification is complete"
      : `the notification is not complete: ${count(missing.length, "item")} missing`;
    const report = {
      entry,
      file: out ?? null,
      format,
      isComplete,
      missing: missing.map(({ text: _text, reason, ...one }) => ({ ...one, reason: reason ?? null })),
    };
    if (out === undefined) print.note(says, ...lines);
    else print.result("entente/notification-export/1", report, () => [`written to ${out}; ${says}`, ...lines]);
  },
});

async function exportedAlert(client: LocalClient, entry: string, confidential: boolean): Promise<ExportedAlert> {
  const detail = await client.show(entry);
  if (detail.recordStatus !== "known" || detail.type !== "alert")
    throw new CliError("REFUSED", `${entry} is no alert that can be read here`, `entente show ${entry}`);
  const body = parseJson(JSON.stringify(detail.body));
  if (!isMap(body))
    throw new CliError("REFUSED", `${entry} is no alert that can be read here`, `entente show ${entry}`);
  const section = confidential ? await sectionOf(client, detail) : undefined;
  return {
    entry,
    leafHash: detail.leafHash,
    version: 1,
    refs: detail.refs,
    body: alert.read(body, detail.refs.length).body,
    parts: detail.details.filter(({ part }) => part > 0),
    ...(section === undefined ? {} : { section }),
  };
}

/** As it stands: another authority's program may read more of it than this one. */
async function sectionOf(client: LocalClient, { entry, details }: EntryDetail): Promise<unknown> {
  const found = details.find(
    ({ kind, state, type }) => kind === "traceability" && state === "held" && type === "application/json",
  );
  if (found === undefined) return undefined;
  const pieces: Uint8Array[] = [];
  const { content } = await client.readPart(entry, found.part);
  for await (const piece of content) pieces.push(piece);
  try {
    return JSON.parse(Buffer.concat(pieces).toString("utf8"));
  } catch {
    throw new CliError("FILE", `part ${found.part} of ${entry} is not JSON`, "leave --confidential out");
  }
}

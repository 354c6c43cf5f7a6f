import { isDateText } from "../../protocol/record/date-text.ts";
import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import type { ExportFormat } from "../export/format.ts";
import { EXPORT_FORMATS } from "../export/format.ts";
import { heldSections, readSections, withoutSections } from "../export/sections.ts";
import type { Selection } from "../export/selection.ts";
import { selectEntries } from "../export/selection.ts";
import type { Sink } from "../export/sink.ts";
import { fileSink, stdoutSink } from "../export/sink.ts";
import type { LocalClient } from "../local-client.ts";
import { startProgress } from "../progress.ts";
import { count } from "../text.ts";

export const exportEntries = defineCommand({
  name: "export",
  usage: "",
  arguments: [0, 0],
  summary: "write entries as CSV or JSON lines, newest first",
  description: [
    "CSV has one row an entry and the columns of docs/spec/cli.md, each one line; what a spreadsheet program would take for a formula begins with an apostrophe. JSON lines have everything that entente show has.",
    "Of parts beside the record only their state is written. With --confidential the texts among those held here are too: the file is then as confidential as they are.",
  ],
  options: {
    format: { type: "string", value: "csv|jsonl", help: "csv when left out" },
    log: { type: "string", value: "NAME|ID", help: "only of this authority" },
    type: { type: "string", value: "TYPE", help: "only records of this type" },
    since: { type: "string", value: "DATE", help: "only from this day, month or year (its owner's, UTC)" },
    until: { type: "string", value: "DATE", help: "only up to this day, month or year, included" },
    confidential: { type: "boolean", help: "also the texts of parts beside the record" },
    out: { type: "string", value: "FILE", help: "into this file, not to the standard output" },
    force: { type: "boolean", help: "overwrite FILE" },
  },
  examples: [
    "entente export --type alert --since 2026-03 > alerts.csv",
    "entente export --format jsonl --log nvwa.nl --out nvwa.jsonl",
  ],
  async run({ world, connect, print }, _args, options) {
    const { out, force, confidential } = options;
    const format = parseFormat(options.format ?? "csv");
    const selection = parseSelection(options);
    if (print.isJson && out === undefined)
      throw new CliError("USAGE", "--json says how an export went, so it needs --out FILE", "entente help export");
    const client = await connect();
    const sink = out === undefined ? stdoutSink(world) : await fileSink(out, force);
    const interrupted = world.heedInterrupts();
    const progress = startProgress(world, "export");
    const onEntry = (entries: number): void => {
      if (out !== undefined || !world.stdoutIsTerminal)
        progress.update({ done: entries, total: null, what: "entries" });
    };
    const written = await writeAll({ client, format, selection, sink, confidential, interrupted, onEntry });
    progress.end();
    if (out === undefined) print.note(...leftOut(written));
    else
      print.result("entente/export/1", { file: out, ...written }, () => [
        `${count(written.entries, "entry", "entries")} in ${out}`,
        ...leftOut(written),
      ]);
  },
});

type Export = {
  readonly client: LocalClient;
  readonly format: ExportFormat;
  readonly selection: Selection;
  readonly sink: Sink;
  readonly confidential: boolean;
  readonly interrupted: AbortSignal;
  readonly onEntry: (entries: number) => void;
};

/** `unread`: records that are not here to be read. `partsLeftOut`: parts beside records that are held, and not written. */
type Written = { readonly entries: number; readonly unread: number; readonly partsLeftOut: number };

async function writeAll(job: Export): Promise<Written> {
  const { client, format, sink, confidential } = job;
  let [entries, unread, partsLeftOut] = [0, 0, 0];
  try {
    await sink.write(format.head(confidential));
    for await (const entry of selectEntries(client, job.selection)) {
      if (job.interrupted.aborted) throw new CliError("REFUSED", "interrupted: the export is not whole");
      const sections = confidential ? await readSections(client, entry) : undefined;
      await sink.write(format.line(confidential ? entry : withoutSections(entry), sections));
      partsLeftOut += heldSections(entry) - (sections?.length ?? 0);
      if (entry.recordStatus === "withheld") unread++;
      job.onEntry(++entries);
    }
    await sink.finish();
  } catch (error) {
    await sink.abandon();
    throw error;
  }
  return { entries, unread, partsLeftOut };
}

function leftOut({ unread, partsLeftOut }: Written): string[] {
  return [
    ...(unread === 0 ? [] : [`left out: the content of ${count(unread, "record")} not here to be read`]),
    ...(partsLeftOut === 0
      ? []
      : [
          `left out: ${count(partsLeftOut, "part")} beside records (--confidential takes texts, entente fetch --out files)`,
        ]),
  ];
}

function parseFormat(text: string): ExportFormat {
  if (text === "csv" || text === "jsonl") return EXPORT_FORMATS[text];
  throw new CliError("USAGE", `--format: "${text}" is neither csv nor jsonl`, "entente help export");
}

type Options = Readonly<Record<keyof Selection, string | undefined>>;

function parseSelection({ log, type, since, until }: Options): Selection {
  for (const [name, date] of Object.entries({ since, until })) {
    if (date !== undefined && !isDateText(date))
      throw new CliError(
        "USAGE",
        `--${name}: "${date}" is no date such as 2026-03-09, 2026-03 or 2026`,
        "entente help export",
      );
  }
  return {
    ...(log === undefined ? {} : { log }),
    ...(type === undefined ? {} : { type }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
}

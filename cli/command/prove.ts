import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { isEntryText, parseEntryText, parsePartNumbers } from "../entry-text.ts";
import type { LogStatus } from "../../node/service.ts";
import { CONTESTED } from "../show/contested.ts";
import { startProgress } from "../progress.ts";
import { count } from "../text.ts";
import { writeDirectory } from "../write-directory.ts";

export const prove = defineCommand({
  name: "prove",
  usage: "ENTRY|LOG",
  arguments: [1, 1],
  summary: "write a directory that proves an entry, or a whole log, to anybody, offline",
  description: [
    "The directory holds the charters of the log's owner, the leaf, the proof that it stands in the log, cosignatures, and those parts that you choose: of an entry the record itself unless you say otherwise, of a log none. Whoever gets the directory can read the parts in it. entente verify checks it, and so can anybody with docs/spec/proof-directory.md.",
  ],
  options: {
    out: { type: "string", required: true, value: "DIR", help: "a directory that does not exist yet" },
    part: { type: "string", multiple: true, value: "N", help: "of an entry: this part, instead of part 0" },
    "all-parts": { type: "boolean", help: "every part that is held here, confidential ones included" },
    "no-parts": { type: "boolean", help: "no part at all: that it exists, and not what it says" },
  },
  examples: [
    "entente prove nvwa.nl:12 --out evidence",
    "entente prove nvwa.nl:12 --part 0 --part 1 --out evidence",
    "entente prove nvwa.nl --out log",
  ],
  async run({ world, connect, print }, [what = ""], { out, part, "all-parts": allParts, "no-parts": noParts }) {
    if ([part.length > 0, allParts, noParts].filter(Boolean).length > 1)
      throw new CliError("USAGE", "--part, --all-parts and --no-parts exclude each other", "entente help prove");
    const isEntry = isEntryText(what);
    if (!isEntry && part.length > 0)
      throw new CliError("USAGE", "--part belongs to the proof of an entry", "entente help prove");
    // Confidential by default: what nobody chose is not handed over.
    const numbers = allParts ? null : noParts ? [] : part.length > 0 ? parsePartNumbers(part) : [0];
    const client = await connect();
    const pieces = isEntry ? client.proveEntry(parseEntryText(what), numbers) : client.proveLog(what, allParts);
    const progress = startProgress(world, "writing");
    const files = await writeDirectory(out, pieces, (done) => progress.update({ done, total: null, what: "files" }));
    progress.end();
    const contested = logOf(await client.logs(), what)?.contested ?? false;
    const parts = files.filter((path) => path.endsWith(".part")).length;
    print.result("entente/proof/1", { proves: what, directory: out, files: files.length, parts, contested }, () => [
      `${count(files.length, "file")} in ${out}; entente verify ${out} --trust FILE checks it`,
      parts === 0
        ? "it holds no part: it proves that something was published, and not what"
        : `it holds ${count(parts, "part")}, which whoever gets it can read`,
      ...(contested ? [`! contested: ${CONTESTED}; this is one of the histories`] : []),
    ]);
  },
});

/** What was named: the log of an entry, or the newest of an authority. */
function logOf(logs: readonly LogStatus[], what: string): LogStatus | undefined {
  if (isEntryText(what)) return logs.find(({ name }) => name === what.slice(0, what.lastIndexOf(":")));
  const meant = logs.filter(({ name, id }) => name.split("/")[0] === what || id.startsWith(what));
  return meant.toSorted((a, b) => b.epoch - a.epoch)[0];
}

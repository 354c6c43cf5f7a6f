import { z } from "zod";
import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { parseEntryText } from "../entry-text.ts";
import { EXIT } from "../exit-code.ts";
import { MAX_DIGEST_FILE } from "../limits.ts";
import { readTextFile } from "../read-file.ts";
import { count } from "../text.ts";

/** What the other side printed with --json. */
const DIGEST = z.object({
  schema: z.literal("entente/case-digest/1"),
  between: z.tuple([z.string(), z.string()]),
  hash: z.string(),
  entries: z.array(z.string()),
});

export const caseCompare = defineCommand({
  name: "case compare",
  usage: "ENTRY AUTHORITY",
  arguments: [2, 2],
  summary: "find out whether another authority sees the same case",
  description: [
    "Prints a hash over those entries of the case that both may hold. If both see the same hash, both see the same case. If not, they run it with --json and give each other the output: --file finds the first entry that only one of them has.",
  ],
  options: { file: { type: "string", value: "FILE|-", help: "what the other side printed with --json" } },
  examples: [
    "entente case compare nvwa.nl:12 gacc.gov.cn --json > ours.json",
    "entente case compare nvwa.nl:12 gacc.gov.cn --file theirs.json",
  ],
  async run({ world, connect, print }, [entry = "", authority = ""], { file }) {
    const ours = await (await connect()).caseDigest(parseEntryText(entry), authority);
    if (file === undefined) {
      print.result("entente/case-digest/1", ours, () => [
        `${ours.hash}  ${count(ours.entries.length, "entry", "entries")} of ${ours.case} that ${ours.between.join(" and ")} may both hold`,
      ]);
      return EXIT.done;
    }
    const theirs = parseDigest(await readTextFile(world, file, MAX_DIGEST_FILE), file);
    const [own, other] = ours.between;
    if (theirs.between[0] !== other || theirs.between[1] !== own)
      throw new CliError(
        "FILE",
        `${file} is a comparison of ${theirs.between.join(" with ")}`,
        `it must come from ${other}, made with ${own}`,
      );
    const onlyOurs = ours.entries.filter((one) => !theirs.entries.includes(one));
    const onlyTheirs = theirs.entries.filter((one) => !ours.entries.includes(one));
    const result = { case: ours.case, same: onlyOurs.length + onlyTheirs.length === 0, onlyOurs, onlyTheirs };
    print.result("entente/case-comparison/1", result, () =>
      result.same
        ? [`the same: ${count(ours.entries.length, "entry", "entries")}, ${ours.hash}`]
        : [...onlyOurs.map((one) => `only here: ${one}`), ...onlyTheirs.map((one) => `only at ${other}: ${one}`)],
    );
    return result.same ? EXIT.done : EXIT.refused;
  },
});

function parseDigest(text: string, file: string): z.infer<typeof DIGEST> {
  try {
    return DIGEST.parse(JSON.parse(text));
  } catch {
    throw new CliError("FILE", `${file} is not what entente case compare --json prints`, "entente help case compare");
  }
}

import { z } from "zod";
import type { RetentionDue, RetentionReport } from "../../node/erasure-types.ts";
import { RETENTION_RULES, type RetentionRule } from "../../protocol/policy/retention.ts";
import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { startProgress } from "../progress.ts";
import { confirm, requireTerminal } from "../prompt.ts";
import { readTextFile } from "../read-file.ts";
import { count, table } from "../text.ts";

/** A schedule has a few rules of a few lines. */
const FILE_MAX = 256 * 1024;

const FILE = z.strictObject({ schema: z.literal("entente/retention-rules/1"), rules: RETENTION_RULES });

export const retention = defineCommand({
  name: "retention",
  usage: "FILE|-",
  arguments: [1, 1],
  summary: "erase own parts whose time is over, by the rules in a file",
  description: [
    'The file: {"schema": "entente/retention-rules/1", "rules": [{"section": "traceability", "types": ["alert"], "from": "closed", "keep": {"years": 10}, "ground": "retention"}]}. section: record, or the kind of a part as entente show prints it; types may be left out; from: published, or closed, when the case was (an open one is kept); keep: years, months and days, added up. The first rule that fits a part decides, and without one it is kept.',
    "--preview shows exactly what is then erased. What is under legal hold is left out and listed. Erasing by itself is the job of a timer: docs/operations.md.",
  ],
  options: {
    "as-of": { type: "string", value: "YYYY-MM-DD", help: "what was due on this day; today when left out" },
    approve: { type: "boolean", help: "sign it with this node's approver key: it is deleted at once" },
    preview: { type: "boolean", help: "only show what is due" },
    yes: { type: "boolean", help: "do not ask" },
  },
  examples: ["entente retention rules.json --preview", "entente retention rules.json --yes"],
  async run({ world, connect, print }, [file = ""], options) {
    const rules = parseRules(await readTextFile(world, file, FILE_MAX), file);
    const asOf = options["as-of"] ?? new Date().toISOString().slice(0, 10);
    const input = { rules, asOf, approved: options.approve };
    const client = await connect();
    const run = async (preview: boolean): Promise<RetentionReport> => {
      const progress = startProgress(world, "looking for what is due");
      try {
        return await client.retain({ ...input, preview }, (done) => progress.update(done));
      } finally {
        progress.end();
      }
    };
    if (!options.preview && !options.yes) {
      const terminal = requireTerminal(world.terminal, "erasing asks first", "--yes does it without asking");
      const shown = await run(true);
      print.note(...reportLines(shown));
      if (shown.due.length === 0) return;
      if (!(await confirm(terminal, `Erase ${count(shown.due.length, "part")} for good?`)))
        throw new CliError("REFUSED", "nothing was erased");
    }
    const done = await run(options.preview);
    print.result("entente/retention/1", done, () => reportLines(done));
  },
});

function parseRules(text: string, file: string): readonly RetentionRule[] {
  const json = parseJsonText(text, file);
  const read = FILE.safeParse(json);
  if (read.success) return read.data.rules;
  const [first] = read.error.issues;
  const where = first === undefined || first.path.length === 0 ? "" : `${first.path.join(".")}: `;
  throw new CliError("FILE", `${file}: ${where}${first?.message ?? "not readable"}`, "entente help retention");
}

function parseJsonText(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CliError("FILE", `${file} is not JSON: ${String(error)}`, "entente help retention");
  }
}

function reportLines({ asOf, due, held, more, erasures }: RetentionReport): string[] {
  return [
    ...(due.length === 0 ? [`nothing is due on ${asOf}`] : table(HEADING, due.map(row))),
    ...held.map(({ reason, ...one }) => `kept for a legal hold: ${one.entry} part ${one.part}: ${reason}`),
    ...(erasures.length === 0 ? [] : [`erased by ${erasures.join(", ")}; who has answered: entente erasures`]),
    ...(more ? ["there is more: repeat the command"] : []),
  ];
}

const HEADING = ["part", "section", "of", "since", "until", "ground"];

function row({ entry, part, section, type, since, until, ground }: RetentionDue): string[] {
  return [`${entry} part ${part}`, section, type, since, until, ground];
}

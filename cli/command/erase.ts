import type { EraseReport } from "../../node/erasure-types.ts";
import { parseDecimal } from "../../protocol/decimal.ts";
import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { confirm, requireTerminal } from "../prompt.ts";
import { count, formatTime, table } from "../text.ts";

export const erase = defineCommand({
  name: "erase",
  usage: "ENTRY...",
  arguments: [1, 100],
  summary: "erase own entries, or parts of them, here and wherever they were sent",
  description: [
    "Everybody who holds it hides it at once, and deletes it after 7 days, or at once if an approver key signs it (--approve). The log keeps digests, sizes and times, and verifies as before. It cannot be taken back. Who was addressed answers, deleted or refused with a reason: entente erasures.",
    "An honest node deletes it; nothing can make a person forget it. To say that an alert does not stand, withdraw it.",
  ],
  options: {
    part: { type: "string", value: "N", multiple: true, help: "only this part; entente show ENTRY numbers them" },
    ground: {
      type: "string",
      value: "WORD",
      required: true,
      help: "why, as a word that all who follow the log see: retention, personal-data, court-order",
    },
    approve: { type: "boolean", help: "sign it with this node's approver key: it is deleted at once" },
    preview: { type: "boolean", help: "only show what would be erased, and who has it" },
    yes: { type: "boolean", help: "do not ask" },
  },
  examples: [
    "entente erase nvwa.nl:12 --part 2 --ground personal-data --preview",
    "entente erase nvwa.nl:12 --ground court-order --approve",
  ],
  async run({ world, connect, print }, named, options) {
    const parts = options.part.length === 0 ? undefined : options.part.map(parsePart);
    const targets = named.map((entry) => ({ entry, parts }));
    const input = { targets, ground: options.ground, approved: options.approve };
    const client = await connect();
    const shown = await client.erase({ ...input, preview: true });
    if (options.preview) {
      print.result("entente/erase/1", shown, () => previewLines(shown));
      return;
    }
    if (!options.yes) {
      const terminal = requireTerminal(world.terminal, "erasing asks first", "--yes does it without asking");
      print.note(...previewLines(shown));
      if (!(await confirm(terminal, `Erase ${count(shown.parts.length, "part")} for good?`)))
        throw new CliError("REFUSED", "nothing was erased");
    }
    const done = await client.erase({ ...input, preview: false });
    print.result("entente/erase/1", done, () => [
      `${count(done.parts.length, "part")} erased by ${done.erasures.map((entry) => `entry ${entry}`).join(", ")}; ${deletion(done)}`,
      "who has answered: entente erasures",
    ]);
  },
});

function previewLines(report: EraseReport): string[] {
  return [
    ...table(
      ["part", "kind", "sent to"],
      report.parts.map(({ entry, part, kind, readers }) => [
        `${entry} part ${part}`,
        kind,
        readers.join(", ") || "nobody",
      ]),
    ),
    deletion(report),
  ];
}

function deletion({ approved, deletedFrom }: EraseReport): string {
  return approved ? "deleted at once" : `hidden at once, and deleted from ${formatTime(deletedFrom)} on`;
}

function parsePart(text: string): number {
  const part = parseDecimal(text);
  if (part === undefined) throw new CliError("USAGE", `--part: "${text}" is not a number`, "entente help erase");
  return part;
}

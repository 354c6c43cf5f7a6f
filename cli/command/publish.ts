import { PART_KINDS } from "../../protocol/record/codes/part.ts";
import { defineCommand } from "../command.ts";
import { MAX_RECORD_FILE } from "../limits.ts";
import { parseNames } from "../names.ts";
import { prepareOutgoing } from "../outgoing.ts";
import { parseAttachment, parseSection } from "../part-option.ts";
import { readTextFile } from "../read-file.ts";
import { publishOutgoing } from "../publish-outgoing.ts";
import { RECORD_TYPE_NAMES } from "../record-example.ts";

export const publish = defineCommand({
  name: "publish",
  usage: "FILE|-",
  arguments: [1, 1],
  summary: "publish a record to the authorities that it names",
  description: [
    `FILE is JSON: {"type": …, "body": {…}}, with "refs" for entries that it refers to. Types are ${RECORD_TYPE_NAMES.join(", ")}; entente template alert prints an example of one.`,
    "--section adds a part with readers of its own, which are never left out. --attach adds a file for the readers of the record, or for those that it names after an @. Whatever follows the last @ are readers: write toy@2x.png@ where it belongs to the file name.",
    `Kinds of parts are ${PART_KINDS.join(", ")}; a file attached without one is a picture by its name, or an attachment.`,
    "A code that its table does not have is refused. Before it publishes, it warns of keys that no reader knows, and of authorities that are not reached, have not added this one, or may not follow.",
    "Where there is an alert on the same product already (the same barcode, or brand and model), it asks; without a terminal it refuses and keeps the record as a draft. Mostly a follow-up is meant.",
    "While the node is down, everything is kept as a draft, files included, and the exit code is 4.",
  ],
  options: {
    to: {
      type: "string",
      multiple: true,
      required: true,
      value: "NAME,NAME",
      help: "authorities that may read the record",
    },
    section: {
      type: "string",
      multiple: true,
      value: "KIND=FILE@NAME,NAME",
      help: "a part for these authorities only",
    },
    attach: {
      type: "string",
      multiple: true,
      value: "[KIND=]FILE[@NAME,NAME]",
      help: "a file for the readers of the record, or for these",
    },
    ref: {
      type: "string",
      multiple: true,
      value: "ENTRY",
      help: "an entry that it refers to, after those in the file",
    },
    preview: { type: "boolean", help: "only show who would be able to read what" },
    draft: { type: "boolean", help: "only keep it, to be sent by entente draft publish" },
    known: { type: "boolean", help: "a new alert, though there is one with the same barcode, or brand and model" },
  },
  examples: [
    "entente publish alert.json --to anses.fr,baua.de,gacc.gov.cn --attach photo.jpg",
    "entente publish alert.json --to anses.fr,gacc.gov.cn --section traceability=chain.pdf@gacc.gov.cn --preview",
    "entente publish answer.json --to nvwa.nl --ref nvwa.nl:12",
  ],
  async run(context, [file = ""], options) {
    const outgoing = await prepareOutgoing({
      text: await readTextFile(context.world, file, MAX_RECORD_FILE),
      refs: options.ref,
      to: parseNames(options.to, "--to"),
      parts: [...options.section.map(parseSection), ...options.attach.map(parseAttachment)],
    });
    return await publishOutgoing(context, outgoing, options);
  },
});

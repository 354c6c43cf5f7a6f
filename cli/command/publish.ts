import { PART_KINDS } from "../../protocol/record/codes/part.ts";
import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import type { Context } from "../context.ts";
import { idLookup } from "../desk/ids.ts";
import { editRecord } from "../edit/edit-record.ts";
import { recordTemplate } from "../edit/template.ts";
import { EXIT } from "../exit-code.ts";
import { MAX_RECORD_FILE } from "../limits.ts";
import { parseNames } from "../names.ts";
import { prepareOutgoing } from "../outgoing.ts";
import { PART_OPTIONS, parseAttachment, parseSection } from "../part-option.ts";
import { readTextFile } from "../read-file.ts";
import { publishOutgoing } from "../publish-outgoing.ts";
import { RECORD_TYPE_NAMES } from "../record-example.ts";

export const publish = defineCommand({
  name: "publish",
  usage: "FILE|-|TYPE|DRAFT",
  arguments: [0, 1],
  summary: "publish a record to the authorities that it names",
  description: [
    `FILE is JSON: {"type": …, "body": {…}}, with "refs" for entries that it refers to. Types are ${RECORD_TYPE_NAMES.join(", ")}; entente publish --template alert prints one to be changed, with a note above each field. Lines that begin with // are notes, and are not published.`,
    "With --edit a record is written in the editor of VISUAL or EDITOR: from the template of a TYPE (without one, alert), from a FILE, or from a DRAFT. What is wrong with it stands above its line when the file opens again. Where nothing was changed, or the file is empty, nothing is published; what was written stays a draft, also through a crash, and entente draft list shows it.",
    "--section adds a part with readers of its own, which are never left out. --attach adds a file for those that it names after an @, else for those whom the policy says for its kind (entente policy show): pictures and attachments are for the readers of the record. Whatever follows the last @ are readers: write toy@2x.png@ where it belongs to the file name.",
    `Kinds of parts are ${PART_KINDS.join(", ")}; a file attached without one is a picture by its name, or an attachment.`,
    "What has personal data is attached as personal. It goes to nobody outside the area of the policy, unless --transfer-ground names a ground that the policy has for them; the ground stands in the record. Before it is sent, a line for each section says who will read it and why.",
    "A code that its table does not have is refused. Before it publishes, it warns of keys that no reader knows, and of authorities that are not reached, have not added this one, or may not follow.",
    "Where there is an alert on the same product already (the same barcode, or brand and model), it asks; without a terminal it refuses and keeps the record as a draft. Mostly a follow-up is meant.",
    "While the node is down, everything is kept as a draft, files included, and the exit code is 4.",
  ],
  options: {
    to: {
      type: "string",
      multiple: true,
      value: "NAME,NAME",
      help: "authorities that may read the record; when left out those of the draft, or of the policy",
    },
    ...PART_OPTIONS,
    ref: {
      type: "string",
      multiple: true,
      value: "ENTRY",
      help: "an entry that it refers to, after those in the file",
    },
    edit: { type: "boolean", help: "write it in an editor: a template of TYPE, FILE or DRAFT" },
    template: { type: "string", value: "TYPE", help: "only print a template with a note above each field" },
    preview: { type: "boolean", help: "only show who would be able to read what" },
    draft: { type: "boolean", help: "only keep it, to be sent by entente draft publish" },
    known: { type: "boolean", help: "a new alert, though there is one with the same barcode, or brand and model" },
  },
  examples: [
    "entente publish alert.json --to anses.fr,baua.de,gacc.gov.cn --attach photo.jpg",
    "entente publish alert.json --to anses.fr,gacc.gov.cn --section traceability=chain.pdf@gacc.gov.cn --preview",
    "entente publish answer.json --to nvwa.nl --ref nvwa.nl:12",
    "entente publish --edit alert --to anses.fr",
    "entente publish --template alert > alert.json",
  ],
  async run(context, [source], options) {
    if (options.template !== undefined) return printTemplate(context, options.template);
    const { ref: refs, "transfer-ground": grounds } = options;
    const to = options.to.length > 0 ? parseNames(options.to, "--to") : [];
    const parts = [...options.section.map(parseSection), ...options.attach.map(parseAttachment)];
    if (options.edit && options.preview)
      throw new CliError("USAGE", "--edit and --preview exclude each other", "leave one of them out");
    if (options.edit)
      return await editRecord(context, source ?? "alert", { to, refs, parts, grounds }, (outgoing) =>
        publishOutgoing(context, outgoing, options),
      );
    if (source === undefined)
      throw new CliError("USAGE", "publish needs FILE|-", "entente publish --edit alert writes one in an editor");
    const text = await readTextFile(context.world, source, MAX_RECORD_FILE);
    return await publishOutgoing(
      context,
      await prepareOutgoing({ text, refs, to, parts, grounds, idOf: idLookup(context) }),
      options,
    );
  },
});

function printTemplate({ print }: Context, type: string): typeof EXIT.done {
  const text = recordTemplate(type);
  if (text === undefined)
    throw new CliError("NOT_FOUND", `there is no type of record ${type}`, "entente help template");
  print.result("entente/template/1", { type, text }, () => text.trimEnd().split("\n"));
  return EXIT.done;
}

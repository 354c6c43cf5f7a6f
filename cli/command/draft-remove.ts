import { defineCommand } from "../command.ts";
import { removeDraft } from "../drafts.ts";
import { isEdited, removeEdited } from "../edit/edited-drafts.ts";

export const draftRemove = defineCommand({
  name: "draft remove",
  usage: "DRAFT",
  arguments: [1, 1],
  summary: "throw a draft away",
  description: [],
  options: {},
  examples: ["entente draft remove 20261122-140305-9f3a"],
  async run({ print, dataDir }, [id = ""]) {
    await ((await isEdited(dataDir, id)) ? removeEdited : removeDraft)(dataDir, id);
    print.result("entente/draft-removed/1", { id }, () => [`draft ${id} is gone`]);
  },
});

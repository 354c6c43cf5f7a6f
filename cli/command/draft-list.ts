import { defineCommand } from "../command.ts";
import { listDrafts } from "../drafts.ts";
import { formatTime, table } from "../text.ts";

export const draftList = defineCommand({
  name: "draft list",
  usage: "",
  arguments: [0, 0],
  summary: "list records that were kept and not sent",
  description: [],
  options: {},
  examples: ["entente draft list"],
  async run({ print, dataDir }) {
    const drafts = (await listDrafts(dataDir)).map(
      ({ id, createdAt, outgoing: { type, version, to, refs, parts } }) => ({
        id,
        createdAt,
        type,
        version,
        to,
        refs,
        files: parts.map(({ kind, name, type: mediaType, length }) => ({ kind, name, type: mediaType, length })),
      }),
    );
    print.list("entente/draft/1", drafts, () => {
      if (drafts.length === 0) return ["no drafts"];
      const rows = drafts.map((draft) => [
        draft.id,
        formatTime(draft.createdAt),
        draft.type,
        String(draft.files.length),
        draft.to.join(", "),
      ]);
      return table(["draft", "made", "type", "files", "to"], rows);
    });
  },
});

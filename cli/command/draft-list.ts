import { defineCommand } from "../command.ts";
import { listDrafts } from "../drafts.ts";
import { listEdited } from "../edit/edited-drafts.ts";
import { formatTime, table } from "../text.ts";

export const draftList = defineCommand({
  name: "draft list",
  usage: "",
  arguments: [0, 0],
  summary: "list records that were kept and not sent, and those that are being written",
  description: [],
  options: {},
  examples: ["entente draft list"],
  async run({ print, dataDir }) {
    const edited = (await listEdited(dataDir)).map(({ id, createdAt, from, to, refs, parts }) => ({
      id,
      createdAt,
      from,
      to,
      refs,
      files: parts.map(({ kind, path }) => ({ kind, path })),
    }));
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
      if (drafts.length === 0) return edited.length === 0 ? ["no drafts"] : [];
      const rows = drafts.map((draft) => [
        draft.id,
        formatTime(draft.createdAt),
        draft.type,
        String(draft.files.length),
        draft.to.join(", ") || "by policy",
      ]);
      return table(["draft", "made", "type", "files", "to"], rows);
    });
    print.list("entente/edited-draft/1", edited, () => {
      if (edited.length === 0) return [];
      const rows = edited.map(({ id, createdAt, from, to }) => [id, formatTime(createdAt), from, to.join(", ")]);
      return [
        ...(drafts.length === 0 ? [] : [""]),
        ...table(["being written", "begun", "from", "to"], rows),
        "entente publish --edit DRAFT goes on with it",
      ];
    });
  },
});

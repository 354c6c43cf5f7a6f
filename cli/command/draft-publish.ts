import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { listDrafts, readDraft, removeDraft } from "../drafts.ts";
import { startProgress } from "../progress.ts";
import { send } from "../send.ts";
import { publishedText } from "../show/published.ts";

export const draftPublish = defineCommand({
  name: "draft publish",
  usage: "[DRAFT]",
  arguments: [0, 1],
  summary: "send a draft, or all of them in the order in which they were made",
  description: ["A draft is removed once the node has taken it. Sending one twice publishes it once."],
  options: {},
  examples: ["entente draft publish", "entente draft publish 20261122-140305-9f3a"],
  async run({ world, connect, print, dataDir }, [id]) {
    const drafts = id === undefined ? await listDrafts(dataDir) : [await readDraft(dataDir, id)];
    if (drafts.length === 0) print.note("no drafts");
    const client = await connect();
    for (const draft of drafts) {
      const progress = startProgress(world, `sending ${draft.id}`);
      const published = await send(client, draft.outgoing, progress, (warnings) =>
        print.note(...warnings.map((warning) => `warning: ${draft.id}: ${warning}`)),
      ).catch(naming(draft.id));
      progress.end();
      await removeDraft(dataDir, draft.id);
      print.result("entente/published/1", { draft: draft.id, ...published }, () => [
        `${draft.id}: ${publishedText(published)}`,
      ]);
    }
  },
});

/** Which of several it was, and that it is still there. */
function naming(id: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof CliError)) throw error;
    throw new CliError(error.code, `draft ${id}, which is kept: ${error.message}`, error.hint, { draft: id });
  };
}

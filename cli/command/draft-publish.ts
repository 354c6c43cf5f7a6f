import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { type Draft, listDrafts, readDraft, removeDraft } from "../drafts.ts";
import { isEdited } from "../edit/edited-drafts.ts";
import { shownLanguage } from "../language.ts";
import { findKnownAlerts } from "../known-alerts.ts";
import type { LocalClient } from "../local-client.ts";
import { startProgress } from "../progress.ts";
import { send } from "../send.ts";
import { publishedText } from "../show/published.ts";

export const draftPublish = defineCommand({
  name: "draft publish",
  usage: "[DRAFT]",
  arguments: [0, 1],
  summary: "send a draft, or all of them in the order in which they were made",
  description: ["A draft is removed once the node has taken it. Sending one twice publishes it once."],
  options: {
    known: { type: "boolean", help: "also new alerts on products of which there is one already" },
  },
  examples: ["entente draft publish", "entente draft publish 20261122-140305-9f3a"],
  async run(context, [id], { known }) {
    const { world, connect, print, dataDir } = context;
    const language = await shownLanguage(context, undefined);
    if (id !== undefined && (await isEdited(dataDir, id)))
      throw new CliError("REFUSED", `draft ${id} is being written`, `entente publish --edit ${id}`);
    const drafts = id === undefined ? await listDrafts(dataDir) : [await readDraft(dataDir, id)];
    if (drafts.length === 0) print.note("no drafts");
    const client = await connect();
    for (const draft of drafts) {
      if (!known) await assertNew(client, draft);
      const progress = startProgress(world, `sending ${draft.id}`);
      const published = await send(client, draft.outgoing, progress, language, ({ readers, warnings }) =>
        print.note(
          ...readers.map((line) => `${draft.id}: ${line}`),
          ...warnings.map((warning) => `warning: ${draft.id}: ${warning}`),
        ),
      ).catch(naming(draft.id));
      progress.end();
      await removeDraft(dataDir, draft.id);
      print.result("entente/published/1", { draft: draft.id, ...published }, () => [
        `${draft.id}: ${publishedText(published)}`,
      ]);
    }
  },
});

async function assertNew(client: LocalClient, { id, outgoing }: Draft): Promise<void> {
  const [first] = await findKnownAlerts(client, outgoing);
  if (first === undefined) return;
  throw new CliError(
    "REFUSED",
    `draft ${id}, which is kept: ${first.entry} is an alert on the same product (${first.shares})`,
    `entente follow-up ${first.entry} --outcome CODE; or entente draft publish ${id} --known`,
    { draft: id, known: first.entry },
  );
}

/** Which of several it was, and that it is still there. */
function naming(id: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof CliError)) throw error;
    throw new CliError(error.code, `draft ${id}, which is kept: ${error.message}`, error.hint, { draft: id });
  };
}

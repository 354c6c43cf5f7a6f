import { CliError } from "./cli-error.ts";
import type { Context } from "./context.ts";
import { saveDraft } from "./drafts.ts";
import { EXIT } from "./exit-code.ts";
import { shownLanguage } from "./language.ts";
import { findKnownAlerts } from "./known-alerts.ts";
import type { Outgoing } from "./outgoing.ts";
import { startProgress } from "./progress.ts";
import { confirm } from "./prompt.ts";
import { checkRecord } from "./record-check.ts";
import { send, type Sent, stageAll } from "./send.ts";
import { knownAlertLines } from "./show/known-alerts.ts";
import { previewLines } from "./show/preview.ts";
import { publishedText } from "./show/published.ts";
import { isInitialised, nodeDown } from "./socket-path.ts";

export type PublishOptions = {
  /** Only show who would be able to read what. */
  readonly preview: boolean;
  /** Only keep it, to be sent by `draft publish`. */
  readonly draft: boolean;
  /** An alert on a product of which there is one already. */
  readonly known?: boolean;
};

/** Publishes a record, previews it or keeps it as a draft, and says so. Throws `CliError`. */
export async function publishOutgoing(
  context: Context,
  outgoing: Outgoing,
  options: PublishOptions,
): Promise<typeof EXIT.done> {
  if (options.preview && options.draft)
    throw new CliError("USAGE", "--preview and --draft exclude each other", "leave one of them out");
  if (options.draft) return await keep(context, outgoing);
  if (options.preview) return await preview(context, outgoing);
  if (options.known !== true) await refuseKnown(context, outgoing);
  showPublished(context, await sendOrKeep(context, outgoing));
  return EXIT.done;
}

/** Asks, where somebody can answer, and else keeps it: implementing Decision (EU) 2024/2639, article 1, wants a follow-up. */
async function refuseKnown({ world, connect, print, dataDir }: Context, outgoing: Outgoing): Promise<void> {
  const known = await connect()
    .then((client) => findKnownAlerts(client, outgoing))
    .catch((error: unknown) => {
      // Without a node it is kept as a draft, and asked when that is published.
      if (error instanceof CliError && error.code === "NODE_DOWN") return [];
      throw error;
    });
  if (known.length === 0) return;
  const { terminal } = world;
  if (terminal !== undefined && !print.isJson) {
    print.note(...knownAlertLines(known));
    if (await confirm(terminal, "Publish a new alert all the same?")) return;
  }
  const { id } = await saveDraft(dataDir, outgoing, new Date());
  const first = known[0]?.entry ?? "";
  throw new CliError(
    "REFUSED",
    `${first} is an alert on the same product (${known[0]?.shares ?? ""}); the record is kept as draft ${id}`,
    `entente follow-up ${first} --outcome CODE; or entente draft publish ${id} --known`,
    { draft: id, known: known.map(({ entry }) => entry).join(" ") },
  );
}

async function keep({ dataDir, print, command }: Context, outgoing: Outgoing): Promise<typeof EXIT.done> {
  if (!(await isInitialised(dataDir))) throw await nodeDown(dataDir);
  const warnings = checkRecord(outgoing);
  const { id, createdAt } = await saveDraft(dataDir, outgoing, new Date());
  print.note(...warnings.map((warning) => `warning: ${warning}`));
  print.result("entente/draft/1", { id, createdAt, warnings }, () => [
    `kept as draft ${id}; ${command(`entente draft publish ${id}`)} sends it`,
  ]);
  return EXIT.done;
}

async function preview(context: Context, outgoing: Outgoing): Promise<typeof EXIT.done> {
  const { world, connect, print } = context;
  const client = await connect();
  const progress = startProgress(world, "sending");
  const readers = await client.preview(await stageAll(client, outgoing, progress));
  progress.end();
  const shown = { ...readers, warnings: [...checkRecord(outgoing), ...readers.warnings] };
  const language = await shownLanguage(context, undefined);
  print.result("entente/preview/1", shown, () => previewLines(shown, language));
  return EXIT.done;
}

/** A node that goes away in the middle may have taken it: the draft has the same key, so that it is published once. */
async function sendOrKeep(context: Context, outgoing: Outgoing): Promise<Sent> {
  const progress = startProgress(context.world, "sending");
  try {
    const language = await shownLanguage(context, undefined);
    return await send(await context.connect(), outgoing, progress, language, ({ readers, warnings }) => {
      progress.end();
      context.print.note(...readers, ...warnings.map((warning) => `warning: ${warning}`));
    });
  } catch (error) {
    if (!(error instanceof CliError) || error.code !== "NODE_DOWN" || !(await isInitialised(context.dataDir)))
      throw error;
    const { id } = await saveDraft(context.dataDir, outgoing, new Date());
    const hint = `${error.hint ?? "entente start"}; then entente draft publish ${id}`;
    throw new CliError("NODE_DOWN", `${error.message}; the record is kept as draft ${id}`, hint, { draft: id });
  } finally {
    progress.end();
  }
}

function showPublished({ print }: Context, published: Sent): void {
  print.result("entente/published/1", published, () => [
    `${published.state === "queued" ? "queued" : "published"}: ${publishedText(published)}`,
  ]);
}

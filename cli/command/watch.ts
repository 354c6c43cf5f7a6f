import { setTimeout as delay } from "node:timers/promises";
import type { EntrySummary, Watched } from "../../node/service.ts";
import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { LANGUAGE_OPTION, shownLanguage } from "../language.ts";
import type { LocalClient } from "../local-client.ts";
import { dutyLines } from "../show/case.ts";
import { entryLine } from "../show/entry.ts";
import { indent } from "../text.ts";

/** Between two looks for a node that is down. */
const RETRY_MS = 2_000;

export const watch = defineCommand({
  name: "watch",
  usage: "",
  arguments: [0, 0],
  summary: "show records as they arrive, and what this authority then owes, until Ctrl-C",
  description: [
    "From now on: what arrived before is in entente inbox and entente list. It goes on by itself when the node was stopped and started. With --json one object a line, as of entente list.",
  ],
  options: { ...LANGUAGE_OPTION },
  examples: ["entente watch", "entente watch --json | jq -r .entry"],
  async run(context, _args, options): Promise<ExitCode> {
    const { world, connect, print } = context;
    const lang = await shownLanguage(context, options.lang);
    const interrupted = world.heedInterrupts();
    // That there is no node at all is said at once.
    let { cursor } = await (await connect()).watch({ cursor: null, lang });
    print.note("watching; Ctrl-C ends it");
    while (!interrupted.aborted) {
      const next = await Promise.race([ask(connect, { cursor, lang }), untilAborted(interrupted)]);
      if (next === "aborted") break;
      if (next === undefined) {
        await delay(RETRY_MS, undefined, { signal: interrupted }).catch(() => undefined);
        continue;
      }
      cursor = next.cursor;
      for (const entry of next.entries) await show(context, entry);
    }
    // A question to the node may still be open.
    world.endWithin(0);
    return EXIT.done;
  },
});

/** `undefined` while the node is down. */
async function ask(
  connect: () => Promise<LocalClient>,
  query: Parameters<LocalClient["watch"]>[0],
): Promise<Watched | undefined> {
  try {
    return await (await connect()).watch(query);
  } catch (error) {
    if (error instanceof CliError && error.code === "NODE_DOWN") return undefined;
    throw error;
  }
}

async function show({ connect, print }: Context, entry: EntrySummary): Promise<void> {
  const lines = print.isJson ? [] : await owed(await connect(), entry);
  print.result("entente/entry/1", entry, () => [entryLine(entry), ...indent(lines)]);
}

/** What this authority owes about this entry. */
async function owed(client: LocalClient, { entry, parts }: EntrySummary): Promise<readonly string[]> {
  if (parts[0] !== "held") return [];
  try {
    const { duties } = await client.caseOf(entry);
    return dutyLines(duties.filter(({ mine, about }) => mine && about === entry));
  } catch (error) {
    // Of no case, or of one whose alert is not here.
    if (error instanceof CliError && (error.code === "INVALID" || error.code === "NOT_FOUND")) return [];
    throw error;
  }
}

function untilAborted(signal: AbortSignal): Promise<"aborted"> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve("aborted");
    signal.addEventListener("abort", () => resolve("aborted"), { once: true });
  });
}

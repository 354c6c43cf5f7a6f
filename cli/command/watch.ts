import { setTimeout as delay } from "node:timers/promises";
import type { Arrivals } from "../../node/service.ts";
import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import type { Context } from "../context.ts";
import { LANGUAGE_OPTION, shownLanguage } from "../language.ts";
import { arrivalLine } from "../show/case.ts";

/** Between two looks whether a node that went away is back. */
const AGAIN_MS = 1_000;

/** What terminals answer with a sound. */
const BELL = "\u0007";

export const watch = defineCommand({
  name: "watch",
  usage: "",
  arguments: [0, 0],
  summary: "show what arrives from other authorities, as it arrives",
  description: [
    "One line for each entry, with what is expected of this authority about it. Begins with what arrives next; entente inbox shows what waits already. It goes on where it was when the node was restarted, and ends with Ctrl-C.",
  ],
  options: {
    bell: { type: "boolean", help: "ring the bell of the terminal when something is expected of this authority" },
    ...LANGUAGE_OPTION,
  },
  examples: ["entente watch", "entente watch --json"],
  async run(context, _args, { bell, lang }) {
    const { world, print } = context;
    const language = await shownLanguage(context, lang);
    const stopped = world.heedInterrupts();
    const begun = await ask(context, { lang: language }, stopped).catch((error: unknown) => {
      if (stopped.aborted) return undefined;
      throw error;
    });
    if (begun === undefined) return;
    let { after } = begun;
    print.note("watching; Ctrl-C ends it");
    while (!stopped.aborted) {
      const arrived = await askPatiently(context, { after, lang: language }, stopped);
      if (arrived === undefined) return;
      ({ after } = arrived);
      for (const arrival of arrived.entries) {
        print.result("entente/arrival/1", arrival, () => [arrivalLine(arrival)]);
        if (bell && arrival.duties.length > 0) world.stderr.write(BELL);
      }
      // A reader who is slow is waited for.
      await world.drained();
    }
  },
});

type Query = { readonly after?: readonly string[]; readonly lang: string };

async function ask({ connect }: Context, query: Query, stopped: AbortSignal): Promise<Arrivals> {
  return await (await connect()).arrivals(query, stopped);
}

/** However long the node is away; `undefined` once it is to end. */
async function askPatiently(context: Context, query: Query, stopped: AbortSignal): Promise<Arrivals | undefined> {
  let isAway = false;
  while (!stopped.aborted) {
    try {
      const arrived = await ask(context, query, stopped);
      if (isAway) context.print.note("the node is back");
      return arrived;
    } catch (error) {
      if (stopped.aborted) return undefined;
      if (!(error instanceof CliError) || error.code !== "NODE_DOWN") throw error;
      if (!isAway) context.print.note(`${error.message}; waiting until it is back`);
      isAway = true;
      // To end is no error.
      await delay(AGAIN_MS, undefined, { signal: stopped }).catch(() => undefined);
    }
  }
  return undefined;
}

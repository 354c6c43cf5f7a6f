import { realpath } from "node:fs/promises";
import { relative } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { CliError, type CliErrorCode } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import type { Context } from "../context.ts";
import { Arrivals, type ArrivalsInit } from "../drop/arrivals.ts";
import type { DropEvent } from "../drop/drop-event.ts";
import { openDropFolders } from "../drop/drop-folders.ts";
import { holdDirectory } from "../drop/held-directory.ts";
import { Incoming, type IncomingInit } from "../drop/incoming.ts";
import { QUIET_MS } from "../drop/lying.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { fileError } from "../fs-error.ts";
import { shownLanguage } from "../language.ts";
import type { LocalClient } from "../local-client.ts";
import { parseNames } from "../names.ts";
import { eventLine } from "../show/dropped.ts";

/** How often a folder and the node are asked: a scan costs milliseconds. */
const SCAN_MS = 2_000;

/** What may pass: the node is started again, the disk is mounted or has room. All else ends the command. */
const PASSING: readonly CliErrorCode[] = ["NODE_DOWN", "DISK_LOW", "DISK_FULL", "NOT_FOUND", "FILE", "REFUSED"];

/** One of the two folders; a pass resolves with whether there is more to do soon. */
type Work = (client: LocalClient, interrupted: AbortSignal) => Promise<boolean>;

export const drop = defineCommand({
  name: "drop",
  usage: "",
  arguments: [0, 0],
  summary: "publish what other programs put into a folder, and write what arrives into another",
  description: [
    '--in: a file is a record as for entente publish, with "to" (names of its readers) and "known" (true: although there is an alert on the same product) where wanted, or what entente import safety-gate reads. A directory is a record with files: record.json, whose "parts" names each of the others with file, kind and, where it has readers of its own, to. A file counts as complete when it has not changed for five seconds; names that begin with a dot or end in .tmp, .part or ~ are left alone. Complete files are published in the order of their names, then moved to done/ with a receipt beside them that names the entry, or to refused/ with a text that says why. The same content is published once, also where this is ended at any moment.',
    "--out: each record of another authority that this one may read becomes a file, as entente show --json prints it. Names sort in the order of arrival. Take files away as you like; one that ends in _erased.json says that something of a record was erased, and the earlier file is removed.",
    "It runs until it is stopped, and waits where the node is down or the disk is full. Whoever may write into the folder publishes in the name of this authority.",
  ],
  options: {
    in: { type: "string", value: "DIR", help: "publish what lies there" },
    out: { type: "string", value: "DIR", help: "write what arrives there" },
    to: {
      type: "string",
      multiple: true,
      value: "NAME,NAME",
      help: "authorities that may read what names no readers of its own; when left out those of the policy",
    },
    once: { type: "boolean", help: "do what there is to do, and end: for a timer. Exit code 1: a file was refused" },
  },
  examples: [
    "entente drop --in /srv/entente/in --out /srv/entente/out --to anses.fr,baua.de",
    "entente drop --in /srv/entente/in --to anses.fr,baua.de --once",
  ],
  async run(context, _args, options) {
    const { world } = context;
    const to = options.to.length === 0 ? [] : parseNames(options.to, "--to");
    if (options.in === undefined && options.out === undefined)
      throw new CliError("USAGE", "drop needs --in DIR, --out DIR or both", "entente help drop");
    await assertFolders(options.in, options.out);
    let refused = 0;
    const tell = (event: DropEvent): void => {
      if (event.event === "refused") refused += 1;
      context.print.result("entente/drop/1", event, () => [eventLine(event)]);
    };
    const language = await shownLanguage(context, undefined);
    const works: Work[] = [];
    if (options.in !== undefined) works.push(incoming(context, { folder: options.in, to, language, tell }));
    if (options.out !== undefined) works.push(arrivals(context, { folder: options.out, language, tell }));
    const interrupted = world.heedInterrupts();
    if (options.once) {
      for (const work of works) await workOnce(context, work, interrupted);
      return refused === 0 ? EXIT.done : EXIT.refused;
    }
    return await workOn(context, works, interrupted);
  },
});

function incoming({ dataDir, print }: Context, init: Omit<IncomingInit, "dataDir" | "note">): Work {
  const drops = new Incoming({ ...init, dataDir, note: (line) => print.note(line) });
  return (client, interrupted) => drops.pass(client, interrupted);
}

function arrivals({ print }: Context, init: Omit<ArrivalsInit, "note">): Work {
  const writes = new Arrivals({ ...init, note: (line) => print.note(line) });
  return async (client, interrupted) => {
    await writes.pass(client, interrupted);
    return false;
  };
}

/** A mistyped folder is said before anything is done. */
async function assertFolders(into: string | undefined, out: string | undefined): Promise<void> {
  if (into !== undefined) await (await openDropFolders(into))[Symbol.asyncDispose]();
  if (out !== undefined) await (await holdDirectory(out))[Symbol.asyncDispose]();
  if (into === undefined || out === undefined) return;
  const [from, to] = [await realpath(into).catch(fileError(into)), await realpath(out).catch(fileError(out))];
  const leadsUp = (path: string): boolean => path === ".." || path.startsWith("../");
  if (!leadsUp(relative(from, to)) || !leadsUp(relative(to, from)))
    throw new CliError("USAGE", "--in and --out lie within each other", "name two folders, side by side");
}

async function workOnce({ connect }: Context, work: Work, interrupted: AbortSignal): Promise<void> {
  const client = await connect();
  // What lies there is complete when it has been quiet for a while; what changes still is for the next time.
  const until = performance.now() + QUIET_MS + SCAN_MS;
  while ((await work(client, interrupted)) && !interrupted.aborted && performance.now() < until)
    await pause(SCAN_MS, interrupted);
}

/** Both, each at its own pace, until it is stopped or one of them cannot go on. */
async function workOn(context: Context, works: readonly Work[], interrupted: AbortSignal): Promise<ExitCode> {
  const failed = new AbortController();
  const stopped = AbortSignal.any([interrupted, failed.signal]);
  const results = await Promise.allSettled(
    works.map(async (work) => {
      try {
        await repeat(context, work, stopped);
      } catch (error) {
        failed.abort();
        throw error;
      }
    }),
  );
  const failure = results.find((result) => result.status === "rejected");
  if (failure !== undefined) throw failure.reason;
  return EXIT.done;
}

async function repeat({ connect, print }: Context, work: Work, stopped: AbortSignal): Promise<void> {
  let said: string | undefined;
  while (!stopped.aborted) {
    try {
      await work(await connect(), stopped);
      if (said !== undefined) print.note("goes on");
      said = undefined;
    } catch (error) {
      if (!(error instanceof CliError) || !PASSING.includes(error.code)) throw error;
      if (error.message !== said)
        print.note(`waits: ${error.message}`, ...(error.hint === null ? [] : [`hint: ${error.hint}`]));
      said = error.message;
    }
    await pause(SCAN_MS, stopped);
  }
}

async function pause(ms: number, stopped: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal: stopped }).catch(() => undefined);
}

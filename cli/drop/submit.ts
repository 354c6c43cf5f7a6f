import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { NOTIFICATION_FORMAT } from "../../protocol/export/notification.ts";
import { CliError } from "../cli-error.ts";
import { idsOf } from "../desk/ids.ts";
import { faultLine, isTextFault } from "../edit/fault-line.ts";
import { fileStart } from "../import/file-start.ts";
import { importAlerts } from "../import/import-alerts.ts";
import { readSafetyGateFile } from "../import/safety-gate-file.ts";
import { findKnownAlerts } from "../known-alerts.ts";
import { MAX_RECORD_FILE } from "../limits.ts";
import type { LocalClient } from "../local-client.ts";
import type { IdOf } from "../named-authorities.ts";
import { type Outgoing, prepareOutgoing } from "../outgoing.ts";
import { readTextFile } from "../read-file.ts";
import { send } from "../send.ts";
import { problemLine } from "../show/import.ts";
import { parseDroppedRecord } from "./dropped-record.ts";
import type { Staged } from "./staged.ts";

/** What became of a dropped file, for its receipt. */
export type Submitted = {
  /** `already`: the same was published before. */
  readonly state: "published" | "already";
  readonly entries: readonly string[];
  /** Who will read which section of a record, and why; a line each. */
  readonly readers: readonly string[];
  readonly warnings: readonly string[];
};

export type SubmitInit = {
  readonly client: LocalClient;
  readonly staged: Staged;
  /** Readers of what names none. */
  readonly to: readonly string[];
  /** Of what a receipt says. */
  readonly language: string;
  readonly interrupted: AbortSignal;
};

/** How often is asked for a record that waits for the node to sign. */
const QUEUED_POLL_MS = 1_000;

/**
 * Publishes what was dropped: a record, or a file of the Safety Gate portal. By its content, so that it is published once
 * however often this is done. Undefined: interrupted before it was known to be published. Throws `CliError` and `FormatError`.
 */
export async function submit(init: SubmitInit): Promise<Submitted | undefined> {
  const { record, beside } = init.staged;
  if (beside === undefined && !(await isRecord(record))) return await submitAlerts(init);
  const text = await readTextFile({ stdin: process.stdin }, record, MAX_RECORD_FILE);
  try {
    const { isKnown, to = init.to, ...dropped } = parseDroppedRecord(text, beside ?? new Map());
    const idOf: IdOf = async (name) => (await idsOf(init.client, [name]))[0] ?? name;
    const prepared = await prepareOutgoing({ ...dropped, to, refs: [], idOf });
    return await submitRecord(init, { ...prepared, key: keyOf(init.staged, to) }, isKnown);
  } catch (error) {
    throw located(error, text);
  }
}

/** With the line that it is about. */
function located(error: unknown, text: string): unknown {
  const line = isTextFault(error) ? faultLine(text, error) : undefined;
  if (!isTextFault(error) || line === undefined) return error;
  return new CliError("INVALID", `line ${line + 1}: ${error.message}`, error instanceof CliError ? error.hint : null);
}

/** JSON that is no notification. */
async function isRecord(path: string): Promise<boolean> {
  // A list is said to be no record, and a note may stand before one.
  if (!/^\s*([{[]|\/\/)/.test(await fileStart(path))) return false;
  const text = await readTextFile({ stdin: process.stdin }, path, MAX_RECORD_FILE);
  try {
    const json: unknown = JSON.parse(text);
    return !(typeof json === "object" && json !== null && "format" in json && json.format === NOTIFICATION_FORMAT);
  } catch {
    // What is wrong in it is said where it is read.
    return true;
  }
}

/** The same content for other readers is another publication, and was published: that a person must decide. */
function keyOf({ digest }: Staged, to: readonly string[]): Outgoing["key"] {
  const readers = JSON.stringify([digest, [...new Set(to)].sort()]);
  return { key: `drop/${digest}`, digest: createHash("sha256").update(readers).digest("hex") };
}

async function submitRecord(init: SubmitInit, outgoing: Outgoing, isKnown: boolean): Promise<Submitted | undefined> {
  const { client } = init;
  const earlier = await publishedUnder(client, outgoing.key);
  if (earlier !== undefined) return { state: "already", entries: [earlier], readers: [], warnings: [] };
  const [known] = isKnown ? [] : await findKnownAlerts(client, outgoing);
  if (known !== undefined)
    throw new CliError(
      "REFUSED",
      `${known.entry} is an alert on the same product (${known.shares})`,
      `entente follow-up ${known.entry} --outcome CODE; or drop it again with "known": true`,
    );
  const quiet = { update: () => undefined, end: () => undefined };
  let readers: readonly string[] = [];
  const { state, entry, warnings } = await send(client, outgoing, quiet, init.language, (before) => {
    readers = before.readers;
  });
  const published = entry ?? (await queuedEntry(init, outgoing.key));
  if (published === undefined) return undefined;
  return { state: state === "already" ? "already" : "published", entries: [published], readers, warnings };
}

async function publishedUnder(client: LocalClient, { key, digest }: Outgoing["key"]): Promise<string | undefined> {
  const [known] = await client.keyState([key]);
  if (known === undefined || known.digest === digest) return known?.latest;
  throw new CliError(
    "KEY_CHANGED",
    `the same was published before for other readers, as ${known.latest}`,
    `entente show ${known.latest} says for whom; entente publish publishes it a second time`,
  );
}

/** The entry of a record that the node keeps until it may sign. */
async function queuedEntry({ client, interrupted }: SubmitInit, key: Outgoing["key"]): Promise<string | undefined> {
  while (!interrupted.aborted) {
    const entry = await publishedUnder(client, key);
    if (entry !== undefined) return entry;
    await delay(QUEUED_POLL_MS, undefined, { signal: interrupted }).catch(() => undefined);
  }
  return undefined;
}

async function submitAlerts({ client, staged, to, interrupted }: SubmitInit): Promise<Submitted | undefined> {
  // Of each alert the entry in which it stands now.
  const entries = new Map<string, string | null>();
  const done = await importAlerts({
    client: {
      show: (entry) => client.show(entry),
      keyState: async (keys) => {
        const states = await client.keyState(keys);
        for (const { key, latest } of states) entries.set(key, latest);
        return states;
      },
      publish: async (input) => {
        const published = await client.publish(input);
        if (input.key !== undefined) entries.set(input.key.key, published.entry);
        return published;
      },
    },
    rows: readSafetyGateFile(staged.record),
    to,
    interrupted,
    onRow: () => undefined,
    onProblem: () => undefined,
  });
  if (done.interrupted) return undefined;
  const counts = `${done.imported} published, ${done.updated} updated, ${done.unchanged} there already`;
  if (done.rejected.length > 0)
    throw new CliError(
      "INVALID",
      [
        `${done.rejected.length} of its alerts are not as they should be; of the others ${counts}`,
        ...done.rejected.map(problemLine),
      ].join("\n"),
      "mend these and drop it again: what is published already is left out",
    );
  return {
    state: done.imported + done.updated > 0 ? "published" : "already",
    entries: [...entries.values()].filter((entry) => entry !== null),
    readers: [],
    warnings: done.warnings.map(problemLine),
  };
}

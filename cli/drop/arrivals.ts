import { readdir, rm, stat } from "node:fs/promises";
import { formatEntryName, origin, parseEntryName } from "../../protocol/name.ts";
import type { EntryDetail, LogStatus } from "../../node/service.ts";
import { CliError, type CliErrorCode } from "../cli-error.ts";
import { forEachLimited } from "../for-each-limited.ts";
import { MAX_IN_FLIGHT } from "../limits.ts";
import type { LocalClient } from "../local-client.ts";
import { safeJson } from "../print-safe.ts";
import { fileEnd, fileName, readFileName, type Written } from "./arrived-file.ts";
import type { DropEvent } from "./drop-event.ts";
import { type HeldDirectory, holdDirectory, isUnfinished, writeWhole } from "./held-directory.ts";
import { type LogPosition, type Position, readPosition, writePosition } from "./position.ts";

export type ArrivalsInit = {
  readonly folder: string;
  /** Of summaries. */
  readonly language: string;
  readonly tell: (event: DropEvent) => void;
  /** Of a log that does not go on, once. */
  readonly note: (line: string) => void;
};

/** Entries that are looked at, and written, between two notes of the position: one fsync for all of them. */
const STEP = 64;
/** What is said not to be here is asked for again so often, besides whenever the node says that something came. */
const AGAIN_MS = 60_000;
/** So often, a minute apart, entries are looked at after a grant: the node takes a while to work out what it opens. */
const RECHECKS = 3;
/** What is wrong with one entry or log: others go on. */
const OF_ONE_LOG: readonly CliErrorCode[] = ["NOT_FOUND", "INTERNAL", "REFUSED", "INVALID", "AMBIGUOUS"];

type Pass = {
  readonly client: LocalClient;
  readonly out: HeldDirectory;
  readonly position: Position;
  readonly interrupted: AbortSignal;
};

/**
 * Writes the records of others that are here into a folder, one file each: what `show --json` says of them. The position is
 * noted after what it counts is durable, so that nothing is skipped; of what was written and not counted the names tell.
 */
export class Arrivals {
  readonly #init: ArrivalsInit;
  readonly #noted = new Set<string>();
  /** Logs of which the last entry that was written was seen to be the one that is here. */
  readonly #same = new Set<string>();
  readonly #missing = new Map<string, number>();
  #lastAgain = -Infinity;
  #position: Position | undefined;
  /** Of the directory to which `#position` belongs. */
  #inode: bigint | undefined;
  /** Files that were written after the position was noted, by the end of their names: their numbers. */
  readonly #ahead = new Map<string, number>();

  constructor(init: ArrivalsInit) {
    this.#init = init;
  }

  /** Writes what has come. Throws `CliError` for what has to be waited for; the next pass goes on there. */
  async pass(client: LocalClient, interrupted: AbortSignal): Promise<void> {
    await using out = await holdDirectory(this.#init.folder);
    const { ino } = await stat(out.path, { bigint: true });
    // Another directory may stand there than before.
    if (this.#position === undefined || this.#inode !== ino) this.#position = await this.#open(out);
    this.#inode = ino;
    await this.#writeAll({ client, out, position: this.#position, interrupted });
  }

  /** The position, and what was written beyond it. */
  async #open(out: HeldDirectory): Promise<Position> {
    this.#same.clear();
    this.#ahead.clear();
    const position = await readPosition(out);
    let { next } = position;
    for (const entry of await readdir(out.path, { withFileTypes: true })) {
      if (isUnfinished(entry.name)) await rm(out.at(entry.name), { force: true });
      const read = entry.isFile() ? readFileName(entry.name) : undefined;
      if (read === undefined || read.number < position.next) continue;
      this.#ahead.set(read.end, Math.max(read.number, this.#ahead.get(read.end) ?? 0));
      next = Math.max(next, read.number + 1);
    }
    return { ...position, next };
  }

  async #writeAll(pass: Pass): Promise<void> {
    const now = performance.now();
    const isTime = now - this.#lastAgain >= AGAIN_MS;
    const logs = new Map<string, LogStatus>();
    // Of two logs of one name `show` finds the first.
    for (const log of await pass.client.logs())
      if (!log.own && !logs.has(origin(log.name, log.epoch))) logs.set(origin(log.name, log.epoch), log);
    for (const log of logs.values()) {
      try {
        await this.#writeLog(pass, log, isTime);
      } catch (error) {
        if (!(error instanceof CliError) || !OF_ONE_LOG.includes(error.code)) throw error;
        this.#note(`${log.name} does not go on: ${error.message}`);
      }
    }
    if (isTime) this.#lastAgain = now;
  }

  async #writeLog(pass: Pass, log: LogStatus, isTime: boolean): Promise<void> {
    const { position, interrupted } = pass;
    const key = `${log.id}/${log.epoch}`;
    const at = position.logs.get(key) ?? newLog();
    position.logs.set(key, at);
    await this.#assertSame(pass, log, at);
    if (log.size < at.next) this.#note(`${log.name}: fewer entries are here than were written; the rest is awaited`);
    while (at.next < log.size && !interrupted.aborted) {
      const indexes = Array.from({ length: Math.min(STEP, log.size - at.next) }, (_, i) => at.next + i);
      for (const [index, detail] of await this.#read(pass, log, indexes)) {
        await this.#take(pass, log, at, index, detail);
        at.next = index + 1;
        at.last = detail.leafHash;
      }
      await writePosition(pass.out, position);
    }
    const hasCome = this.#missing.get(key) !== log.missingParts;
    this.#missing.set(key, log.missingParts);
    if (at.waiting.size > 0 && (hasCome || isTime)) await this.#again(pass, log, at, at.waiting);
    await this.#recheck(pass, log, at, hasCome);
  }

  /** Looks at what a grant may have opened. */
  async #recheck(pass: Pass, log: LogStatus, at: LogPosition, hasCome: boolean): Promise<void> {
    // A clock that was set back does not put it off.
    const isDue = Math.abs(Date.now() - at.recheckAt) > AGAIN_MS || Date.now() >= at.recheckAt;
    if (at.rechecks === 0 || (!isDue && !hasCome)) return;
    await this.#again(pass, log, at, at.closed);
    if (!isDue || pass.interrupted.aborted) return;
    at.rechecks -= 1;
    at.recheckAt = Date.now() + AGAIN_MS;
    await writePosition(pass.out, pass.position);
  }

  /** Another history stands in the place of the one that was written: all of it is written. */
  async #assertSame(pass: Pass, log: LogStatus, at: LogPosition): Promise<void> {
    const key = `${log.id}/${log.epoch}`;
    if (this.#same.has(key) || log.size < at.next) return;
    if (at.next > 0) {
      const [[, detail] = []] = await this.#read(pass, log, [at.next - 1]);
      if (detail?.leafHash !== at.last) {
        this.#note(`${log.name} has another history than the one that was written: it is written from its beginning`);
        Object.assign(at, newLog());
      }
    }
    this.#same.add(key);
  }

  async #take(pass: Pass, { id }: LogStatus, at: LogPosition, index: number, detail: EntryDetail): Promise<void> {
    if (detail.kind === "record") await this.#place(pass, at, index, detail);
    if (detail.kind === "erase") await this.#erase(pass, id, detail.entry);
    if (detail.kind !== "grant") return;
    const opened = [...pass.position.logs].filter(([key]) => key.startsWith(`${id}/`));
    for (const [, log] of opened) Object.assign(log, { rechecks: RECHECKS, recheckAt: 0 });
  }

  /** Writes a record that is here; notes one that is not. */
  async #place(pass: Pass, at: LogPosition, index: number, detail: EntryDetail): Promise<void> {
    const state = detail.details.find(({ part }) => part === 0)?.state;
    if (state === "held") await this.#write(pass, detail, "record");
    at.waiting.delete(index);
    at.closed.delete(index);
    if (state === "missing" || state === "fetching") at.waiting.add(index);
    else if (state !== "held") at.closed.add(index);
  }

  /** Looks once more at records that could not be read. */
  async #again(pass: Pass, log: LogStatus, at: LogPosition, which: ReadonlySet<number>): Promise<void> {
    const indexes = [...which].filter((index) => index < log.size);
    for (let from = 0; from < indexes.length && !pass.interrupted.aborted; from += STEP) {
      const before = pass.position.next;
      const read = await this.#read(pass, log, indexes.slice(from, from + STEP));
      for (const [index, detail] of read) await this.#place(pass, at, index, detail);
      if (pass.position.next > before) await writePosition(pass.out, pass.position);
    }
  }

  /** Of what was written and is erased, says so, and takes away what still lies there. */
  async #erase(pass: Pass, owner: string, erasure: string): Promise<void> {
    const { client, out, position } = pass;
    const found = (await client.erasures()).find(({ entry, state }) => entry === erasure && state !== "undone");
    const newest = new Map<string, number>();
    for (const entry of new Set(found?.parts.map((part) => part.entry))) {
      if (!isWritten(position, owner, entry)) continue;
      const number = await this.#write(pass, await client.show(entry, this.#init.language), "erased");
      newest.set(fileEnd(entry, "record"), number).set(fileEnd(entry, "erased"), number);
    }
    if (newest.size === 0) return;
    for (const name of await readdir(out.path)) {
      const read = readFileName(name);
      if (read !== undefined && read.number < (newest.get(read.end) ?? 0)) await rm(out.at(name), { force: true });
    }
  }

  /** The number of its file. */
  async #write({ out, position }: Pass, detail: EntryDetail, written: Written): Promise<number> {
    const end = fileEnd(detail.entry, written);
    const ahead = this.#ahead.get(end);
    this.#ahead.delete(end);
    if (ahead !== undefined) return ahead;
    const number = position.next;
    const file = fileName(number, end);
    await writeWhole(out, file, `${safeJson({ schema: "entente/entry-detail/1", ...detail })}\n`);
    position.next += 1;
    const event = written === "record" ? "arrived" : "erased";
    this.#init.tell({ event, file, stored: file, entries: [detail.entry], reason: null });
    return number;
  }

  /** What is here of them, in their order. */
  async #read(
    { client }: Pass,
    log: LogStatus,
    indexes: readonly number[],
  ): Promise<readonly (readonly [number, EntryDetail])[]> {
    const read = new Map<number, EntryDetail>();
    await forEachLimited(indexes, MAX_IN_FLIGHT, async (index) => {
      const entry = formatEntryName({ name: log.name, epoch: log.epoch, index });
      read.set(index, await client.show(entry, this.#init.language));
    });
    return indexes.flatMap((index) => {
      const detail = read.get(index);
      return detail === undefined ? [] : [[index, detail] as const];
    });
  }

  #note(line: string): void {
    if (this.#noted.has(line)) return;
    this.#noted.add(line);
    this.#init.note(line);
  }
}

function newLog(): LogPosition {
  return { next: 0, last: null, waiting: new Set(), closed: new Set(), rechecks: 0, recheckAt: 0 };
}

/** Whether a file was written of it, as far as the position goes. */
function isWritten({ logs }: Position, owner: string, entry: string): boolean {
  const { epoch, index } = parseEntryName(entry);
  const log = logs.get(`${owner}/${epoch}`);
  return log !== undefined && index < log.next && !log.waiting.has(index) && !log.closed.has(index);
}

import { toHex } from "../protocol/bytes.ts";
import { FormatError } from "../protocol/format-error.ts";
import { type LeafReading, readLeaf } from "../protocol/leaf/leaf.ts";
import { CHUNK_SIZE } from "../protocol/limits.ts";
import { leafHash } from "../protocol/merkle/hash.ts";
import { chunkCount, parsePart } from "../protocol/part.ts";
import type { ReadRecord } from "../protocol/record/index.ts";
import { toJsonValue } from "../protocol/record/json.ts";
import { formatSummary } from "../protocol/record/summary.ts";
import { commitmentOf } from "../protocol/verify-batch.ts";
import { addressedParts } from "./answerer.ts";
import { isoTime } from "./clock.ts";
import type { Core } from "./core.ts";
import type { Entries, NamedLog } from "./entries.ts";
import { logKey } from "./keyspace.ts";
import type { LogStore } from "./log-store.ts";
import { once } from "./once.ts";
import type { PartContent } from "./part-store.ts";
import { beginningOf, contradictingType } from "./sniffed-type.ts";
import {
  type EntryDetail,
  type EntryPart,
  type EntrySummary,
  type EntryText,
  type ListQuery,
  type PartState,
  type Progress,
  ServiceError,
} from "./service.ts";

/** Entries looked at in one step of a list. */
const LIST_PAGE = 256;

function erasedError(log: NamedLog, entry: EntryText, part: number): ServiceError {
  return new ServiceError("NOT_FOUND", `part ${part} of ${entry} was erased by ${log.name}`, "entente erasures");
}

/** Reads what is held: lists, single entries, parts. Changes nothing. */
export class Reader {
  readonly #core: Core;
  readonly #entries: Entries;

  constructor(core: Core, entries: Entries) {
    this.#core = core;
    this.#entries = entries;
  }

  /** Records, newest first as each log has them; between logs by the times their owners claim, which order nothing else. */
  async list(query: ListQuery): Promise<{ readonly entries: readonly EntrySummary[]; readonly next: string | null }> {
    const logs = query.log === undefined ? this.#entries.logs() : [this.#entries.log(query.log)];
    const starts = new Map(
      (query.before ?? "")
        .split(",")
        .filter((text) => text !== "")
        .map((text) => this.#start(text)),
    );
    const found: { log: NamedLog; index: number; summary: EntrySummary }[] = [];
    for (const log of logs) {
      const before = starts.get(log.store) ?? log.store.head.size;
      for (const one of await this.#newest(log, before, query)) found.push({ log, ...one });
    }
    found.sort((a, b) => (b.summary.time ?? "").localeCompare(a.summary.time ?? ""));
    const page = found.slice(0, query.limit);
    const more = found.length > page.length || page.length === query.limit;
    return { entries: page.map((one) => one.summary), next: more ? this.#next(logs, starts, page) : null };
  }

  async show(entry: EntryText, language?: string): Promise<EntryDetail> {
    const { log, index } = this.#entries.locate(entry);
    const leaf = await log.store.readLeaf(index);
    if (leaf === undefined) throw new ServiceError("NOT_FOUND", `${entry} is not here`, null);
    const reading = readLeaf(leaf);
    const read = await this.#readRecord(log, index, reading);
    const details = await this.#details(log, index, reading, read.record);
    const summary = this.#summary(
      log,
      index,
      reading,
      read.record,
      details.map((part) => part.state),
      language,
    );
    return {
      ...summary,
      leafHash: toHex(leafHash(this.#core.init.crypto.sha256, leaf)),
      size: leaf.length,
      refs: read.record?.refs.map((reference) => this.#entries.textOf(reference)) ?? [],
      body: bodyOf(read.record),
      recordStatus: read.status,
      unknownKeys: read.record?.unknownKeys.map((key) => key.path) ?? [],
      details,
      witnessedBy: this.#witnesses(log, index),
    };
  }

  /** Summary of one entry, for threads. */
  async summary(log: NamedLog, index: number, language?: string): Promise<EntrySummary> {
    const leaf = await log.store.readLeaf(index);
    const reading = readLeaf(leaf ?? new Uint8Array(0));
    const { record } = await this.#readRecord(log, index, reading);
    return this.#summary(log, index, reading, record, await this.#states(log, index, reading, record), language);
  }

  async readPart(entry: EntryText, part: number): Promise<PartContent> {
    const { log, index } = this.#entries.locate(entry);
    const commitment = await this.#commitment(log, index, part);
    if (commitment === undefined)
      throw new ServiceError("NOT_FOUND", `${entry} has no part ${part}`, `entente show ${entry}`);
    const opened = await this.#open(log, index, part, commitment.size);
    if (opened === undefined && (await this.state(log, index, part, commitment.size)) === "erased")
      throw erasedError(log, entry, part);
    if (opened === undefined)
      throw new ServiceError(
        "PART_NOT_HELD",
        `part ${part} of ${entry} is not here`,
        `entente fetch ${entry} --part ${part}`,
      );
    return opened;
  }

  /** Gets a part that is addressed to us and not here; resolves when it is here, rejects when it cannot be had now. */
  async fetchPart(
    entry: EntryText,
    part: number,
    onProgress: (progress: Progress) => void,
  ): Promise<{ readonly state: PartState }> {
    const { log, index } = this.#entries.locate(entry);
    const commitment = await this.#commitment(log, index, part);
    if (commitment === undefined)
      throw new ServiceError("NOT_FOUND", `${entry} has no part ${part}`, `entente show ${entry}`);
    const state = await this.state(log, index, part, commitment.size);
    if (state === "held") return { state };
    if (state === "erased") throw erasedError(log, entry, part);
    const { mirror } = log;
    if (mirror === undefined && state !== "withheld")
      throw new ServiceError(
        "NO_PEER",
        `part ${part} of ${entry} was lost with the store; it comes back by itself from an authority that holds it`,
        "entente status shows who is connected",
      );
    if (mirror === undefined || state === "withheld")
      throw new ServiceError("NOT_ADDRESSED", `part ${part} of ${entry} is not addressed to this authority`, null);
    if (this.#core.sessionsOf(log.id).length === 0)
      throw new ServiceError(
        "NO_PEER",
        `${log.name} is not connected, and only it can give this part`,
        `entente doctor --peer ${log.name}`,
      );
    if (commitment.size > CHUNK_SIZE) await this.#core.init.space.requireAttachment(commitment.size);
    else this.#core.init.space.require("entries");
    const chunks = chunkCount(commitment.size);
    const held = (await mirror.parts.large(index, part))?.held ?? 0;
    if (commitment.size > CHUNK_SIZE) await this.#core.wantPart(mirror, index, part, held, chunks);
    await this.#waitFor(log, index, part, commitment.size, (done) =>
      onProgress({ done: Math.min(done * CHUNK_SIZE, commitment.size), total: commitment.size, what: "bytes" }),
    );
    return { state: "held" };
  }

  #waitFor(log: NamedLog, index: number, part: number, size: number, onChunks: (held: number) => void): Promise<void> {
    const { mirror } = log;
    return new Promise((resolve, reject) => {
      const look = async (): Promise<void> => {
        if ((await this.state(log, index, part, size)) === "held") return done(resolve);
        const refused = mirror === undefined ? undefined : this.#core.refusedReason(mirror, index, part);
        if (refused !== undefined)
          return done(() =>
            reject(new ServiceError("REFUSED", `${log.name} did not give the part: ${refused}`, "entente status")),
          );
        this.#core.init.space.require(size > CHUNK_SIZE ? "attachments" : "entries");
        if (this.#core.sessionsOf(log.id).length === 0)
          return done(() =>
            reject(
              new ServiceError(
                "NO_PEER",
                `the connection to ${log.name} was lost`,
                "repeat the command: it goes on where it stopped",
              ),
            ),
          );
        onChunks((await mirror?.parts.large(index, part))?.held ?? 0);
      };
      const stop = this.#core.onChange(() => {
        look().catch((error: unknown) => done(() => reject(error)));
      });
      const done = (end: () => void): void => {
        stop();
        end();
      };
      look().catch((error: unknown) => done(() => reject(error)));
    });
  }

  // One entry

  async #readRecord(
    log: NamedLog,
    index: number,
    reading: LeafReading,
  ): Promise<{ readonly status: EntryDetail["recordStatus"]; readonly record: ReadRecord | undefined }> {
    if (reading.status !== "known" || reading.leaf.kind !== "record") return { status: "none", record: undefined };
    const record = await this.#entries.record(log, index, reading.leaf);
    if (record === "malformed") return { status: "malformed", record: undefined };
    if (record !== "absent") return { status: record.status, record };
    const state = await this.state(log, index, 0, reading.leaf.parts[0]?.size ?? 0);
    return { status: state === "erased" ? "erased" : "withheld", record: undefined };
  }

  #summary(
    log: NamedLog,
    index: number,
    reading: LeafReading,
    record: ReadRecord | undefined,
    parts: readonly PartState[],
    language = "en",
  ): EntrySummary {
    return {
      entry: this.#entries.entryText(log, index),
      log: log.name,
      kind: reading.status === "known" ? reading.leaf.kind : reading.status === "unknown" ? reading.kind : "malformed",
      time: timeOf(reading),
      type: record?.type ?? null,
      summary: record?.status === "known" ? formatSummary(record.summary, [language]) : null,
      parts,
      contested: log.contested,
    };
  }

  async #details(
    log: NamedLog,
    index: number,
    reading: LeafReading,
    record: ReadRecord | undefined,
  ): Promise<EntryPart[]> {
    const details: EntryPart[] = [];
    for (const { part, audience } of addressedParts(index, reading)) {
      const commitment = commitmentOf(reading, part);
      if (commitment === undefined) continue;
      const opened = await this.#open(log, index, part, commitment.size);
      const state = await this.state(log, index, part, commitment.size);
      // Its first chunk may be here.
      const header = opened ?? (state === "missing" ? await log.mirror?.parts.headerOf(index, part) : undefined);
      details.push({
        part,
        kind:
          part === 0
            ? reading.status === "known" && reading.leaf.kind === "audience"
              ? "members"
              : "record"
            : (record?.partKinds[part - 1] ?? "unknown"),
        state,
        name: header?.name ?? null,
        type: header?.type ?? null,
        length: header?.length ?? null,
        size: commitment.size,
        digest: toHex(commitment.digest),
        readers: await this.#readers(log, audience),
        waits: state === "missing" ? await this.waits(log, index, part, commitment.size) : null,
        looksLike: opened === undefined || part === 0 ? null : await looksLike(opened),
        grounds: record?.grounds.filter((one) => one.part === part).map(({ ground }) => ground) ?? [],
      });
    }
    return details;
  }

  /** Why a part that is not here comes only when it is fetched, if so. */
  async waits({ mirror }: NamedLog, index: number, part: number, size: number): Promise<EntryPart["waits"]> {
    if (mirror === undefined || size <= CHUNK_SIZE) return null;
    const held = (await mirror.parts.large(index, part))?.held ?? 0;
    return (await this.#core.waits(mirror, { index, part, size, held, chunks: chunkCount(size) })) ?? null;
  }

  async #readers(log: NamedLog, audience: number): Promise<readonly string[] | null> {
    const members =
      log.mirror === undefined
        ? await this.#core.ownAudiences.members(audience)
        : (await log.mirror.audiences.get(log.mirror.chain, audience)).members;
    return members === undefined ? null : [...members].map((id) => this.#entries.nameOf(id) ?? id.slice(0, 16)).sort();
  }

  #witnesses(log: NamedLog, index: number): readonly string[] {
    const witnesses = log.mirror === undefined ? this.#core.ownWitnesses : this.#core.witnessesOf(log.mirror);
    const held = witnesses?.cosignatures.filter((one) => one.size > index) ?? [];
    return held.map((one) => this.#entries.nameOf(one.witness) ?? one.witness.slice(0, 16)).sort();
  }

  async #states(
    log: NamedLog,
    index: number,
    reading: LeafReading,
    record: ReadRecord | undefined,
  ): Promise<readonly PartState[]> {
    const states: PartState[] = [];
    for (const { part } of addressedParts(index, reading)) {
      // What was read just now is here: to look for it again is a third of the work.
      const isRead = part === 0 && record !== undefined;
      states.push(isRead ? "held" : await this.state(log, index, part, commitmentOf(reading, part)?.size ?? 0));
    }
    return states;
  }

  /** Whether a part of so many bytes is here, or on its way. */
  async state(log: NamedLog, index: number, part: number, size: number): Promise<PartState> {
    if (size <= CHUNK_SIZE) {
      if ((await log.store.readSmallPart(index, part)) !== undefined) return "held";
    } else {
      const large = await this.#core.parts.large(log.store.number, index, part);
      if (large?.held === chunkCount(size)) return "held";
      const isComing = log.mirror === undefined || this.#core.isWanted(log.mirror, index, part);
      if (large !== undefined && isComing) return "fetching";
    }
    const missing = await this.#core.init.disk.get(logKey("missing", log.store.number, index, part));
    if (missing !== undefined) return "missing";
    const erased = await (log.mirror?.erased ?? this.#core.ownErased).mark(index, part);
    return erased === undefined ? "withheld" : "erased";
  }

  async #open(log: NamedLog, index: number, part: number, size: number): Promise<PartContent | undefined> {
    try {
      if (size <= CHUNK_SIZE) {
        const bytes = await log.store.readSmallPart(index, part);
        if (bytes === undefined) return undefined;
        const { name, type, length, content } = parsePart(bytes, log.store.id);
        return { name, type, length, content: once(content) };
      }
      const large = await this.#core.parts.large(log.store.number, index, part);
      if (large === undefined || large.held < chunkCount(size)) return undefined;
      return await this.#core.parts.content(large, log.store.id);
    } catch (error) {
      if (error instanceof FormatError) return undefined;
      throw error;
    }
  }

  async #commitment(
    log: NamedLog,
    index: number,
    part: number,
  ): Promise<{ readonly digest: Uint8Array; readonly size: number } | undefined> {
    const leaf = await log.store.readLeaf(index);
    return leaf === undefined ? undefined : commitmentOf(readLeaf(leaf), part);
  }

  // Lists

  async #newest(log: NamedLog, before: number, query: ListQuery): Promise<{ index: number; summary: EntrySummary }[]> {
    const found: { index: number; summary: EntrySummary }[] = [];
    for (let to = before; to > 0 && found.length < query.limit; to = Math.max(0, to - LIST_PAGE)) {
      const from = Math.max(0, to - LIST_PAGE);
      const leaves = await log.store.readLeaves(from, to);
      for (let index = to - 1; index >= from && found.length < query.limit; index--) {
        const reading = readLeaf(leaves[index - from] ?? new Uint8Array(0));
        if (reading.status !== "known" || reading.leaf.kind !== "record") continue;
        const { record } = await this.#readRecord(log, index, reading);
        if (query.type !== undefined && record?.type !== query.type) continue;
        found.push({
          index,
          summary: this.#summary(
            log,
            index,
            reading,
            record,
            await this.#states(log, index, reading, record),
            query.lang,
          ),
        });
      }
    }
    return found;
  }

  /** By store: what stands for a log is made anew each time that somebody asks. */
  #start(text: string): readonly [LogStore, number] {
    const { log, index } = this.#entries.locate(text);
    return [log.store, index];
  }

  /** Where each log goes on: below the last of its entries on the page, or where it stood. */
  #next(
    logs: readonly NamedLog[],
    starts: ReadonlyMap<LogStore, number>,
    page: readonly { log: NamedLog; index: number }[],
  ): string {
    return logs
      .flatMap((log) => {
        const last = page.findLast((one) => one.log === log);
        const at = last?.index ?? starts.get(log.store);
        return at === undefined ? [] : [this.#entries.entryText(log, at)];
      })
      .join(",");
  }
}

async function looksLike({ type, content }: PartContent): Promise<string | null> {
  return (await contradictingType(type, await beginningOf(content))) ?? null;
}

function bodyOf(record: ReadRecord | undefined): unknown {
  return record === undefined ? null : toJsonValue(record.body);
}

function timeOf(reading: LeafReading): string | null {
  if (reading.status === "known") return isoTime(reading.leaf.time);
  return reading.status === "unknown" ? isoTime(reading.time) : null;
}

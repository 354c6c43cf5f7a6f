import { toHex } from "../protocol/bytes.ts";
import { parseId, formatEntryName, origin, parseEntryName } from "../protocol/name.ts";
import type { Reference } from "../protocol/name.ts";
import { leafHash } from "../protocol/merkle/hash.ts";
import type { RecordLeaf } from "../protocol/leaf/record.ts";
import { CHUNK_SIZE, MAX_RECORD_SIZE } from "../protocol/limits.ts";
import { padmeSize, parsePart } from "../protocol/part.ts";
import { type ReadRecord, readRecord } from "../protocol/record/index.ts";
import { FormatError } from "../protocol/format-error.ts";
import type { Core } from "./core.ts";
import type { LogStore } from "./log-store.ts";
import type { Mirror } from "./mirror.ts";
import { type EntryText, ServiceError } from "./service.ts";
import type { Peer } from "./trust.ts";

/** A log that is here, own or mirrored, and how it is called. */
export type NamedLog = {
  readonly name: string;
  readonly id: string;
  readonly epoch: number;
  readonly store: LogStore;
  readonly mirror: Mirror | undefined;
  /** Whether there is evidence against it that nobody decided to pass over. */
  readonly contested: boolean;
};

/** Finds logs, entries and peers by what people write. */
export class Entries {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  /** Own log first, then mirrors by name. */
  logs(): readonly NamedLog[] {
    const { ownLog, ownName, ownId, ownChain, evidence } = this.#core;
    const own: NamedLog = {
      name: ownName,
      id: ownId,
      epoch: ownLog.store.epoch,
      store: ownLog.store,
      mirror: undefined,
      contested: evidence.contestedBy(ownId, ownLog.store.epoch, ownChain).length > 0,
    };
    const mirrors = this.#core.readableMirrors().map((mirror): NamedLog => ({
      name: mirror.chain.name,
      id: mirror.owner,
      epoch: mirror.store.epoch,
      store: mirror.store,
      mirror,
      contested: evidence.contestedBy(mirror.owner, mirror.store.epoch, mirror.chain).length > 0,
    }));
    return [own, ...mirrors.sort((a, b) => (a.name < b.name ? -1 : 1))];
  }

  log(nameOrId: string): NamedLog {
    const logs = this.logs().filter((log) => matches(nameOrId, log.name, log.id));
    const newest = logs.reduce<NamedLog | undefined>(
      (best, log) => (best === undefined || log.epoch > best.epoch ? log : best),
      undefined,
    );
    if (newest === undefined)
      throw new ServiceError("NOT_FOUND", `there is no log of ${nameOrId} here`, "entente logs");
    if (logs.some((log) => log.id !== newest.id))
      throw new ServiceError("AMBIGUOUS", `${nameOrId} means more than one authority`, "give more digits of its id");
    return newest;
  }

  /** Also one of an earlier epoch, written as the origin of its checkpoints: `nvwa.nl/2`. */
  logOf(text: string): NamedLog {
    return this.logs().find((log) => origin(log.name, log.epoch) === text) ?? this.log(text);
  }

  peer(nameOrId: string): Peer {
    const peers = this.#core.trust.peers().filter((peer) => matches(nameOrId, peer.name, peer.id));
    const [peer, other] = peers;
    if (peer === undefined)
      throw new ServiceError("NOT_FOUND", `${nameOrId} is not a trusted authority`, "entente peer list");
    if (other !== undefined)
      throw new ServiceError("AMBIGUOUS", `${nameOrId} means more than one authority`, "give more digits of its id");
    return peer;
  }

  /** The log and index of an entry that is held here. */
  locate(entry: EntryText): { readonly log: NamedLog; readonly index: number } {
    const { log, index } = this.place(entry);
    const { size } = log.store.head;
    if (size === 0)
      throw new ServiceError("NOT_FOUND", `no entry of ${log.name} is here yet`, `entente complete ${log.name}`);
    if (index >= size)
      throw new ServiceError(
        "NOT_FOUND",
        size === 1
          ? `one entry of ${log.name} is here, ${this.entryText(log, 0)}`
          : `${size} entries of ${log.name} are here, the last is ${this.entryText(log, size - 1)}`,
        `entente list --log ${log.name}`,
      );
    return { log, index };
  }

  /** The same of an entry that may not be here yet, of a log of which something is. */
  place(entry: EntryText): { readonly log: NamedLog; readonly index: number } {
    try {
      const { name, epoch, index } = parseEntryName(entry);
      const log = this.logs().find((one) => one.name === name && one.epoch === epoch);
      if (log === undefined) throw new ServiceError("NOT_FOUND", `there is no log ${name} here`, "entente logs");
      return { log, index };
    } catch (error) {
      if (error instanceof FormatError)
        throw new ServiceError(
          "INVALID",
          `${entry} is not the name of an entry`,
          "an entry is written like nvwa.nl:12",
        );
      throw error;
    }
  }

  async reference(entry: EntryText): Promise<Reference> {
    const { log, index } = this.locate(entry);
    const leaf = await log.store.readLeaf(index);
    if (leaf === undefined) throw new ServiceError("NOT_FOUND", `${entry} is not here`, null);
    return { id: parseId(log.id), epoch: log.epoch, index, leafHash: leafHash(this.#core.init.crypto.sha256, leaf) };
  }

  /** The entry a reference names, by name where the authority is known here. */
  textOf(reference: Reference): EntryText {
    const id = toHex(reference.id);
    const name = this.nameOf(id);
    return name === undefined
      ? `${id}/${reference.epoch}:${reference.index}`
      : formatEntryName({ name, epoch: reference.epoch, index: reference.index });
  }

  /** The bytes of part 0 of a record, if they are here: one chunk nearly always, seventeen at the most. */
  async recordPart(log: NamedLog, index: number, leaf: RecordLeaf): Promise<Uint8Array | undefined> {
    const size = leaf.parts[0]?.size ?? 0;
    if (size <= CHUNK_SIZE) return log.store.readSmallPart(index, 0);
    return size > RECORD_PART_MAX ? undefined : this.#core.parts.whole(log.store.number, index, 0);
  }

  /** A record as it is here: its part may be absent, or no record; one bad record is set aside, and the log goes on. */
  async record(log: NamedLog, index: number, leaf: RecordLeaf): Promise<ReadRecord | "absent" | "malformed"> {
    const bytes = await this.recordPart(log, index, leaf);
    try {
      return bytes === undefined ? "absent" : readRecord(parsePart(bytes, log.store.id).content, leaf.parts.length);
    } catch (error) {
      if (error instanceof FormatError) return "malformed";
      throw error;
    }
  }

  entryText(log: NamedLog, index: number): EntryText {
    return formatEntryName({ name: log.name, epoch: log.epoch, index });
  }

  nameOf(id: string): string | undefined {
    return id === this.#core.ownId ? this.#core.ownName : this.#core.trust.knownName(id);
  }
}

/** A record of the largest content, framed and padded. */
export const RECORD_PART_MAX = padmeSize(MAX_RECORD_SIZE + 2048);

/** SPEC: Commands take a name or at least 8 unambiguous hex digits. */
function matches(text: string, name: string, id: string): boolean {
  return text === name || (/^[0-9a-f]{8,64}$/.test(text) && id.startsWith(text));
}

import { fromHex, utf8Decode, utf8Encode } from "../protocol/bytes.ts";
import { lastCharter } from "../protocol/charter-chain.ts";
import { FormatError } from "../protocol/format-error.ts";
import type { Leaf } from "../protocol/leaf/leaf.ts";
import { MAX_RECORD_PARTS } from "../protocol/limits.ts";
import { formatPart } from "../protocol/part.ts";
import { partDigest } from "../protocol/part-digest.ts";
import { formatRecord } from "../protocol/record/index.ts";
import { parseJson } from "../protocol/record/json.ts";
import { isMap } from "../protocol/record/body.ts";
import type { PartGround } from "../protocol/record/envelope.ts";
import type { DisclosedBy } from "../protocol/policy/disclose.ts";
import { mayReadPart } from "../protocol/access.ts";
import type { Core } from "./core.ts";
import { seconds } from "./clock.ts";
import { DiskError, type DiskWrite } from "./disk.ts";
import type { Entries } from "./entries.ts";
import { numberKey, numberOfKey, prefixRange, bytesKey, textKey } from "./keyspace.ts";
import { SMALL_PART_MAX } from "./log-store.ts";
import type { Member } from "./own-audiences.ts";
import { AppendError, type EntryDraft } from "./own-log.ts";
import { once } from "./once.ts";
import type { StagedContent } from "./part-store.ts";
import { connectionOf } from "./peer-status.ts";
import { writeDisclosedBy } from "./policy/disclosed-by.ts";
import type { PartReaders, ReaderPolicy } from "./policy/part-readers.ts";
import { type Published, type PublishInput, type PublishPreview, ServiceError } from "./service.ts";
import type { Peer } from "./trust.ts";
import { Turns } from "./turns.ts";

/** Media type of part 0 of a record (docs/spec/part.md). */
export const RECORD_MEDIA_TYPE = "application/vnd.entente.record+cbor";
/** Records that may wait for the node to be allowed to sign: a busy year's. */
const QUEUE_MAX = 10_000;

type KeyRecord = { readonly first: number; readonly latest: number; readonly digest: string };
/** `by`: by what the readers that stand in `input` were chosen, part by part. */
type Queued = { readonly input: PublishInput; readonly operator: string; readonly by?: readonly DisclosedBy[] };
type BuiltPart = {
  readonly kind: string;
  readonly name: string;
  readonly disclosure: PartReaders;
  readonly digest: Uint8Array;
  readonly size: number;
  readonly bytes: Uint8Array | undefined;
  readonly staged: { readonly number: number; readonly content: StagedContent } | undefined;
};

/** Turns what an operator wants to publish into entries, or, while the node may not sign, into a durable queue. */
export class Publisher {
  readonly #core: Core;
  readonly #entries: Entries;
  readonly #policy: ReaderPolicy;
  readonly #publishing = new Map<string, Promise<unknown>>();
  /** Digest of what waits under a key. */
  readonly #queuedKeys = new Map<string, string>();
  #queued = 0;
  #nextQueued = 1;
  readonly #drains = new Turns();

  private constructor(core: Core, entries: Entries, policy: ReaderPolicy) {
    this.#core = core;
    this.#entries = entries;
    this.#policy = policy;
  }

  static async open(core: Core, entries: Entries, policy: ReaderPolicy): Promise<Publisher> {
    const publisher = new Publisher(core, entries, policy);
    for await (const [key, value] of core.init.disk.scan(prefixRange(bytesKey("queue")))) {
      publisher.#queued += 1;
      publisher.#nextQueued = numberOfKey(key) + 1;
      const { input } = parseQueued(value);
      if (input.key !== undefined) publisher.#queuedKeys.set(input.key.key, input.key.digest);
    }
    // Not waited for: it is a peer's greeting that settles it, and that peer waits for its answer.
    core.onReady(() => void publisher.#drain().catch(() => undefined));
    core.init.space.onChange(() => void publisher.#drain().catch(() => undefined));
    return publisher;
  }

  get queued(): number {
    return this.#queued;
  }

  publish(input: PublishInput, operator: string): Promise<Published> {
    return this.#locked(input, () => this.#publish({ input, operator }, []));
  }

  /** Two calls under one key wait for each other: the second finds what the first published. */
  #locked<T>({ key }: PublishInput, work: () => Promise<T>): Promise<T> {
    if (key === undefined) return work();
    const before = this.#publishing.get(key.key) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#publishing.set(key.key, mine);
    return mine.finally(() => {
      if (this.#publishing.get(key.key) === mine) this.#publishing.delete(key.key);
    });
  }

  async preview(input: PublishInput): Promise<PublishPreview> {
    const parts = await this.#build(input);
    const access = { owner: this.#core.ownId, followers: this.#core.ownFollowers };
    const peers = this.#core.trust.peers();
    const readersOf = ({ disclosure }: BuiltPart): string[] => {
      const members = new Set(disclosure.readers.map((peer) => peer.id));
      return peers.filter((peer) => mayReadPart(peer.id, access, members)).map((peer) => peer.name);
    };
    const shown = parts.map((part, number) => ({
      part: number,
      kind: part.kind,
      name: part.name,
      size: part.size,
      readers: readersOf(part),
      section: part.disclosure.section,
      by: part.disclosure.by,
      grounds: part.disclosure.grounds.map(({ reader, ground }) => ({ name: reader.name, ground })),
      outside: part.disclosure.outside.map(({ name }) => name),
    }));
    const readers = new Set(shown.flatMap((part) => part.readers));
    const listed = new Map(parts.flatMap(({ disclosure }) => disclosure.readers.map((peer) => [peer.id, peer])));
    return {
      parts: shown,
      area: this.#policy.areaText,
      seeOnlyThatItExists: peers
        .filter((peer) => access.followers.has(peer.id) && !readers.has(peer.name))
        .map((peer) => peer.name),
      warnings: [...listed.values()].flatMap((peer) =>
        readers.has(peer.name)
          ? this.#reachWarning(peer)
          : [`${peer.name} is addressed and may not follow this log yet`],
      ),
    };
  }

  /** It may come all the same: later, or through another. */
  #reachWarning(peer: Peer): readonly string[] {
    const { state, reason } = connectionOf(this.#core, peer);
    if (state === "connected" || state === "connecting") return [];
    if (state === "not-admitted") return [`${reason ?? peer.name}: it takes nothing of this log until it does`];
    return [`${peer.name} is not reached now${reason === null ? "" : ` (${reason})`}: it gets this when it is`];
  }

  /** What waits may be published now, or not any more: another policy is in force. */
  policyChanged(): void {
    this.#drain().catch(() => undefined);
  }

  async keyState(key: string): Promise<KeyRecord | undefined> {
    const stored = await this.#core.init.disk.get(textKey("publishKey", key));
    if (stored === undefined) return undefined;
    const record: KeyRecord = JSON.parse(utf8Decode(stored));
    return record;
  }

  async #publish(asked: Queued, extra: readonly DiskWrite[]): Promise<Published> {
    const { input, operator, by } = asked;
    if (extra.length === 0 && this.#waits(input)) return { state: "queued", entry: null };
    const known = input.key === undefined ? undefined : await this.keyState(input.key.key);
    if (known !== undefined && input.key !== undefined) {
      if (known.digest === input.key.digest) return { state: "already", entry: this.#text(known.latest) };
      if (known.digest !== input.key.replaces)
        throw new ServiceError(
          "KEY_CHANGED",
          `${input.key.key} was published with other content`,
          "publish an update that says what it replaces",
        );
    }
    const isQueued = extra.length > 0;
    if (!isQueued) this.#core.init.space.require("entries");
    const parts = await this.#build(input, by);
    if (!this.#core.ready && !isQueued) return this.#enqueue(asked, parts);
    try {
      const audiences = await this.#audiences(parts);
      const index = await this.#core.ownLog.append([this.#draft(input, parts, audiences, known, extra)]);
      this.#core.log.info({ entry: this.#text(index), type: input.type, operator }, "published");
      return { state: "appended", entry: this.#text(index) };
    } catch (error) {
      // The node had to stop signing meanwhile.
      if (error instanceof AppendError && error.code === "NOT_READY" && !isQueued) return this.#enqueue(asked, parts);
      throw error;
    }
  }

  #draft(
    input: PublishInput,
    parts: readonly BuiltPart[],
    audiences: readonly number[],
    known: KeyRecord | undefined,
    extra: readonly DiskWrite[],
  ): EntryDraft {
    const { parts: store, ownLog } = this.#core;
    const committed = parts.map(({ digest, size }, part) => ({ audience: audiences[part] ?? 0, digest, size }));
    return {
      leaf: (time): Leaf => ({ kind: "record", time, parts: committed }),
      parts: parts.flatMap(({ bytes }, part) => (bytes === undefined ? [] : [{ part, bytes }])),
      extra: (index) => [
        ...extra,
        ...parts.flatMap(({ staged }, part) =>
          staged === undefined
            ? []
            : [...store.adopt(ownLog.store.number, index, part, staged.content), store.unstage(staged.number)],
        ),
        ...this.#keyWrite(input, index, known),
        writeDisclosedBy(
          ownLog.store.number,
          index,
          parts.map(({ disclosure }) => disclosure.by),
        ),
      ],
    };
  }

  #keyWrite(input: PublishInput, index: number, known: KeyRecord | undefined): readonly DiskWrite[] {
    if (input.key === undefined) return [];
    const record: KeyRecord = { first: known?.first ?? index, latest: index, digest: input.key.digest };
    return [{ key: textKey("publishKey", input.key.key), value: utf8Encode(JSON.stringify(record)) }];
  }

  async #build(input: PublishInput, by?: readonly DisclosedBy[]): Promise<readonly BuiltPart[]> {
    if (input.parts.length >= MAX_RECORD_PARTS)
      throw new ServiceError("INVALID", `a record has at most ${MAX_RECORD_PARTS - 1} parts beside itself`, null);
    const { parts: disclosures, grounds } = this.#policy.readersOf(input, by);
    const [record, ...rest] = disclosures;
    if (record === undefined) throw new RangeError("a record is a part");
    const others: BuiltPart[] = [];
    for (const [at, disclosure] of rest.entries()) {
      const { kind = "", staged: name = "" } = input.parts[at] ?? {};
      const staged = await this.#staged(name);
      others.push({ kind, disclosure, ...staged.content, bytes: staged.content.small, staged });
    }
    return [await this.#record(input, record, grounds), ...others];
  }

  async #record(input: PublishInput, disclosure: PartReaders, grounds: readonly PartGround[]): Promise<BuiltPart> {
    const { init, ownId } = this.#core;
    const refs = await Promise.all(input.refs.map((entry) => this.#entries.reference(entry)));
    const content = recordContent(input, refs, grounds);
    const bytes = formatPart({
      ownerId: fromHex(ownId),
      salt: init.random(32),
      name: "",
      type: RECORD_MEDIA_TYPE,
      content,
    });
    if (bytes.length > SMALL_PART_MAX) return this.#longRecord(content, disclosure);
    return {
      kind: "record",
      name: "",
      disclosure,
      digest: partDigest(init.crypto.sha256, bytes),
      size: bytes.length,
      bytes,
      staged: undefined,
    };
  }

  /** A record of more than one chunk is taken in like an attachment. */
  async #longRecord(content: Uint8Array, disclosure: PartReaders): Promise<BuiltPart> {
    const { ownId, parts, clock } = this.#core;
    const framing = { ownerId: fromHex(ownId), name: "", type: RECORD_MEDIA_TYPE, length: content.length };
    const { number, staged } = await parts.stage({ ...framing, since: seconds(clock) }, once(content));
    return { kind: "record", disclosure, ...staged, bytes: staged.small, staged: { number, content: staged } };
  }

  async #staged(text: string): Promise<{ number: number; content: StagedContent }> {
    const number = Number(text);
    const content = Number.isSafeInteger(number) && number > 0 ? await this.#core.parts.staged(number) : undefined;
    if (content === undefined)
      throw new ServiceError(
        "NOT_FOUND",
        `the part ${text} was not taken in, or was published already`,
        "publish again with the file",
      );
    return { number, content };
  }

  async #audiences(parts: readonly BuiltPart[]): Promise<number[]> {
    const indexes: number[] = [];
    for (const { disclosure } of parts) {
      const members = disclosure.readers.map((peer): Member => ({
        id: fromHex(peer.id),
        memberKey: lastCharter(peer.chain).member,
      }));
      indexes.push(await this.#core.ownAudiences.ensure(members));
    }
    return indexes;
  }

  // The queue

  /** Whether the same waits under its key already. Throws where something else does: that comes first. */
  #waits({ key }: PublishInput): boolean {
    const waits = key === undefined ? undefined : this.#queuedKeys.get(key.key);
    if (waits === undefined || waits === key?.digest) return waits !== undefined;
    throw new ServiceError(
      "KEY_CHANGED",
      `${key?.key} waits to be published with other content`,
      "repeat it when the node may sign and nothing is queued: entente status",
    );
  }

  /** With the readers that it has now: a policy that is set later must not give it others. */
  async #enqueue({ input: asked, operator }: Queued, built: readonly BuiltPart[]): Promise<Published> {
    if (this.#queued >= QUEUE_MAX)
      throw new ServiceError("REFUSED", `${QUEUE_MAX} records wait already`, "entente status");
    const [to = [], ...readers] = built.map(({ disclosure }) => disclosure.readers.map(({ id }) => id));
    const parts = asked.parts.map((part, at) => ({ ...part, to: readers[at] ?? [] }));
    const input = { ...asked, to, parts };
    const number = this.#nextQueued++;
    this.#queued += 1;
    if (input.key !== undefined) this.#queuedKeys.set(input.key.key, input.key.digest);
    const queued: Queued = { input, operator, by: built.map(({ disclosure }) => disclosure.by) };
    // It may wait for longer than a part may that nobody wants to publish.
    const kept = await Promise.all(parts.map(({ staged }) => this.#core.parts.keep(Number(staged))));
    const write = { key: numberKey("queue", number), value: utf8Encode(JSON.stringify(queued)) };
    await this.#core.init.disk.write([...kept.flat(), write], true);
    // The node may have become ready while this was written.
    if (this.#core.ready) this.#drain().catch(() => undefined);
    return { state: "queued", entry: null };
  }

  /** Publishes what waits; what comes meanwhile has its turn after it. Rejects with `DiskError` only. */
  #drain(): Promise<void> {
    return this.#drains.run(() => this.#drainAll());
  }

  async #drainAll(): Promise<void> {
    for await (const [key, value] of this.#core.init.disk.scan(prefixRange(bytesKey("queue")))) {
      if (!this.#core.ready || !this.#core.init.space.takesEntries) return;
      await this.#publishQueued(parseQueued(value), { key, value: undefined });
    }
  }

  async #publishQueued(queued: Queued, done: DiskWrite): Promise<void> {
    const { input, operator } = queued;
    const { disk } = this.#core.init;
    try {
      const published = await this.#locked(input, () => this.#publish(queued, [done]));
      if (published.state === "already") await disk.write([done, ...(await this.#released(input))], true);
      this.#queued -= 1;
      if (input.key !== undefined) this.#queuedKeys.delete(input.key.key);
    } catch (error) {
      if (error instanceof DiskError) throw error;
      // It stays in the queue: nothing that was accepted is dropped.
      if (error instanceof AppendError && error.code === "NOT_READY") return;
      this.#core.log.error({ reason: String(error), operator }, "a queued record could not be published");
    }
  }

  /** What was kept for a record that was published meanwhile is swept like any part that nobody wants. */
  async #released(input: PublishInput): Promise<DiskWrite[]> {
    const { parts, clock } = this.#core;
    const writes = await Promise.all(input.parts.map((part) => parts.keep(Number(part.staged), seconds(clock))));
    return writes.flat();
  }

  #text(index: number): string {
    const { ownName, ownLog } = this.#core;
    return ownLog.store.epoch === 0 ? `${ownName}:${index}` : `${ownName}/${ownLog.store.epoch}:${index}`;
  }
}

function parseQueued(value: Uint8Array): Queued {
  const queued: Queued = JSON.parse(utf8Decode(value));
  return queued;
}

function recordContent(
  input: PublishInput,
  refs: Parameters<typeof formatRecord>[0]["refs"],
  grounds: readonly PartGround[],
): Uint8Array {
  try {
    const body = parseJson(JSON.stringify(input.body ?? null));
    if (!isMap(body)) throw new ServiceError("INVALID", "the body of a record is an object", "entente help publish");
    return formatRecord({
      type: input.type,
      version: input.version,
      refs,
      partKinds: input.parts.map((part) => part.kind),
      grounds,
      body,
    });
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new ServiceError("INVALID", error.message, `entente help publish shows an example of ${input.type}`);
  }
}

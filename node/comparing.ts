import { fromHex, toHex } from "../protocol/bytes.ts";
import { MAX_COMPARE_CHECKPOINTS, MAX_COMPARE_EVIDENCE } from "../protocol/limits.ts";
import { logText } from "../protocol/serve.ts";
import { BatchRefusal } from "../protocol/verify-batch.ts";
import type { Compare } from "../protocol/wire/compare.ts";
import type { LogNote } from "../protocol/wire/log-note.ts";
import type { Charters } from "./charters.ts";
import type { Clock } from "./clock.ts";
import type { FollowedLogs } from "./followed-logs.ts";
import type { Gathering } from "./gathering.ts";
import type { HeldEvidence } from "./held-evidence.ts";
import type { LentChains } from "./lent-chains.ts";
import { COMPARE_NEW_PAUSE_MS, COMPARE_PAUSE_MS } from "./limits.ts";
import type { Session } from "./session.ts";
import type { ShownLog } from "./serving.ts";
import type { Sources } from "./sources.ts";
import type { Testimony } from "./testimony.ts";

export type ComparingInit = {
  readonly ownId: string;
  readonly clock: Clock;
  readonly charters: Charters;
  readonly logs: FollowedLogs;
  readonly lent: LentChains;
  readonly sources: Sources;
  readonly testimony: Testimony;
  /** Latest checkpoints of the logs that this authority may follow and that have another size than in `shown`. */
  readonly showable: (asker: string, shown: ReadonlyMap<string, number>) => readonly ShownLog[];
  /** Evidence that it may have. */
  readonly evidenceFor: (asker: string) => readonly HeldEvidence[];
  readonly gathering: Gathering;
  readonly onFailed: (error: unknown) => void;
};

/** Logs of authorities that are not trusted, per peer: more than a federation has. What does not fit comes when it grows. */
const STRANGERS_MAX = 256;

/** A checkpoint of a log or under a key that is not known yet, and how far the question for its charters is. */
type Unknown = { readonly note: LogNote; state: "new" | "asked" | "came" };

/** What one peer was shown. */
type Told = {
  /** By log: the size. */
  readonly sizes: Map<string, number>;
  /** When it was shown all that had grown, and when anything, in milliseconds. */
  at: number;
  anyAt: number;
  waiting: boolean;
  /** By log. */
  readonly unknown: Map<string, Unknown>;
  /** By log: its latest checkpoints of logs of authorities that are not trusted. It shows none twice: they may be trusted later. */
  readonly strangers: Map<string, LogNote>;
  /** Digests of evidence, in hex. */
  readonly evidence: Set<string>;
};

/** Shows peers the latest checkpoints of what both may follow, and judges those that they show. */
export class Comparing {
  readonly #init: ComparingInit;
  readonly #told = new WeakMap<Session, Told>();

  constructor(init: ComparingInit) {
    this.#init = init;
  }

  /** What this peer is to be shown now: what grew since it was shown last, a page at a time. */
  next(session: Session): Compare | undefined {
    const { clock, showable } = this.#init;
    if (session.peer === undefined) return undefined;
    const told = this.#toldOf(session);
    // Not now: what is planned here must not be asked in between.
    if (told.unknown.size > 0 || this.#isMet(told))
      Promise.resolve()
        .then(() => this.#settle(session))
        .catch(this.#init.onFailed);
    const sinceAny = since(clock.now(), told.anyAt);
    if (sinceAny < COMPARE_NEW_PAUSE_MS) return this.#later(session, told, COMPARE_NEW_PAUSE_MS - sinceAny);
    const sinceAll = since(clock.now(), told.at);
    const grown = showable(session.peer, told.sizes);
    const evidence = this.#evidenceFor(session.peer, told);
    if (grown.length === 0 && evidence.length === 0) return undefined;
    // What the peer was never shown it may not know to be here; what grew is compared in strides.
    const due = sinceAll < COMPARE_PAUSE_MS ? grown.filter((log) => !told.sizes.has(keyOf(log))) : grown;
    const page = due.slice(0, MAX_COMPARE_CHECKPOINTS);
    if (page.length < grown.length)
      this.#later(session, told, COMPARE_PAUSE_MS - Math.min(sinceAll, COMPARE_PAUSE_MS - COMPARE_NEW_PAUSE_MS));
    if (page.length === 0 && evidence.length === 0) return undefined;
    for (const log of page) told.sizes.set(keyOf(log), log.size);
    told.anyAt = clock.now();
    if (sinceAll >= COMPARE_PAUSE_MS && page.length === grown.length) told.at = clock.now();
    for (const digest of evidence) told.evidence.add(digest);
    const digests = evidence.length === 0 ? {} : { evidence: evidence.map((digest) => fromHex(digest)) };
    return { checkpoints: page.map(({ id, epoch, note }) => ({ id, epoch, note })), ...digests };
  }

  #evidenceFor(peer: string, told: Told): readonly string[] {
    const digests = this.#init.evidenceFor(peer).map(({ digest }) => digest);
    return digests.filter((digest) => !told.evidence.has(digest)).slice(0, MAX_COMPARE_EVIDENCE);
  }

  #later(session: Session, told: Told, ms: number): undefined {
    if (told.waiting) return;
    told.waiting = true;
    this.#init.clock.after(ms, () => {
      told.waiting = false;
      session.plan();
    });
  }

  /** The peer's latest checkpoints, asked for or not. */
  async shown(session: Session, { checkpoints, evidence }: Compare): Promise<void> {
    this.#init.gathering.offered(session, evidence ?? []);
    for (const note of checkpoints) await this.#judge(session, note);
    session.plan();
  }

  /** Charters of this authority came: what could not be judged without them is judged now. */
  async chartersCame(session: Session, id: string): Promise<void> {
    for (const unknown of this.#toldOf(session).unknown.values())
      if (toHex(unknown.note.id) === id) unknown.state = "came";
    await this.#settle(session);
  }

  /** SPEC: under a key that we do not know, charters are asked for before anything is judged. */
  async #settle(session: Session): Promise<void> {
    const { logs, lent, charters } = this.#init;
    const { unknown, strangers } = this.#toldOf(session);
    for (const [key, note] of strangers) {
      if (charters.of(toHex(note.id)) === undefined) continue;
      strangers.delete(key);
      await this.#judge(session, note);
      session.plan();
    }
    for (const [key, { note, state }] of unknown) {
      const id = toHex(note.id);
      const held = charters.of(id);
      const chain = held === undefined ? undefined : (lent.of(session, id) ?? held);
      if (chain === undefined) {
        unknown.delete(key);
        this.#putOff(session, key, note);
      } else if (state === "new") {
        unknown.set(key, { note, state: "asked" });
        await session.askCharters(note.id, chain.entries.length);
      } else if (state === "came" && logs.get(key) !== undefined) {
        // Of a new epoch it may take a moment until it is followed: then it is judged with the next look.
        unknown.delete(key);
        await this.#judge(session, note, true);
        session.plan();
      }
    }
  }

  async #judge(session: Session, shown: LogNote, isRepeated = false): Promise<void> {
    const { ownId, logs, lent, sources, testimony, gathering } = this.#init;
    const { peer } = session;
    const id = toHex(shown.id);
    const key = logText(shown.id, shown.epoch);
    if (peer === undefined) return;
    if (id === ownId) return testimony.heedShown(shown.note, peer);
    const followed = logs.get(key);
    if (followed === undefined) return this.#putOff(session, key, shown);
    const { mirror } = followed;
    try {
      const lentChain = lent.of(session, id);
      const checkpoint = mirror.signed(shown.note, lentChain);
      sources.showed(peer, key, checkpoint.size);
      if (!(await mirror.agrees(checkpoint))) await gathering.fork(mirror, checkpoint, lentChain ?? mirror.chain);
    } catch (error) {
      if (!(error instanceof BatchRefusal)) throw error;
      if (!isRepeated) this.#putOff(session, key, shown);
    }
  }

  /** Whether one of those that were strangers is trusted by now. */
  #isMet({ strangers }: Told): boolean {
    for (const { id } of strangers.values()) if (this.#init.charters.of(toHex(id)) !== undefined) return true;
    return false;
  }

  #putOff(session: Session, key: string, note: LogNote): void {
    const { unknown, strangers } = this.#toldOf(session);
    if (this.#init.charters.of(toHex(note.id)) === undefined) {
      if (strangers.has(key) || strangers.size < STRANGERS_MAX) strangers.set(key, note);
      return;
    }
    // One question is enough for a log.
    if (!unknown.has(key) && unknown.size < MAX_COMPARE_CHECKPOINTS) unknown.set(key, { note, state: "new" });
  }

  #toldOf(session: Session): Told {
    const known = this.#told.get(session);
    if (known !== undefined) return known;
    const told: Told = {
      sizes: new Map(),
      at: -Infinity,
      anyAt: -Infinity,
      waiting: false,
      unknown: new Map(),
      strangers: new Map(),
      evidence: new Set(),
    };
    this.#told.set(session, told);
    return told;
  }
}

/** A clock that was set back makes nobody wait. */
function since(now: number, at: number): number {
  return now < at ? Infinity : now - at;
}

function keyOf({ id, epoch }: LogNote): string {
  return logText(id, epoch);
}

import type { CborMap } from "../../protocol/cbor.ts";
import { MAX_RECORD_LIST } from "../../protocol/limits.ts";
import type { Core } from "../core.ts";
import type { Entries, NamedLog } from "../entries.ts";
import { ERASE_DELAY_MS, ERASE_RETRY_MS } from "../limits.ts";
import type { Published, PublishInput } from "../service.ts";
import { Turns } from "../turns.ts";
import { COPIED_RANGES, type DeletedRanges, merged } from "./deleted-ranges.ts";
import { type Erasure, type Erasures, outcomeOf } from "./erasures.ts";
import type { LegalHold, LegalHolds } from "./legal-holds.ts";

export type SweepInit = {
  readonly core: Core;
  readonly entries: Entries;
  readonly holds: LegalHolds;
  readonly publish: (input: PublishInput, operator: string) => Promise<Published>;
  /** Brings up to the logs what is made from them, lists of cases and the search index: nothing erased stands there then. */
  readonly settle: () => Promise<void>;
};

/** Different reasons that one report gives: as many as a text holds. */
const REASONS_MAX = 20;

/** Who publishes reports on erasures: no person. */
const NODE_ITSELF = "entente";

/** Deletes what is erased when its time has come, and tells the owner what became of it. */
export class ErasureSweep {
  readonly #init: SweepInit;
  readonly #turns = new Turns();
  #isRunning = false;
  #isStopped = false;
  #notBefore = 0;
  #stopListening = (): void => undefined;
  #cancel = (): void => undefined;

  constructor(init: SweepInit) {
    this.#init = init;
  }

  start(): void {
    this.#stopListening = this.#init.core.onChange(() => this.#look());
    this.#look();
  }

  /** Resolves when nothing is on its way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stopListening();
    this.#cancel();
    await this.#turns.idle();
  }

  /** Does now what is due. */
  run(): Promise<void> {
    return this.#turns.run(async () => {
      for (const log of this.#init.entries.logs()) {
        const erasures = erasuresOf(this.#init.core, log);
        // As of now: each may leave the list, or come back into it.
        const open = Array.from(erasures.open, ({ index }) => index);
        for (const index of open) await this.#handle(log, erasures, index);
      }
    });
  }

  /** Called at every change: it costs a look at what is open, in memory. */
  #look(): void {
    const { core } = this.#init;
    const at = this.#isStopped || this.#isRunning ? undefined : this.#nextDue();
    if (at === undefined) return;
    this.#cancel();
    this.#cancel = core.clock.after(Math.max(0, Math.max(at, this.#notBefore) - core.clock.now()), () => {
      this.#isRunning = true;
      this.run()
        .catch((error: unknown) => core.log.error({ error: String(error) }, "what is erased could not be deleted"))
        .finally(() => {
          this.#isRunning = false;
          // What could not be done now is not tried again at every change.
          const isLeft = (this.#nextDue() ?? Infinity) <= core.clock.now();
          this.#notBefore = isLeft ? core.clock.now() + ERASE_RETRY_MS : 0;
          this.#look();
        });
    });
  }

  /** When something is to be done next, in milliseconds since 1970. */
  #nextDue(): number | undefined {
    const { core } = this.#init;
    const own = [...core.ownErasures.open].flatMap((erasure) => dueOf(core.ownErasures, erasure, true));
    const others = core
      .readableMirrors()
      .flatMap(({ erasures }) => [...erasures.open].flatMap((erasure) => dueOf(erasures, erasure, false)));
    const due = [...own, ...others];
    return due.length === 0 ? undefined : Math.min(...due);
  }

  async #handle(log: NamedLog, erasures: Erasures, index: number): Promise<void> {
    const now = this.#init.core.clock.now();
    const erasure = await erasures.get(index);
    if (erasure?.state === "hidden") {
      if (erasures.isDisavowed(index)) return await this.#undo(log, erasures, index);
      if (now >= deletedFrom(erasure) * 1000) await this.#delete(log, erasures, index);
    }
    await this.#report(log, erasures, index);
  }

  async #undo(log: NamedLog, erasures: Erasures, index: number): Promise<void> {
    const { core, entries } = this.#init;
    const isMissing = await erasures.undo(index);
    core.log.warn({ entry: entries.entryText(log, index) }, "an erasure was disavowed: what it hid is back");
    if (isMissing) await core.askAgain(log.store);
  }

  async #delete(log: NamedLog, erasures: Erasures, index: number): Promise<void> {
    const { core, entries, settle } = this.#init;
    const { kept, ranges } = await this.#deleteItems(log, erasures, index);
    await settle();
    if (ranges.length > 0) await core.init.disk.compact(merged([...ranges, ...COPIED_RANGES]));
    await erasures.update(index, { state: kept.length === 0 ? "deleted" : "kept" });
    core.log.info({ entry: entries.entryText(log, index), kept: kept.length }, "what was erased is deleted");
  }

  async #deleteItems(
    log: NamedLog,
    erasures: Erasures,
    index: number,
  ): Promise<{ readonly kept: readonly number[]; readonly ranges: DeletedRanges }> {
    const kept = await this.kept(log, erasures, index);
    const ranges: DeletedRanges[number][] = [];
    for (const { epoch, parts, items } of await erasures.itemsOf(index)) {
      const free = [];
      for (const item of items) if ((await this.#holdOn(log, epoch, item.index)) === undefined) free.push(item);
      ranges.push(...(await parts.delete(free)));
    }
    return { kept: kept.map(({ item }) => item), ranges };
  }

  /** What of an erasure stays for a legal hold, by its place in the leaf. */
  async kept(
    log: NamedLog,
    erasures: Erasures,
    index: number,
  ): Promise<readonly { readonly item: number; readonly hold: LegalHold }[]> {
    const leaf = await erasures.leaf(index);
    const found = await erasures.itemsOf(index);
    const kept: { item: number; hold: LegalHold }[] = [];
    for (const [item, { epoch, index: of, part }] of (leaf?.items ?? []).entries()) {
      const hold = await this.#holdOn(log, epoch, of);
      const parts = found.find((one) => one.epoch === epoch)?.parts;
      if (hold !== undefined && (await parts?.isHidden({ index: of, part })) === true) kept.push({ item, hold });
    }
    return kept;
  }

  #holdOn(log: NamedLog, epoch: number, index: number): Promise<LegalHold | undefined> {
    const store = this.#init.entries.logs().find((one) => one.id === log.id && one.epoch === epoch)?.store;
    return store === undefined ? Promise.resolve(undefined) : this.#init.holds.of(store.number, index);
  }

  /** SPEC: who was addressed answers with a record, addressed to the owner. */
  async #report(log: NamedLog, erasures: Erasures, index: number): Promise<void> {
    const { core, entries, publish } = this.#init;
    const erasure = await erasures.get(index);
    const outcome = erasure === undefined ? undefined : outcomeOf(erasure.state);
    if (outcome === undefined || erasure?.reported === outcome) return;
    const isOwn = log.mirror === undefined;
    if (!isOwn && (core.trust.get(log.id) === undefined || !core.ready)) return;
    const entry = entries.entryText(log, index);
    if (!isOwn && (await this.#concernsUs(erasures, index))) {
      const body = await this.#bodyOf(log, erasures, index, outcome);
      const key = { key: `erasure-report ${log.id}/${log.epoch}:${index} ${outcome}`, digest: JSON.stringify(body) };
      await publish(
        {
          type: "erasure-report",
          version: 1,
          body,
          refs: [entry],
          to: await this.#readersOf(log, erasures, index),
          parts: [],
          key,
        },
        NODE_ITSELF,
      );
    }
    await erasures.update(index, { reported: outcome });
  }

  async #bodyOf(log: NamedLog, erasures: Erasures, index: number, outcome: string): Promise<CborMap> {
    if (outcome === "deleted") return { erasure: 0, outcome };
    const kept = await this.kept(log, erasures, index);
    const reasons = [...new Set(kept.map(({ hold }) => hold.reason))];
    return {
      erasure: 0,
      outcome,
      kept: kept.slice(0, MAX_RECORD_LIST).map(({ item }) => item),
      reason: { und: reasons.slice(0, REASONS_MAX).join("\n") },
    };
  }

  /** The owner; while it is reached through others only, also those who may read what is erased: they may carry it. */
  async #readersOf(log: NamedLog, erasures: Erasures, index: number): Promise<readonly string[]> {
    const { core } = this.#init;
    const ids = new Set([log.id]);
    if (core.sessionsOf(log.id).length > 0 || log.mirror === undefined) return [...ids];
    for (const { epoch, items } of await erasures.itemsOf(index)) {
      const mirror = core.readableMirrors().find((one) => one.owner === log.id && one.store.epoch === epoch);
      for (const item of items)
        for (const id of (await mirror?.parts.readersOf(mirror.chain, item.index, item.part)) ?? [])
          if (core.trust.get(id) !== undefined) ids.add(id);
    }
    return [...ids];
  }

  /** Whether anything that it names was here, or addressed to us. */
  async #concernsUs(erasures: Erasures, index: number): Promise<boolean> {
    for (const { parts, items } of await erasures.itemsOf(index))
      for (const item of items) if ((await parts.mark(item.index, item.part))?.isOurs === true) return true;
    return false;
  }
}

/** The erase leaves of a log that is here. */
export function erasuresOf(core: Core, { mirror }: NamedLog): Erasures {
  return mirror === undefined ? core.ownErasures : mirror.erasures;
}

/** When there is something to do for an erasure, in milliseconds since 1970; nothing where all is done. */
function dueOf(erasures: Erasures, erasure: Erasure, isOwn: boolean): readonly number[] {
  if (erasure.state === "hidden") return [erasures.isDisavowed(erasure.index) ? 0 : deletedFrom(erasure) * 1000];
  return outcomeOf(erasure.state) === undefined || isOwn ? [] : [0];
}

/** In seconds since 1970. */
export function deletedFrom({ since, isApproved }: Erasure): number {
  return isApproved ? since : since + ERASE_DELAY_MS / 1000;
}

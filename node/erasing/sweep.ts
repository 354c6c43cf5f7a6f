import type { CborMap } from "../../protocol/cbor.ts";
import { MAX_RECORD_LIST } from "../../protocol/limits.ts";
import { seconds } from "../clock.ts";
import type { Core } from "../core.ts";
import type { Entries, NamedLog } from "../entries.ts";
import { ERASE_LOOK_MS, ERASE_REST, ERASE_RETRY_MS } from "../limits.ts";
import type { Published, PublishInput } from "../service.ts";
import { Turns } from "../turns.ts";
import { COPIED_RANGES, type DeletedRange, type DeletedRanges, merged } from "./deleted-ranges.ts";
import type { PartPlace } from "./erased-parts.ts";
import { deletedFrom, type Erasures, outcomeOf } from "./erasures.ts";
import { isReleased, keptItems, releaseKept } from "./kept.ts";
import type { LegalHolds } from "./legal-holds.ts";

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
    const look = (): void => this.#look();
    this.#turns.run(() => this.#release()).then(look, look);
  }

  /** The node may have been killed when a hold ended. */
  async #release(): Promise<void> {
    const { core, entries, holds } = this.#init;
    for (const log of entries.logs()) await this.#guarded(log, () => releaseKept(erasuresOf(core, log), holds));
  }

  /** Resolves when nothing is on its way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stopListening();
    this.#cancel();
    await this.#turns.idle();
  }

  /** Does now what is due. What goes wrong with one log does not keep the others from it. */
  run(): Promise<void> {
    return this.#turns.run(async () => {
      const deleted: Deleted[] = [];
      for (const log of this.#init.entries.logs())
        await this.#guarded(log, async () => deleted.push(...(await this.#deleteDue(log))));
      if (deleted.length > 0) await this.#takeOut(deleted);
      for (const log of this.#init.entries.logs()) await this.#guarded(log, () => this.#reportAll(log));
    });
  }

  async #guarded(log: NamedLog, step: () => Promise<unknown>): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.#init.core.log.error(
        { log: log.name, error: String(error) },
        "what is erased could not be deleted, or told",
      );
    }
  }

  /** Called at every change: it costs a look at what is open, in memory. */
  #look(): void {
    const { core } = this.#init;
    const at = this.#isStopped || this.#isRunning ? undefined : this.#nextDue();
    if (at === undefined) return;
    this.#cancel();
    const wait = Math.max(0, Math.max(at, this.#notBefore) - core.clock.now());
    this.#cancel = core.clock.after(Math.min(wait, ERASE_LOOK_MS), () => {
      this.#isRunning = true;
      const begun = core.clock.now();
      this.run()
        .catch((error: unknown) => core.log.error({ error: String(error) }, "what is erased could not be deleted"))
        .finally(() => {
          this.#isRunning = false;
          const now = core.clock.now();
          // What could not be done now is not tried again at every change; and who erases without end does not keep the disk busy.
          const isLeft = (this.#nextDue() ?? Infinity) <= now;
          this.#notBefore = now + (isLeft ? ERASE_RETRY_MS : ERASE_REST * (now - begun));
          this.#look();
        });
    });
  }

  /** When something is to be done next, in milliseconds since 1970. */
  #nextDue(): number | undefined {
    const { core } = this.#init;
    const dues = [core.ownErasures.nextDue(false)];
    // Who is not trusted any more is told nothing.
    for (const { owner, erasures } of core.readableMirrors())
      dues.push(erasures.nextDue(core.trust.get(owner) !== undefined));
    const due = Math.min(...dues);
    return due === Infinity ? undefined : due;
  }

  /** Deletes what is due in one log, or puts back what its owner disavowed. */
  async #deleteDue(log: NamedLog): Promise<readonly Deleted[]> {
    const { core, holds } = this.#init;
    const erasures = erasuresOf(core, log);
    const deleted: Deleted[] = [];
    const disavowed: number[] = [];
    for (const index of indexesOf(erasures)) {
      const erasure = await erasures.get(index);
      if (erasure?.state !== "hidden") continue;
      if (erasures.isDisavowed(index)) disavowed.push(index);
      // The clock was ahead when it was stored: nothing would be deleted before it is so late again.
      else if (erasure.since > seconds(core.clock)) await erasures.update(index, { since: seconds(core.clock) });
      else if (core.clock.now() >= deletedFrom(erasure) * 1000)
        deleted.push({ log, erasures, index, ...(await deleteItems(erasures, index, holds)) });
    }
    if (disavowed.length > 0) await this.#undo(log, erasures, disavowed);
    return deleted;
  }

  /** All at once: who wrote them may have written thousands. */
  async #undo(log: NamedLog, erasures: Erasures, indexes: readonly number[]): Promise<void> {
    const { core, entries } = this.#init;
    const epochs = entries.logs().filter(({ id }) => id === log.id);
    let isMissing = false;
    for (const index of indexes) isMissing = (await erasures.restore(index)) || isMissing;
    // The owner may have erased the same in an epoch that stands. Before they count as undone: a crash repeats both.
    for (const one of epochs) await erasuresOf(core, one).hideAnew();
    for (const index of indexes) {
      await erasures.update(index, { state: "undone" });
      core.log.warn({ entry: entries.entryText(log, index) }, "an erasure was disavowed: what it hid is back");
    }
    if (isMissing) for (const { store } of epochs) await core.askAgain(store);
  }

  /** Out of the files, all of it at once: that costs the same for one erasure as for thousands. */
  async #takeOut(deleted: readonly Deleted[]): Promise<void> {
    const { core, entries, settle } = this.#init;
    await settle();
    await core.init.disk.compact(merged([...deleted.flatMap(({ ranges }) => ranges), ...COPIED_RANGES]));
    for (const { log, erasures, index, kept } of deleted) {
      // The hold may have ended meanwhile: then it is due once more.
      const isKept = kept && !(await isReleased(erasures, index, this.#init.holds));
      await erasures.update(index, { state: isKept ? "kept" : kept ? "hidden" : "deleted" });
      core.log.info({ entry: entries.entryText(log, index), kept }, "what was erased is deleted");
    }
  }

  async #reportAll(log: NamedLog): Promise<void> {
    const erasures = erasuresOf(this.#init.core, log);
    for (const index of indexesOf(erasures)) await this.#report(log, erasures, index);
  }

  /** SPEC: who was addressed answers with a record, addressed to the owner. */
  async #report(log: NamedLog, erasures: Erasures, index: number): Promise<void> {
    const { core, entries, publish } = this.#init;
    const erasure = await erasures.get(index);
    const outcome = erasure === undefined ? undefined : outcomeOf(erasure.state);
    if (outcome === undefined || erasure?.reported === outcome) return;
    const isOwn = log.mirror === undefined;
    if (!isOwn && (core.trust.get(log.id) === undefined || !core.ready)) return;
    if (!isOwn && (await concernsUs(erasures, index))) {
      const body = await this.#bodyOf(erasures, index, outcome);
      const to = await this.#readersOf(log, erasures, index);
      // Told once, whatever a hold says by now.
      const name = `erasure-report ${log.id}/${log.epoch}:${index}`;
      // Also what was told before and could not be noted here: the node was killed in between.
      const key = { key: name, digest: outcome, replaces: outcome === "deleted" ? "refused" : "deleted" };
      const refs = [entries.entryText(log, index)];
      await publish({ type: "erasure-report", version: 1, body, refs, to, parts: [], key }, NODE_ITSELF);
    }
    await erasures.update(index, { reported: outcome });
  }

  async #bodyOf(erasures: Erasures, index: number, outcome: string): Promise<CborMap> {
    if (outcome === "deleted") return { erasure: 0, outcome };
    const kept = await keptItems(erasures, index, this.#init.holds);
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
}

/** An erasure of which all is deleted but what is `kept` for a legal hold. */
type Deleted = {
  readonly log: NamedLog;
  readonly erasures: Erasures;
  readonly index: number;
  readonly kept: boolean;
  readonly ranges: DeletedRanges;
};

async function deleteItems(
  erasures: Erasures,
  index: number,
  holds: LegalHolds,
): Promise<Pick<Deleted, "kept" | "ranges">> {
  let kept = false;
  const ranges: DeletedRange[] = [];
  for (const { parts, items } of await erasures.itemsOf(index)) {
    const free: PartPlace[] = [];
    for (const item of items) {
      const isHeld = (await holds.of(parts.log, item.index)) !== undefined;
      if (!isHeld) free.push(item);
      else kept ||= await parts.isHidden(item);
    }
    ranges.push(...(await parts.delete(free)));
  }
  return { kept, ranges: merged(ranges) };
}

/** Whether anything that it names was here, or addressed to us. */
async function concernsUs(erasures: Erasures, index: number): Promise<boolean> {
  for (const { parts, items } of await erasures.itemsOf(index))
    for (const item of items) if ((await parts.mark(item.index, item.part))?.isOurs === true) return true;
  return false;
}

/** As of now: each may leave the list, or come back into it. */
function indexesOf({ open }: Erasures): readonly number[] {
  return Array.from(open, ({ index }) => index);
}

/** The erase leaves of a log that is here. */
export function erasuresOf(core: Core, { mirror }: NamedLog): Erasures {
  return mirror === undefined ? core.ownErasures : mirror.erasures;
}

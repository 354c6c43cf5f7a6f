import { approvedBytes } from "../../protocol/approval.ts";
import type { EraseItem, EraseLeaf } from "../../protocol/leaf/erase.ts";
import { formatLeaf, readLeaf } from "../../protocol/leaf/leaf.ts";
import { MAX_ERASE_ITEMS } from "../../protocol/limits.ts";
import { Addressing } from "../addressing.ts";
import { approverOf } from "../approver.ts";
import { isoTime, seconds } from "../clock.ts";
import type { Cases } from "../cases.ts";
import type { Core } from "../core.ts";
import type { Entries, NamedLog } from "../entries.ts";
import type {
  EraseInput,
  ErasePart,
  EraseReport,
  ErasureAnswer,
  ErasureService,
  ErasureStatus,
  LegalHoldStatus,
} from "../erasure-types.ts";
import { ERASE_AT_ONCE_MAX, ERASE_DELAY_MS, ERASURES_LISTED_MAX } from "../limits.ts";
import type { EntryDraft } from "../own-log.ts";
import type { ReferenceIndex } from "../reference-index.ts";
import { type EntryText, ServiceError } from "../service.ts";
import type { PartPlace } from "./erased-parts.ts";
import { deletedFrom, type Erasure, type Erasures } from "./erasures.ts";
import { releaseKept } from "./kept.ts";
import type { LegalHolds } from "./legal-holds.ts";
import { retain } from "./retention.ts";
import { erasuresOf } from "./sweep.ts";

export type EraseServiceInit = {
  readonly core: Core;
  readonly entries: Entries;
  readonly references: ReferenceIndex;
  readonly holds: LegalHolds;
  readonly cases: Cases;
};

export function createEraseService(init: EraseServiceInit): ErasureService {
  return {
    erase: (input, operator) => erase(init, input, operator),
    retain: (input, operator, onProgress) =>
      retain({ ...init, erase: (erasing, by) => erase(init, erasing, by) }, input, operator, onProgress),
    erasures: () => erasures(init),
    holds: () => holds(init),
    addHold: (entry, reason, operator) => addHold(init, entry, reason, operator),
    removeHold: (entry, operator) => removeHold(init, entry, operator),
    readHeldPart: (entry, part) => readHeldPart(init, entry, part),
  };
}

async function erase(init: EraseServiceInit, input: EraseInput, operator: string): Promise<EraseReport> {
  const { core, entries } = init;
  if (!/^[a-z0-9-]{1,64}$/.test(input.ground))
    throw new ServiceError(
      "INVALID",
      `${input.ground} is not a ground: a word of lower-case letters, digits and dashes`,
      "entente help erase",
    );
  const { log, places } = await targets(init, input);
  const parts = await describe(init, log, places);
  const now = seconds(core.clock);
  const report = {
    parts,
    ground: input.ground,
    approved: input.approved,
    deletedFrom: isoTime(input.approved ? now : now + ERASE_DELAY_MS / 1000),
  };
  const approver = input.approved ? approverOf(core, "without --approve it is deleted after the delay") : undefined;
  if (input.preview) return { ...report, erasures: [] };
  if (!core.ready)
    throw new ServiceError("REFUSED", "the node may not sign yet", "entente status says what it waits for");
  const { id, epoch } = core.ownLog.store;
  const items = places.map(({ index, part }): EraseItem => ({ epoch, index, part }));
  const drafts: EntryDraft[] = [];
  for (let at = 0; at < items.length; at += MAX_ERASE_ITEMS) {
    const some = items.slice(at, at + MAX_ERASE_ITEMS);
    drafts.push({
      leaf(time) {
        const bare: EraseLeaf = { kind: "erase", time, items: some, ground: input.ground, approval: "" };
        if (approver === undefined) return bare;
        return { ...bare, approval: approver.signBytes(approvedBytes(id, epoch, formatLeaf(bare))) };
      },
      parts: [],
      extra: (index) => [core.ownErasures.write(index)],
    });
  }
  const first = await core.appendErasures(drafts);
  const erased = drafts.map((_, offset) => entries.entryText(log, first + offset));
  core.log.info({ operator, ground: input.ground, parts: places.length, erasures: erased }, "erased");
  return { ...report, erasures: erased };
}

/** The parts that are meant, ascending; each once, and none that is erased already. */
async function targets(
  { core, entries, holds }: EraseServiceInit,
  input: EraseInput,
): Promise<{ readonly log: NamedLog; readonly places: readonly PartPlace[] }> {
  const [own] = entries.logs();
  if (own === undefined || input.targets.length === 0)
    throw new ServiceError("INVALID", "no entry is named", "entente help erase");
  const places = new Map<string, PartPlace>();
  for (const { entry, parts } of input.targets) {
    const { log, index } = entries.locate(entry);
    if (log.mirror !== undefined)
      throw new ServiceError(
        "REFUSED",
        `${entry} is an entry of ${log.name}, and only ${log.name} can erase it`,
        "ask them to; what is held here goes with it",
      );
    const hold = await holds.of(log.store.number, index);
    if (hold !== undefined)
      throw new ServiceError(
        "REFUSED",
        `${entry} is under legal hold: ${hold.reason}`,
        `entente hold remove ${entry}, when it may be erased`,
      );
    const leaf = await log.store.readLeaf(index);
    const reading = leaf === undefined ? undefined : readLeaf(leaf);
    const count = reading?.status === "known" && reading.leaf.kind === "record" ? reading.leaf.parts.length : 0;
    if (count === 0) throw new ServiceError("INVALID", `${entry} is no record`, `entente show ${entry}`);
    for (const part of parts ?? Array.from({ length: count }, (_, number) => number)) {
      if (part >= count) throw new ServiceError("NOT_FOUND", `${entry} has no part ${part}`, `entente show ${entry}`);
      if ((await core.ownErased.mark(index, part)) === undefined) places.set(`${index}/${part}`, { index, part });
    }
  }
  if (places.size === 0) throw new ServiceError("REFUSED", "all of it is erased already", "entente erasures");
  if (places.size > ERASE_AT_ONCE_MAX)
    throw new ServiceError("INVALID", `at most ${ERASE_AT_ONCE_MAX} parts are erased at once`, "name fewer entries");
  return { log: own, places: [...places.values()].toSorted((a, b) => a.index - b.index || a.part - b.part) };
}

async function describe(
  { core, entries }: EraseServiceInit,
  log: NamedLog,
  places: readonly PartPlace[],
): Promise<readonly ErasePart[]> {
  const kinds = new Map<number, readonly string[]>();
  const readers = new Map<number, readonly { readonly name: string; readonly parts: ReadonlySet<number> }[]>();
  for (const { index } of places) {
    if (kinds.has(index)) continue;
    kinds.set(index, await kindsOf(entries, log, index));
    readers.set(index, await addressedOf(core, log, index));
  }
  return places.map(({ index, part }) => ({
    entry: entries.entryText(log, index),
    part,
    kind: part === 0 ? "record" : (kinds.get(index)?.[part - 1] ?? "unknown"),
    readers: (readers.get(index) ?? []).filter(({ parts }) => parts.has(part)).map(({ name }) => name),
  }));
}

async function kindsOf(entries: Entries, log: NamedLog, index: number): Promise<readonly string[]> {
  const leaf = await log.store.readLeaf(index);
  const reading = leaf === undefined ? undefined : readLeaf(leaf);
  if (reading?.status !== "known" || reading.leaf.kind !== "record") return [];
  const record = await entries.record(log, index, reading.leaf);
  return typeof record === "string" ? [] : record.partKinds;
}

/** The authorities that are known here and to which parts of an entry are addressed. */
async function addressedOf(
  core: Core,
  log: NamedLog,
  index: number,
): Promise<readonly { readonly id: string; readonly name: string; readonly parts: ReadonlySet<number> }[]> {
  const leaf = await log.store.readLeaf(index);
  if (leaf === undefined) return [];
  const reading = readLeaf(leaf);
  const found: { id: string; name: string; parts: ReadonlySet<number> }[] = [];
  for (const { id, name } of [...core.trust.peers(), ...core.trust.former()]) {
    const parts = (await new Addressing(core, log, id).parts(index, reading))
      .filter(({ by }) => by.kind === "audience" || by.kind === "grant")
      .map(({ part }) => part);
    if (parts.length > 0) found.push({ id, name, parts: new Set(parts) });
  }
  return found;
}

async function erasures(init: EraseServiceInit): Promise<readonly ErasureStatus[]> {
  const found: ErasureStatus[] = [];
  for (const log of init.entries.logs()) {
    const known = erasuresOf(init.core, log);
    for (const erasure of await known.newest(ERASURES_LISTED_MAX))
      found.push(await statusOf(init, log, known, erasure));
  }
  return found.toSorted((a, b) => b.time.localeCompare(a.time));
}

async function statusOf(
  init: EraseServiceInit,
  log: NamedLog,
  known: Erasures,
  erasure: Erasure,
): Promise<ErasureStatus> {
  const { entries } = init;
  const leaf = await known.leaf(erasure.index);
  const parts = leaf?.items ?? [];
  return {
    entry: entries.entryText(log, erasure.index),
    log: log.name,
    time: isoTime(leaf?.time ?? 0),
    ground: leaf?.ground ?? "",
    approved: erasure.isApproved,
    parts: parts.map(({ epoch, index, part }) => ({ entry: entries.entryText({ ...log, epoch }, index), part })),
    state: erasure.state === "hiding" ? "hidden" : erasure.state,
    deletedFrom: isoTime(deletedFrom(erasure)),
    answers: log.mirror === undefined ? await answersOf(init, log, erasure.index, parts) : [],
  };
}

async function answersOf(
  init: EraseServiceInit,
  log: NamedLog,
  index: number,
  items: readonly EraseItem[],
): Promise<readonly ErasureAnswer[]> {
  const addressed = new Map<string, string>();
  for (const item of items)
    for (const { id, name, parts } of await addressedOf(init.core, log, item.index))
      if (parts.has(item.part)) addressed.set(id, name);
  const answers: ErasureAnswer[] = [];
  for (const [id, authority] of addressed) {
    const said = await init.references.answers(init.entries.entryText(log, index), id);
    const read = await Promise.all(said.map((entry) => readAnswer(init, authority, entry)));
    // What it said last.
    answers.push(
      read.findLast((answer) => answer !== undefined) ?? {
        authority,
        state: "silent",
        entry: null,
        time: null,
        reason: null,
        kept: [],
      },
    );
  }
  return answers.toSorted((a, b) => (a.authority < b.authority ? -1 : 1));
}

async function readAnswer(
  { entries }: EraseServiceInit,
  authority: string,
  entry: EntryText,
): Promise<ErasureAnswer | undefined> {
  const { log, index } = entries.locate(entry);
  const leaf = await log.store.readLeaf(index);
  const reading = leaf === undefined ? undefined : readLeaf(leaf);
  if (reading?.status !== "known" || reading.leaf.kind !== "record") return undefined;
  const record = await entries.record(log, index, reading.leaf);
  const time = isoTime(reading.leaf.time);
  const unread = { authority, state: "unread", entry, time, reason: null, kept: [] } as const;
  if (typeof record === "string") return unread;
  if (record.status !== "known" || record.type !== "erasure-report") return undefined;
  const { outcome, reason, kept } = record.body;
  if (outcome !== "deleted" && outcome !== "refused") return unread;
  return { ...unread, state: outcome, reason: Object.values(reason ?? {})[0] ?? null, kept: kept ?? [] };
}

// Legal holds

async function holds({ core, entries, holds: held }: EraseServiceInit): Promise<readonly LegalHoldStatus[]> {
  const found: LegalHoldStatus[] = [];
  for (const log of entries.logs())
    for await (const { index, reason, operator, since } of held.in(log.store.number))
      found.push({
        entry: entries.entryText(log, index),
        reason,
        by: operator,
        since: isoTime(since),
        kept: await keptParts(core, log, index),
      });
  return found;
}

async function keptParts(core: Core, log: NamedLog, index: number): Promise<readonly number[]> {
  const parts = log.mirror?.erased ?? core.ownErased;
  const leaf = await log.store.readLeaf(index);
  const reading = leaf === undefined ? undefined : readLeaf(leaf);
  if (reading?.status !== "known" || reading.leaf.kind !== "record") return [];
  const kept: number[] = [];
  for (const part of reading.leaf.parts.keys()) if (await parts.isHidden({ index, part })) kept.push(part);
  return kept;
}

async function addHold(
  { core, entries, holds: held }: EraseServiceInit,
  entry: EntryText,
  reason: string,
  operator: string,
): Promise<LegalHoldStatus> {
  const { log, index } = entries.locate(entry);
  if (reason.trim() === "") throw new ServiceError("INVALID", "a legal hold has a reason", "entente help hold add");
  const hold = { reason, operator, since: seconds(core.clock) };
  await held.put(log.store.number, index, hold);
  core.log.info({ entry, operator }, "legal hold");
  return {
    entry,
    reason,
    by: operator,
    since: isoTime(hold.since),
    kept: await keptParts(core, log, index),
  };
}

async function removeHold(
  { core, entries, holds: held }: EraseServiceInit,
  entry: EntryText,
  operator: string,
): Promise<void> {
  const { log, index } = entries.locate(entry);
  if ((await held.of(log.store.number, index)) === undefined)
    throw new ServiceError("NOT_FOUND", `${entry} is not under legal hold`, "entente hold list");
  await held.remove(log.store.number, index);
  core.log.info({ entry, operator }, "legal hold ended");
  for (const one of entries.logs()) if (one.id === log.id) await releaseKept(erasuresOf(core, one), held);
}

async function readHeldPart(
  { core, entries, holds: held }: EraseServiceInit,
  entry: EntryText,
  part: number,
): ReturnType<ErasureService["readHeldPart"]> {
  const { log, index } = entries.locate(entry);
  if ((await held.of(log.store.number, index)) === undefined)
    throw new ServiceError("REFUSED", `${entry} is not under legal hold`, "entente hold list");
  const content = await (log.mirror?.erased ?? core.ownErased).hiddenContent({ index, part });
  if (content === undefined)
    throw new ServiceError("NOT_FOUND", `nothing of part ${part} of ${entry} is kept`, `entente show ${entry}`);
  return content;
}

import { toHex } from "../protocol/bytes.ts";
import { readLeaf } from "../protocol/leaf/leaf.ts";
import { CHUNK_SIZE } from "../protocol/limits.ts";
import { origin } from "../protocol/name.ts";
import { Addressing } from "./addressing.ts";
import { isoTime } from "./clock.ts";
import type { Core } from "./core.ts";
import type { Entries, NamedLog } from "./entries.ts";
import type { StoredEntry } from "./log-store.ts";
import type { Mirror } from "./mirror.ts";
import type { Reader } from "./reader.ts";
import type { AskedAuthority, Completeness, MissingPart, Progress } from "./service.ts";
import { judgeCompleteness } from "./completeness-state.ts";
import { connectionOf } from "./peer-status.ts";

/** Missing parts that are listed with who was asked for them: what a person would look through. */
const LISTED_MAX = 100;

/** Whether all of a log that is addressed to us is here, counted from its leaves and not from what is marked as missing. */
export async function completeness(
  core: Core,
  entries: Entries,
  reader: Reader,
  name: string,
  onProgress: (progress: Progress) => void,
): Promise<Completeness> {
  const log = entries.logOf(name);
  const checkpoint = checkpointOf(core, log);
  const counted = await count(core, entries, reader, log, checkpoint?.size ?? 0, onProgress);
  const seenSize = seenSizeOf(core, log, checkpoint?.size ?? 0);
  const followed = log.mirror === undefined || core.mirrorOf(log.id)?.key === log.mirror.key;
  const known = { size: checkpoint?.size ?? 0, seenSize, missing: counted.missing };
  const judged = judgeCompleteness(core, entries, { log, followed, ...known });
  return {
    log: origin(log.name, log.epoch),
    id: log.id,
    own: log.mirror === undefined,
    followed,
    checkpoint: checkpoint === undefined ? null : { size: checkpoint.size, root: toHex(checkpoint.root) },
    seenSize,
    confirmedBy: confirmedBy(core, entries, log),
    ...counted,
    ...judged,
    complete: judged.state === "complete",
    contested: log.contested,
  };
}

function checkpointOf(core: Core, { mirror }: NamedLog): { size: number; root: Uint8Array } | undefined {
  const reached = mirror === undefined ? core.ownLog.announced : mirror.reached;
  return reached === undefined || reached.size === 0 ? undefined : { size: reached.size, root: reached.root };
}

/** Of our own log more may be seen at a peer than is here: then the store is behind. */
function seenSizeOf(core: Core, { mirror }: NamedLog, held: number): number {
  if (mirror !== undefined) return mirror.seen?.size ?? held;
  return Math.max(held, core.ahead?.size ?? 0);
}

function confirmedBy(core: Core, entries: Entries, log: NamedLog): Completeness["confirmedBy"] {
  const witnesses = log.mirror === undefined ? core.ownWitnesses : core.witnessesOf(log.mirror);
  return [...(witnesses?.cosignatures ?? [])]
    .sort((a, b) => Number(b.witness === log.id) - Number(a.witness === log.id) || b.size - a.size)
    .map(({ witness, size, time }) => ({ name: entries.nameOf(witness) ?? witness, size, time: isoTime(time) }));
}

async function count(
  core: Core,
  entries: Entries,
  reader: Reader,
  log: NamedLog,
  size: number,
  onProgress: (progress: Progress) => void,
): Promise<Pick<Completeness, "addressed" | "missing" | "erased" | "listed">> {
  const addressing = new Addressing(core, log, core.ownId);
  const listed: MissingPart[] = [];
  let addressed = 0;
  let missing = 0;
  let erased = 0;
  for await (const run of log.store.entryRuns(0, size)) {
    for (const entry of run) {
      for (const part of await addressing.parts(entry.index, readLeaf(entry.leaf))) {
        if (part.by.kind !== "audience" && part.by.kind !== "grant") continue;
        addressed += 1;
        if (await isHeld(reader, log, entry, part)) continue;
        if ((await reader.state(log, entry.index, part.part, part.size)) === "erased") {
          erased += 1;
          continue;
        }
        missing += 1;
        if (listed.length < LISTED_MAX)
          listed.push(await missingPart(core, entries, reader, log, entry.index, part.part, part.size));
      }
    }
    onProgress({ done: (run.at(-1)?.index ?? -1) + 1, total: size, what: "entries" });
  }
  return { addressed, missing, erased, listed };
}

async function isHeld(
  reader: Reader,
  log: NamedLog,
  { index, parts }: StoredEntry,
  { part, size }: { readonly part: number; readonly size: number },
): Promise<boolean> {
  if (size > CHUNK_SIZE) return (await reader.state(log, index, part, size)) === "held";
  return parts.some((one) => one.part === part) || (await log.store.readLatePart(index, part)) !== undefined;
}

/** A part that is addressed to us and not here, and what becomes of it. */
export async function missingPart(
  core: Core,
  entries: Entries,
  reader: Reader,
  log: NamedLog,
  index: number,
  part: number,
  size: number,
): Promise<MissingPart> {
  const waits = await reader.waits(log, index, part, size);
  const asked = log.mirror === undefined ? [] : askedFor(core, entries, log.mirror, index, part, size);
  const large = size <= CHUNK_SIZE ? undefined : await core.parts.large(log.store.number, index, part);
  return {
    entry: entries.entryText(log, index),
    part,
    size,
    here: Math.min(size, (large?.held ?? 0) * CHUNK_SIZE),
    waits,
    asked: asked.filter(({ state }) => waits === null || state === "answered"),
  };
}

/** Who answered and what, then who is there to be asked; and the owner in any case. */
function askedFor(
  core: Core,
  entries: Entries,
  mirror: Mirror,
  index: number,
  part: number,
  size: number,
): readonly AskedAuthority[] {
  const owner = mirror.owner;
  const nameOf = (id: string): string => entries.nameOf(id) ?? id;
  const answers = core.partAnswers.of(mirror, index, part, size);
  const answered = answers.map(({ peer, at, answer }): AskedAuthority => ({
    name: nameOf(peer),
    state: "answered",
    says: answer,
    at: isoTime(at),
  }));
  const isOpen = (id: string): boolean => answers.every(({ peer }) => peer !== id);
  const waiting = core.askable(mirror).filter(isOpen);
  const isAway = isOpen(owner) && !waiting.includes(owner);
  return [
    ...answered,
    ...waiting.map((id): AskedAuthority => ({ name: nameOf(id), state: "waiting", says: null, at: null })),
    ...(isAway ? [away(core, owner, nameOf(owner))] : []),
  ];
}

function away(core: Core, id: string, name: string): AskedAuthority {
  const peer = core.trust.get(id);
  const status = peer === undefined ? undefined : connectionOf(core, peer);
  // Connected, and passed over for this log until it shows more of it.
  if (status?.state === "connected") return { name, state: "waiting", says: null, at: null };
  return { name, state: "not-connected", says: status?.reason ?? null, at: null };
}

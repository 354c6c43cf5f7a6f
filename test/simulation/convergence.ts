import { readLeaf } from "../../protocol/leaf/leaf.ts";
import { chunkCount } from "../../protocol/part.ts";
import { CHUNK_SIZE } from "../../protocol/limits.ts";
import { sha256 } from "../../keys/sha256.ts";
import { PartStore } from "../../node/part-store.ts";
import type { LogStore } from "../../node/log-store.ts";
import type { Federation } from "./federation.ts";
import type { SimNode } from "./sim-node.ts";
import { checked, openStored, storedHashes } from "./stored-logs.ts";
import { latin1 } from "./part-book.ts";
import type { Publication } from "./workload.ts";

/** What is not yet as it must be once all faults are over; `undefined` if nothing. */
export async function unconverged(federation: Federation): Promise<string | undefined> {
  const { nodes, workload } = federation;
  if (workload.open > 0) return `${workload.open} publications are not acknowledged`;
  const behind = sizesDiffer(federation);
  if (behind !== undefined) return behind;
  for (const owner of nodes) {
    const waits = (await ownWaits(federation, owner)) ?? (await readersWait(federation, owner));
    if (waits !== undefined) return waits;
  }
  return undefined;
}

/** What can be seen without looking at the disks. */
function sizesDiffer({ nodes, trust }: Federation): string | undefined {
  for (const owner of nodes.filter(({ life }) => life?.core.ready)) {
    const size = owner.life?.core.ownLog.store.head.size;
    const behind = nodes.find(
      (reader) =>
        trust.areFriends(owner.name, reader.name) && reader.life?.core.mirrorOf(owner.id)?.store.head.size !== size,
    );
    if (behind !== undefined) return `${behind.name} has not all of the ${size} entries of ${owner.name}`;
  }
  return undefined;
}

async function ownWaits(federation: Federation, owner: SimNode): Promise<string | undefined> {
  const { name, life } = owner;
  if (life === undefined) return `${name} is not up`;
  const { settlement } = life.core;
  if (await awaitsPerson(federation, owner)) return undefined;
  if (settlement.state !== "ready")
    return `${name} is ${settlement.state}: ${"reason" in settlement ? settlement.reason : ""}`;
  return life.publisher.queued > 0 ? `${life.publisher.queued} records wait at ${name}` : undefined;
}

/** A node put back from a backup rightly signs nothing if nobody has what it lost, or if it does not know what it lost. */
async function awaitsPerson(federation: Federation, owner: SimNode): Promise<boolean> {
  if (owner.restored === "nothing" || owner.life?.core.ready !== false) return false;
  if (owner.restored === "everything") return true;
  for (const node of federation.nodes) {
    const copy = await openStored(node.drive.instant(), owner.authority);
    if (copy.head.size >= owner.announcedSize) return false;
  }
  return true;
}

async function readersWait(federation: Federation, owner: SimNode): Promise<string | undefined> {
  if (await awaitsPerson(federation, owner)) return undefined;
  const own = await openStored(owner.drive.instant(), owner.authority);
  const hashes = await storedHashes(own);
  const isWhole = own.head.missing === 0;
  for (const reader of federation.nodes) {
    if (!federation.trust.areFriends(owner.name, reader.name)) continue;
    const mirror = await openStored(reader.drive.instant(), owner.authority);
    const held = await storedHashes(mirror);
    if (held.length !== hashes.length)
      return `${reader.name} has ${held.length} of ${hashes.length} entries of ${owner.name}`;
    if (held.some((hash, index) => hash !== hashes[index])) return `${reader.name} has other entries of ${owner.name}`;
    if (isWhole && mirror.head.missing > 0) return `${reader.name} lacks ${mirror.head.missing} parts of ${owner.name}`;
    const waits = (await awaitsPerson(federation, reader))
      ? undefined
      : statementsWait(owner, reader, hashes.length, isWhole);
    if (waits !== undefined) return waits;
  }
  return undefined;
}

/** The reader's newest cosignature and receipt must have reached the owner. */
function statementsWait(owner: SimNode, reader: SimNode, size: number, isWhole: boolean): string | undefined {
  const witnesses = owner.life?.core.ownWitnesses;
  const receipt = witnesses?.receipts.find((one) => one.reader === reader.id);
  const isCurrent = receipt?.size === size && (!isWhole || receipt.exceptions === 0);
  if (!isCurrent)
    return `${owner.name} has of ${reader.name} a receipt for ${receipt?.size} of ${size} entries with ${receipt?.exceptions} exceptions`;
  const cosigned = witnesses?.cosignatureOf(reader.id)?.size;
  return cosigned === size ? undefined : `${owner.name} has of ${reader.name} a cosignature at ${cosigned} of ${size}`;
}

/** What every reader must hold in the end: all that its owner has and addressed to it, once and whole. */
export async function missingParts(federation: Federation): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const owner of federation.nodes) {
    if (await awaitsPerson(federation, owner)) continue;
    const own = await openStored(owner.drive.instant(), owner.authority);
    const places = await placesByMark(own);
    for (const publication of federation.workload.publications) {
      if (publication.owner !== owner) continue;
      missing.push(...(await missingOf(federation, own, publication, places.get(publication.parts[0].mark) ?? [])));
    }
  }
  return missing;
}

async function missingOf(
  federation: Federation,
  own: LogStore,
  publication: Publication,
  places: readonly number[],
): Promise<string[]> {
  const { owner, parts, state, index } = publication;
  const what = `${parts[0].mark} of ${owner.name}`;
  if (!owner.wasRestored && state === "acknowledged" && places.length !== 1)
    return [`${what} stands ${places.length} times in its log`];
  if (!owner.wasRestored && index !== undefined && places[0] !== index)
    return [`${what} stands at ${places[0]}, not at ${index}`];
  const missing: string[] = [];
  for (const place of places) {
    for (const [part, { to }] of parts.entries()) {
      if (!(await holds(owner, own, place, part))) {
        if (!owner.wasRestored) missing.push(`${owner.name} has not part ${part} of its own entry ${place}`);
        continue;
      }
      for (const name of to) {
        const reader = federation.nodes.find((node) => node.name === name);
        if (!federation.trust.areFriends(owner.name, name)) continue;
        if (
          reader !== undefined &&
          !(await holds(reader, await openStored(reader.drive.instant(), owner.authority), place, part))
        ) {
          missing.push(`${name} has not part ${part} of entry ${place} of ${owner.name}`);
        }
      }
    }
  }
  return missing;
}

/** Indexes of the records of a log whose part 0 is here, by the mark in it. */
async function placesByMark(store: LogStore): Promise<ReadonlyMap<string, readonly number[]>> {
  const places = new Map<string, number[]>();
  for (let index = 0; index < store.head.size; index++) {
    const bytes = await store.readSmallPart(index, 0);
    const [mark] = bytes === undefined ? [] : (/simulated-part-[0-9a-f]{16}-/.exec(latin1(bytes)) ?? []);
    if (mark !== undefined) places.set(mark, [...(places.get(mark) ?? []), index]);
  }
  return places;
}

async function holds(node: SimNode, store: LogStore, index: number, part: number): Promise<boolean> {
  const leaf = await store.readLeaf(index);
  const reading = leaf === undefined ? undefined : readLeaf(leaf);
  if (reading?.status !== "known" || reading.leaf.kind !== "record") return false;
  const size = reading.leaf.parts[part]?.size ?? 0;
  if (size <= CHUNK_SIZE) return (await store.readSmallPart(index, part)) !== undefined;
  const large = await new PartStore(checked(node.drive.instant()), sha256, () => new Uint8Array(0)).large(
    store.number,
    index,
    part,
  );
  return large?.held === chunkCount(size);
}

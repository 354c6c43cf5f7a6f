import { formatEntryName, origin } from "../protocol/name.ts";
import { type LeafReading, readLeaf } from "../protocol/leaf/leaf.ts";
import { Addressing, type PartAddress } from "./addressing.ts";
import { isoTime } from "./clock.ts";
import type { Core } from "./core.ts";
import { isAre, partsConfirmed, partsHere, partsText } from "./delivery-parts.ts";
import type { Addressee, DeliveryInit, Place } from "./delivery-question.ts";
import type { NamedLog } from "./entries.ts";
import type { DeliveryStep } from "./service.ts";
import { connectionOf } from "./peer-status.ts";

/** Answers that are named one by one. */
const ANSWERS_NAMED_MAX = 20;

/** The steps of an entry on its way, in order; `reading` is its leaf, where it is here. */
export async function deliverySteps(
  init: DeliveryInit,
  place: Place,
  to: Addressee,
  reading: LeafReading | undefined,
): Promise<readonly DeliveryStep[]> {
  const { core } = init;
  if (reading === undefined)
    return [notHere(core, place), await follows(init, place.log, to), connected(init, place.log, to)];
  const parts = await new Addressing(core, place.log, to.id).parts(place.index, reading);
  const mine = parts.filter(({ by }) => by.kind === "audience" || by.kind === "grant");
  const received = entryReceived(init, place, to);
  return [
    appended(core, place, reading),
    addressed(place.log, to, parts),
    await follows(init, place.log, to),
    connected(init, place.log, to),
    received,
    await partsReceived(init, place, to, mine, parts.length === 0 ? received : undefined),
    await answered(init, place, to),
  ];
}

function appended(core: Core, { log, index }: Place, reading: LeafReading): DeliveryStep {
  const size = log.mirror === undefined ? core.ownLog.announced.size : (log.mirror.reached?.size ?? 0);
  return {
    step: "appended",
    state: "yes",
    says: `${log.name} appended it as entry ${index} of its log`,
    time: timeOf(reading),
    evidence: size > index ? `checkpoint of ${origin(log.name, log.epoch)} of size ${size}` : null,
  };
}

/** Of an entry of another's log that is not here. */
function notHere(core: Core, { log, index }: Place): DeliveryStep {
  const seen = log.mirror?.seen?.size ?? 0;
  const { size } = log.store.head;
  return seen > index
    ? {
        step: "appended",
        state: "partly",
        says: `${log.name} signed it, and it is not here yet: ${size} entries of ${seen} are${fullText(core)}`,
        time: null,
        evidence: `checkpoint of ${origin(log.name, log.epoch)} of size ${seen}`,
      }
    : {
        step: "appended",
        state: "unknown",
        says: `nobody has shown this node that ${log.name} has an entry ${index}: the largest checkpoint seen has ${seen}${fullText(core)}`,
        time: null,
        evidence: null,
      };
}

/** Nothing is asked for while the disk is full, and so nothing is shown either. */
function fullText(core: Core): string {
  return core.init.space.takesEntries ? "" : "; this node takes in no entries, since its disk is full";
}

function addressed(log: NamedLog, to: Addressee, parts: readonly PartAddress[]): DeliveryStep {
  const step = { step: "addressed", time: null } as const;
  if (parts.length === 0)
    return { ...step, state: "yes", says: "it has no parts: every follower sees all of it", evidence: null };
  const mine = parts.filter(({ by }) => by.kind === "audience" || by.kind === "grant");
  if (mine.length === 0) {
    if (parts.some(({ by }) => by.kind === "unknown"))
      return {
        ...step,
        state: "unknown",
        says: `this node does not know who is in its audience, and so not whether ${to.name} is`,
        evidence: null,
      };
    return {
      ...step,
      state: "no",
      says: `nothing of it is addressed to ${to.name}: not in its audience`,
      evidence: null,
    };
  }
  const statements = mine.map(({ by }) =>
    by.kind === "audience" || by.kind === "grant" ? `${by.kind} ${entryOf(log, by.index)}` : "",
  );
  const all = mine.length === parts.length;
  return {
    ...step,
    state: all ? "yes" : "partly",
    says: all
      ? `${partsText(mine)} ${isAre(mine)} addressed to ${to.name}`
      : `${partsText(mine)} of ${parts.length} ${isAre(mine)} addressed to ${to.name}, the others not`,
    evidence: [...new Set(statements)].join(", "),
  };
}

async function follows({ core }: DeliveryInit, log: NamedLog, to: Addressee): Promise<DeliveryStep> {
  const ids = log.mirror === undefined ? core.ownFollowers : log.mirror.followers;
  const { followers } = log.store.head;
  const leaf = followers < 0 ? undefined : await log.store.controlLeaf(followers);
  const isIn = ids.has(to.id);
  // A list that has not come yet may name it.
  const isBehind = log.mirror !== undefined && (followers < 0 || (log.mirror.seen?.size ?? 0) > log.store.head.size);
  return {
    step: "follows",
    state: isIn ? "yes" : isBehind ? "unknown" : "no",
    says: isIn
      ? `${to.name} may follow the log of ${log.name}`
      : isBehind
        ? `whether ${to.name} may follow the log of ${log.name} is not known: the entries that say so are not here yet`
        : `${to.name} is not among those who may follow the log of ${log.name}, so it is given nothing`,
    time: leaf === undefined ? null : timeOf(readLeaf(leaf)),
    evidence: leaf === undefined ? null : `followers ${entryOf(log, followers)}`,
  };
}

/** The other end: the addressee of what others read, the owner of what we read. */
function connected({ core }: DeliveryInit, log: NamedLog, to: Addressee): DeliveryStep {
  const step = { step: "connected", evidence: null } as const;
  const other = to.id === core.ownId ? { id: log.id, name: log.name } : to;
  const peer = core.trust.get(other.id);
  if (peer === undefined)
    return {
      ...step,
      state: "no",
      says: `${other.name} is not trusted any more, so there is no connection`,
      time: null,
    };
  const { state, reason, lastSeen } = connectionOf(core, peer);
  if (state === "connected") return { ...step, state: "yes", says: `${other.name} is connected`, time: null };
  const why = reason === null ? "" : `: ${reason}`;
  if (state === "not-admitted" && reason !== null)
    return { ...step, state: "no", says: reason, time: downSinceOf(core, other.id) };
  return {
    ...step,
    state: "no",
    says: lastSeen === null ? `${other.name} has not been connected yet${why}` : `${other.name} is not connected${why}`,
    time: lastSeen,
  };
}

function downSinceOf(core: Core, id: string): string | null {
  const since = core.refusedSince(id);
  return since === undefined ? null : isoTime(Math.floor(since / 1000));
}

function entryReceived({ core }: DeliveryInit, { log, index }: Place, to: Addressee): DeliveryStep {
  const witnesses = log.mirror === undefined ? core.ownWitnesses : core.witnessesOf(log.mirror);
  const cosignature = witnesses?.cosignatureOf(to.id);
  const receipt = witnesses?.receiptOf(to.id);
  const step = "entry-received";
  if (to.id === core.ownId) {
    const isCosigned = cosignature !== undefined && cosignature.size > index;
    return {
      step,
      state: "yes",
      says: "the entry is here",
      time: isCosigned ? isoTime(cosignature.time) : null,
      evidence: isCosigned ? `cosignature of ${to.name} of size ${cosignature.size}` : null,
    };
  }
  if (cosignature !== undefined && cosignature.size > index)
    return {
      step,
      state: "yes",
      says: `${to.name} holds the entry`,
      time: isoTime(cosignature.time),
      evidence: `cosignature of ${to.name} of size ${cosignature.size}`,
    };
  if (receipt !== undefined && receipt.size > index)
    return {
      step,
      state: "yes",
      says: `${to.name} holds the entry`,
      time: receipt.arrival === undefined ? null : isoTime(receipt.arrival.at),
      evidence: `receipt of ${to.name} of size ${receipt.size}`,
    };
  const size = Math.max(cosignature?.size ?? 0, receipt?.size ?? 0);
  return {
    step,
    state: "unknown",
    says:
      size === 0
        ? `${to.name} has confirmed nothing of this log yet`
        : `${to.name} has confirmed ${size} entries, and this is not among them`,
    time: cosignature === undefined ? null : isoTime(cosignature.time),
    evidence: cosignature === undefined ? null : `cosignature of ${to.name} of size ${cosignature.size}`,
  };
}

/** `whole`: of an entry without parts, which arrives with all that it has. */
async function partsReceived(
  init: DeliveryInit,
  place: Place,
  to: Addressee,
  mine: readonly PartAddress[],
  whole: DeliveryStep | undefined,
): Promise<DeliveryStep> {
  const step = "parts-received";
  if (whole !== undefined) return { ...whole, step, says: "it has no parts" };
  if (mine.length === 0)
    return { step, state: "unknown", says: "nothing to receive is known", time: null, evidence: null };
  return to.id === init.core.ownId ? await partsHere(init, place, mine) : partsConfirmed(init, place, to, mine);
}

async function answered(
  { core, entries, references }: DeliveryInit,
  place: Place,
  to: Addressee,
): Promise<DeliveryStep> {
  const found = await references.answers(entries.entryText(place.log, place.index), to.id);
  const isHere = to.id === core.ownId || entries.logs().some(({ id }) => id === to.id);
  const named = found.slice(0, ANSWERS_NAMED_MAX);
  const more = found.length > named.length ? ` and ${found.length - named.length} more` : "";
  return {
    step: "answered",
    state: found.length > 0 ? "yes" : "unknown",
    says:
      found.length > 0
        ? `${to.name} answered`
        : isHere
          ? `nothing of ${to.name} that is readable here refers to it`
          : `nothing of ${to.name} is here`,
    time: null,
    evidence: found.length > 0 ? `${named.join(", ")}${more}` : null,
  };
}

function entryOf({ name, epoch }: NamedLog, index: number): string {
  return formatEntryName({ name, epoch, index });
}

function timeOf(reading: LeafReading): string | null {
  if (reading.status === "known") return isoTime(reading.leaf.time);
  return reading.status === "unknown" ? isoTime(reading.time) : null;
}

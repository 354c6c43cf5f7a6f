import { formatEntryName, origin } from "../protocol/name.ts";
import { type LeafReading, readLeaf } from "../protocol/leaf/leaf.ts";
import { Addressing, type PartAddress } from "./addressing.ts";
import { isoTime } from "./clock.ts";
import { askedFor } from "./completeness.ts";
import type { Core } from "./core.ts";
import type { Entries, NamedLog } from "./entries.ts";
import { AUTO_FETCH_MAX } from "./limits.ts";
import type { Reader } from "./reader.ts";
import { type ReceiptCover, receiptCover } from "./receipt-cover.ts";
import type { ReferenceIndex } from "./reference-index.ts";
import type { AskedAuthority, DeliveryStep, PartState } from "./service.ts";
import { connectionOf } from "./peer-status.ts";

/** Answers that are named one by one. */
const ANSWERS_NAMED_MAX = 20;

export type DeliveryInit = {
  readonly core: Core;
  readonly entries: Entries;
  readonly reader: Reader;
  readonly references: ReferenceIndex;
};

/** Whom an entry is on its way to. */
export type Addressee = { readonly id: string; readonly name: string };

type Place = { readonly log: NamedLog; readonly index: number };

/** The steps of an entry on its way, in order; `reading` is its leaf, where it is here. */
export async function deliverySteps(
  init: DeliveryInit,
  place: Place,
  to: Addressee,
  reading: LeafReading | undefined,
): Promise<readonly DeliveryStep[]> {
  const { core } = init;
  const isToUs = to.id === core.ownId;
  if (reading === undefined)
    return [notHere(place), await follows(init, place.log, to), connected(init, place.log, to)];
  const parts = await new Addressing(core, place.log, to.id).parts(place.index, reading);
  const mine = parts.filter(({ by }) => by.kind === "audience" || by.kind === "grant");
  return [
    appended(place, reading),
    addressed(place.log, to, parts),
    await follows(init, place.log, to),
    connected(init, place.log, to),
    entryReceived(init, place, to),
    await (isToUs ? partsHere(init, place, parts, mine) : partsConfirmed(init, place, to, parts, mine)),
    await answered(init, place, to),
  ];
}

function appended({ log, index }: Place, reading: LeafReading): DeliveryStep {
  const size = log.mirror === undefined ? log.store.head.size : (log.mirror.reached?.size ?? 0);
  return {
    step: "appended",
    state: "yes",
    says: `${log.name} appended it as entry ${index} of its log`,
    time: timeOf(reading),
    evidence: size > index ? `checkpoint of ${origin(log.name, log.epoch)} of size ${size}` : null,
  };
}

/** Of an entry of another's log that is not here. */
function notHere({ log, index }: Place): DeliveryStep {
  const seen = log.mirror?.seen?.size ?? 0;
  const { size } = log.store.head;
  return seen > index
    ? {
        step: "appended",
        state: "partly",
        says: `${log.name} signed it, and it is not here yet: ${size} entries of ${seen} are`,
        time: null,
        evidence: `checkpoint of ${origin(log.name, log.epoch)} of size ${seen}`,
      }
    : {
        step: "appended",
        state: "unknown",
        says: `nobody has shown this node that ${log.name} has an entry ${index}: the largest checkpoint seen has ${seen}`,
        time: null,
        evidence: null,
      };
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
  return {
    step: "follows",
    state: isIn ? "yes" : "no",
    says: isIn
      ? `${to.name} may follow the log of ${log.name}`
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
  return {
    ...step,
    state: "no",
    says: lastSeen === null ? `${other.name} has not been connected yet${why}` : `${other.name} is not connected${why}`,
    time: lastSeen,
  };
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

/** What another says that it holds. */
async function partsConfirmed(
  init: DeliveryInit,
  place: Place,
  to: Addressee,
  parts: readonly PartAddress[],
  mine: readonly PartAddress[],
): Promise<DeliveryStep> {
  const { core } = init;
  const { log, index } = place;
  if (mine.length === 0) return noParts(init, place, to, parts);
  const witnesses = log.mirror === undefined ? core.ownWitnesses : core.witnessesOf(log.mirror);
  const receipt = witnesses?.receiptOf(to.id);
  const covers = new Map(
    mine.map((part) => [part, receiptCover(receipt, { index, part: part.part, since: sinceOf(index, part) })]),
  );
  const as = (cover: ReceiptCover): readonly PartAddress[] => mine.filter((part) => covers.get(part) === cover);
  const [held, absent, unclear] = [as("held"), as("lacking"), as("unclear")];
  const unconfirmed = as("unconfirmed");
  const byHand = absent.filter(({ size }) => size > AUTO_FETCH_MAX);
  const says = [
    ...(held.length === 0 ? [] : [`${to.name} has ${partsText(held)}`]),
    ...(absent.length === 0 ? [] : [`${to.name} lacks ${partsText(absent)}`]),
    ...(byHand.length === 0 ? [] : [`${partsText(byHand)} must be fetched there, being too large to come by itself`]),
    ...(unclear.length === 0 ? [] : [`it lacks some parts and has not told this node whether ${partsText(unclear)}`]),
    ...(unconfirmed.length === 0 ? [] : [`${to.name} has not confirmed ${partsText(unconfirmed)} yet`]),
  ];
  const state =
    held.length === mine.length ? "yes" : absent.length === 0 ? "unknown" : held.length === 0 ? "no" : "partly";
  return {
    step: "parts-received",
    state,
    says: says.join("; "),
    time: receipt?.arrival === undefined ? null : isoTime(receipt.arrival.at),
    evidence: receipt === undefined ? null : receiptText(to, receipt),
  };
}

/** What is stored of what is addressed to us, and who was asked for the rest. */
async function partsHere(
  init: DeliveryInit,
  place: Place,
  parts: readonly PartAddress[],
  mine: readonly PartAddress[],
): Promise<DeliveryStep> {
  const { core, entries, reader } = init;
  const { log, index } = place;
  if (mine.length === 0) return noParts(init, place, { id: core.ownId, name: core.ownName }, parts);
  const states = new Map<PartAddress, PartState>();
  for (const part of mine) states.set(part, await reader.state(log, index, part.part, part.size));
  const held = mine.filter((part) => states.get(part) === "held");
  const open = mine.filter((part) => states.get(part) !== "held");
  const says = [
    ...(held.length === 0 ? [] : [`${partsText(held)} ${isAre(held)} here`]),
    ...open.map((part) => {
      const asked = log.mirror === undefined ? [] : askedFor(core, entries, log.mirror, index, part.part, part.size);
      const byHand = part.size > AUTO_FETCH_MAX ? ", and too large to come by itself" : "";
      const partly = states.get(part) === "fetching" ? "is here in part" : "is missing";
      return `part ${part.part} ${partly}${byHand}${asked.length === 0 ? "" : ` (${asked.map(askedText).join("; ")})`}`;
    }),
  ];
  return {
    step: "parts-received",
    state: open.length === 0 ? "yes" : held.length === 0 ? "no" : "partly",
    says: says.join("; "),
    time: null,
    evidence: "what is stored here",
  };
}

/** Of an entry without parts all arrives with it; of one with parts for others nothing does. */
function noParts(init: DeliveryInit, place: Place, to: Addressee, parts: readonly PartAddress[]): DeliveryStep {
  const received = entryReceived(init, place, to);
  if (parts.length === 0) return { ...received, step: "parts-received", says: "it has no parts" };
  return { step: "parts-received", state: "unknown", says: "nothing to receive is known", time: null, evidence: null };
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
    state: found.length > 0 ? "yes" : isHere ? "no" : "unknown",
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

/** The entry that addressed the part: a receipt from before a grant says nothing of what that opened. */
function sinceOf(index: number, { by }: PartAddress): number {
  return by.kind === "grant" ? by.index : index;
}

function receiptText(
  to: Addressee,
  { size, exceptions }: { readonly size: number; readonly exceptions: number },
): string {
  return `receipt of ${to.name} of size ${size}${lacking(exceptions)}`;
}

function askedText({ name, state, says, at }: AskedAuthority): string {
  switch (state) {
    case "answered":
      return `${name} answered at ${at}: ${says}`;
    case "waiting":
      return `${name} is connected and has not answered yet`;
    case "not-connected":
      return `${name} is not connected${says === null ? "" : `: ${says}`}`;
  }
}

function lacking(exceptions: number): string {
  if (exceptions === 0) return "";
  return `, but for ${exceptions === 1 ? "one part" : `${exceptions} parts`}`;
}

/** `part 0`, `parts 0, 2`. */
function partsText(parts: readonly PartAddress[]): string {
  return `${parts.length === 1 ? "part" : "parts"} ${parts.map(({ part }) => part).join(", ")}`;
}

function isAre(parts: readonly PartAddress[]): string {
  return parts.length === 1 ? "is" : "are";
}

function entryOf({ name, epoch }: NamedLog, index: number): string {
  return formatEntryName({ name, epoch, index });
}

function timeOf(reading: LeafReading): string | null {
  if (reading.status === "known") return isoTime(reading.leaf.time);
  return reading.status === "unknown" ? isoTime(reading.time) : null;
}

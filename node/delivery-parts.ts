import type { PartAddress } from "./addressing.ts";
import { isoTime } from "./clock.ts";
import { missingPart } from "./completeness.ts";
import type { Addressee, DeliveryInit, Place } from "./delivery-question.ts";
import { AUTO_FETCH_MAX } from "./limits.ts";
import { type ReceiptCover, receiptCover } from "./receipt-cover.ts";
import type { AskedAuthority, DeliveryStep, MissingPart, PartState } from "./service.ts";

/** What another says that it holds. */
export function partsConfirmed(
  { core }: DeliveryInit,
  { log, index }: Place,
  to: Addressee,
  mine: readonly PartAddress[],
): DeliveryStep {
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
    ...(byHand.length === 0
      ? []
      : [`unless set otherwise there, ${partsText(byHand)} must be fetched, being too large to come by itself`]),
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
export async function partsHere(
  { core, entries, reader }: DeliveryInit,
  { log, index }: Place,
  mine: readonly PartAddress[],
): Promise<DeliveryStep> {
  const states = new Map<PartAddress, PartState>();
  for (const part of mine) states.set(part, await reader.state(log, index, part.part, part.size));
  const held = mine.filter((part) => states.get(part) === "held");
  const erased = mine.filter((part) => states.get(part) === "erased");
  const open = mine.filter((part) => states.get(part) !== "held" && states.get(part) !== "erased");
  const missing: MissingPart[] = [];
  for (const { part, size } of open) missing.push(await missingPart(core, entries, reader, log, index, part, size));
  const says = [
    ...(held.length === 0 ? [] : [`${partsText(held)} ${isAre(held)} here`]),
    ...(erased.length === 0 ? [] : [`${partsText(erased)} ${isAre(erased)} erased by ${log.name}`]),
    ...alike(missing).map(([numbers, text]) => `${numbers} ${text}`),
  ];
  return {
    step: "parts-received",
    state: open.length === 0 ? "yes" : held.length + erased.length === 0 ? "no" : "partly",
    says: says.join("; "),
    time: null,
    evidence: "what is stored here",
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

/** Parts of which the same is to be said, together. */
function alike(missing: readonly MissingPart[]): readonly (readonly [string, string])[] {
  const texts = new Map<string, number[]>();
  for (const part of missing) {
    const one = missingText(part);
    texts.set(one, [...(texts.get(one) ?? []), part.part]);
  }
  return [...texts].map(([text, parts]) =>
    parts.length === 1 ? [`part ${parts[0]}`, text] : [`parts ${parts.join(", ")}`, text.replace(/^is/, "are")],
  );
}

function missingText({ here, size, waits, asked }: MissingPart): string {
  const isHow = here === 0 ? "is missing" : `is missing but for ${here} of ${size} bytes`;
  const why = { size: "too large to come unasked", quota: "over the quota of its log" } as const;
  const told = [...(waits === null ? [] : [why[waits]]), ...asked.map(askedText)];
  return told.length === 0 ? isHow : `${isHow} (${told.join("; ")})`;
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
export function partsText(parts: readonly PartAddress[]): string {
  return `${parts.length === 1 ? "part" : "parts"} ${parts.map(({ part }) => part).join(", ")}`;
}

export function isAre(parts: readonly PartAddress[]): string {
  return parts.length === 1 ? "is" : "are";
}

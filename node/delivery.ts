import { readLeaf } from "../protocol/leaf/leaf.ts";
import type { Core } from "./core.ts";
import type { Addressee, DeliveryInit } from "./delivery-question.ts";
import { deliverySections } from "./delivery-sections.ts";
import { deliverySteps } from "./delivery-steps.ts";
import type { Entries, NamedLog } from "./entries.ts";
import { connectionOf } from "./peer-status.ts";
import { type Delivery, type DeliveryStep, type EntryText, ServiceError } from "./service.ts";

/** What happened to an entry on its way to an authority: to ourselves from what is stored, to others from what they said. */
export async function explain(init: DeliveryInit, entry: EntryText, authority: string): Promise<Delivery> {
  const { core, entries } = init;
  const to = addresseeOf(core, entries, authority);
  const place = entries.place(entry);
  const { log, index } = place;
  if (to.id === log.id)
    throw new ServiceError(
      "INVALID",
      `${entry} is an entry of ${to.name} itself`,
      `entente explain ${entry} AUTHORITY, with an authority that it is for`,
    );
  // Of an entry that is not here only its reader can say why.
  if (to.id !== core.ownId || log.mirror === undefined) entries.locate(entry);
  const leaf = await log.store.readLeaf(index);
  const reading = leaf === undefined ? undefined : readLeaf(leaf);
  const steps = await deliverySteps(init, place, to, reading);
  const stopsAt = stopOf(steps);
  const sections = reading === undefined ? [] : await deliverySections(init, place, to, reading);
  return { entry, authority: to.name, stopsAt, steps, sections, next: nextCommand(init, entry, to, stopsAt) };
}

/** This authority, or one that is or was trusted. */
function addresseeOf(core: Core, entries: Entries, authority: string): Addressee {
  if (authority === core.ownName || (authority.length >= 8 && core.ownId.startsWith(authority)))
    return { id: core.ownId, name: core.ownName };
  const former = core.trust.former().find(({ name, id }) => name === authority || id === authority);
  const isTrusted = core.trust.byName(authority) !== undefined;
  const { id, name } = former !== undefined && !isTrusted ? former : entries.peer(authority);
  return { id, name };
}

/** The step at which an entry stands on its way: the first that did not happen, unless a later one did. */
function stopOf(steps: readonly DeliveryStep[]): Delivery["stopsAt"] {
  const stateOf = (step: DeliveryStep["step"]): DeliveryStep["state"] =>
    steps.find((one) => one.step === step)?.state ?? "unknown";
  if (stateOf("parts-received") === "yes") return null;
  if (stateOf("appended") !== "yes") return "appended";
  if (stateOf("addressed") === "no" || stateOf("addressed") === "unknown") return "addressed";
  // What is known not to have come explains more than a line that is down now.
  if (stateOf("parts-received") !== "unknown") return "parts-received";
  if (stateOf("follows") === "no") return "follows";
  if (stateOf("connected") === "no") return "connected";
  return stateOf("entry-received") === "yes" ? "parts-received" : "entry-received";
}

/** What is asked for by hand is asked of the owner. */
function isFetchable(core: Core, log: NamedLog): boolean {
  const peer = core.trust.get(log.id);
  return peer === undefined || connectionOf(core, peer).state === "connected";
}

function nextCommand(
  { core, entries }: DeliveryInit,
  entry: EntryText,
  to: Addressee,
  stopsAt: Delivery["stopsAt"],
): string | null {
  const { log } = entries.place(entry);
  const isOurs = log.mirror === undefined;
  const isToUs = to.id === core.ownId;
  switch (stopsAt) {
    case null:
      return `entente thread ${entry}`;
    case "appended":
      return isToUs ? `entente complete ${log.name}` : null;
    case "addressed":
      return isOurs ? `entente grant ${to.name} --like NAME` : null;
    case "follows":
      // Whoever adds us, or is added by us, follows.
      if (isToUs) return "entente charter export";
      if (core.trust.get(to.id) !== undefined) return isOurs ? "entente status" : null;
      return isOurs ? "entente peer add FILE" : null;
    case "connected":
    case "entry-received":
      return `entente peer show ${isToUs ? log.name : to.name}`;
    case "parts-received":
      if (!isToUs) return `entente peer show ${to.name}`;
      return isFetchable(core, log) ? `entente fetch ${entry}` : `entente doctor --peer ${log.name}`;
  }
}

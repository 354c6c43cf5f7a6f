import type { LeafReading } from "../protocol/leaf/leaf.ts";
import { sectionOf } from "../protocol/policy/section.ts";
import { Addressing } from "./addressing.ts";
import type { Addressee, DeliveryInit, Place } from "./delivery-question.ts";
import { readDisclosedBy } from "./policy/disclosed-by.ts";
import type { DeliverySection } from "./service.ts";

/** What an authority may read of a record, part by part, and by what its readers were chosen. */
export async function deliverySections(
  { core, entries, reader }: DeliveryInit,
  { log, index }: Place,
  to: Addressee,
  reading: LeafReading,
): Promise<readonly DeliverySection[]> {
  if (reading.status !== "known" || reading.leaf.kind !== "record") return [];
  const { details } = await reader.show(entries.entryText(log, index));
  const isOurs = log.mirror === undefined;
  const chosen = isOurs ? await readDisclosedBy(core.init.disk, log.store.number, index) : [];
  const addressed = await new Addressing(core, log, to.id).parts(index, reading);
  return addressed.map(({ part, by }): DeliverySection => {
    const { kind = "unknown", grounds = [] } = details.find((one) => one.part === part) ?? {};
    return {
      part,
      kind,
      section: part === 0 ? "product" : (sectionOf(kind) ?? null),
      reads: by.kind === "unknown" ? "unknown" : by.kind === "nothing" ? "no" : "yes",
      by: chosen[part] ?? null,
      grant: by.kind === "grant" ? entries.entryText(log, by.index) : null,
      grounds,
    };
  });
}

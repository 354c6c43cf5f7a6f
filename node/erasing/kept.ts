import type { Erasures } from "./erasures.ts";
import type { LegalHold, LegalHolds } from "./legal-holds.ts";

/** What of an erasure stays for a legal hold, by its place in the leaf. */
export async function keptItems(
  erasures: Erasures,
  index: number,
  holds: LegalHolds,
): Promise<readonly { readonly item: number; readonly hold: LegalHold }[]> {
  const kept: { item: number; hold: LegalHold }[] = [];
  for (const { parts, items } of await erasures.itemsOf(index))
    for (const one of items) {
      const hold = await holds.of(parts.log, one.index);
      if (hold !== undefined && (await parts.isHidden(one))) kept.push({ item: one.item, hold });
    }
  return kept;
}

/** What was kept for a hold that has ended is to be deleted. */
export async function releaseKept(erasures: Erasures, holds: LegalHolds): Promise<void> {
  for await (const { index, state } of erasures.stored())
    if (state === "kept" && (await isReleased(erasures, index, holds)))
      await erasures.update(index, { state: "hidden" });
}

/** Whether something of an erasure is here that no hold keeps. */
export async function isReleased(erasures: Erasures, index: number, holds: LegalHolds): Promise<boolean> {
  for (const { parts, items } of await erasures.itemsOf(index))
    for (const item of items)
      if ((await holds.of(parts.log, item.index)) === undefined && (await parts.isHidden(item))) return true;
  return false;
}

import type { HeldReceipt } from "./witness.ts";

/** What a reader's newest receipt says of one part: `unclear` where it lacks some parts and did not tell us which. */
export type ReceiptCover = "held" | "lacking" | "unconfirmed" | "unclear";

/** `since`: the entry that addressed the part to the reader, which is its own, or that of a grant. */
export function receiptCover(
  receipt: HeldReceipt | undefined,
  { index, part, since }: { readonly index: number; readonly part: number; readonly since: number },
): ReceiptCover {
  if (receipt === undefined || receipt.size <= Math.max(index, since)) return "unconfirmed";
  if (receipt.exceptions === 0) return "held";
  const { arrival } = receipt;
  if (arrival?.isDirect !== true) return "unclear";
  if (arrival.lacks.some((one) => one.index === index && one.part === part)) return "lacking";
  // A long list is cut: it names the first in order, so what lies before the last of them is here.
  const last = arrival.lacks.at(-1);
  const isPast = last !== undefined && (index < last.index || (index === last.index && part < last.part));
  return isPast || arrival.lacks.length >= receipt.exceptions ? "held" : "unclear";
}

import type { ErasureAnswer, ErasureStatus } from "../../node/erasure-types.ts";
import { fields, formatTime, indent } from "../text.ts";

/** Parts that are named one by one; of more their number. */
const PARTS_SHOWN = 6;

export function erasureLines(erasure: ErasureStatus): string[] {
  const { entry, ground, time, parts, answers } = erasure;
  return [
    `${entry}: ${ground}, ${formatTime(time)}`,
    ...indent([
      ...fields([
        ["parts", partsText(parts)],
        ["here", stateText(erasure)],
      ]),
      ...answers.map(answerText),
    ]),
  ];
}

function partsText(parts: ErasureStatus["parts"]): string {
  const named = parts.slice(0, PARTS_SHOWN).map(({ entry, part }) => `${entry} part ${part}`);
  return [...named, ...(parts.length > PARTS_SHOWN ? [`and ${parts.length - PARTS_SHOWN} more`] : [])].join(", ");
}

function stateText({ state, approved, deletedFrom }: ErasureStatus): string {
  switch (state) {
    case "hidden":
      return approved ? "hidden, being deleted" : `hidden, deleted from ${formatTime(deletedFrom)}`;
    case "kept":
      return "hidden, and kept in part for a legal hold: entente hold list";
    case "deleted":
      return "deleted";
    case "undone":
      return "without effect: its owner disavowed it";
  }
}

function answerText({ authority, state, entry, time, reason, kept }: ErasureAnswer): string {
  switch (state) {
    case "deleted":
      return `✓ ${authority} deleted it (${entry}, ${formatTime(time ?? "")})`;
    case "refused":
      return `✗ ${authority} keeps ${kept.length === 1 ? "one part" : `${kept.length} parts`} (${entry}): ${reason ?? "no reason"}`;
    case "unread":
      return `? ${authority} answered what cannot be read here: entente show ${entry}`;
    case "silent":
      return `… ${authority} has not answered`;
  }
}

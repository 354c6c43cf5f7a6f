import type { CborValue } from "../cbor.ts";
import { readId, wireShape } from "./fields.ts";
import type { LogName } from "./fields.ts";

/** A checkpoint note, and the log that it is said to be of. */
export type LogNote = LogName & { readonly note: string };

/** `[[id, epoch, note]…]`, at most `max`. */
export function readLogNotes(value: CborValue | undefined, what: string, max: number): readonly LogNote[] {
  return wireShape.array(value, what, 0, max).map((item) => {
    const [id, epoch, note] = wireShape.array(item, "a note of a log", 3, 3);
    return {
      id: readId(id),
      epoch: wireShape.integer(epoch, "the epoch of a note"),
      note: wireShape.text(note, "a note"),
    };
  });
}

export function formatLogNotes(notes: readonly LogNote[]): CborValue {
  return notes.map(({ id, epoch, note }) => [id, epoch, note]);
}

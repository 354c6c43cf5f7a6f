import { recordMalformed } from "./malformed.ts";

/** A position that a body names must be one of the record's `refs`. */
export function assertReferences(count: number, positions: Readonly<Record<string, number | undefined>>): void {
  for (const [path, position] of Object.entries(positions)) {
    if (position !== undefined && position >= count) recordMalformed(path, `there is no reference ${position} in refs`);
  }
}

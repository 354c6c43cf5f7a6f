import type { Made } from "./authority.ts";
import type { ChainVector } from "./charter.ts";

/** Collects the charters that chains are made of, so that each note stands once in a vector file, by a name. */
export class ChainNotes {
  readonly notes: Record<string, string> = {};

  /** `[epoch, index, name]` of a charter at the place that is said, else at its epoch's first. */
  place(name: string, made: Made, index: number = 0, epoch: number = made.spec.epoch): ChainVector[number] {
    if ((this.notes[name] ?? made.note) !== made.note) throw new Error(`two charters called ${name}`);
    this.notes[name] = made.note;
    return [epoch, index, name];
  }
}

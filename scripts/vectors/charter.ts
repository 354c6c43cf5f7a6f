import { ChainNotes } from "./chain-notes.ts";
import { charterChains } from "./charter-chains.ts";
import { charterLimits } from "./charter-limits.ts";
import type { Series } from "./charter-limits.ts";
import { charterTexts } from "./charter-texts.ts";
import { prevailingChains } from "./prevailing-chains.ts";
import type { Vectors } from "./tools.ts";

/** Of a chain in a vector: place and the name of a note in `notes`. */
export type ChainVector = readonly (readonly [epoch: number, index: number, note: string])[];

type CharterVectors = Vectors & {
  readonly notes: Readonly<Record<string, string>>;
  readonly series: Readonly<Record<string, Series>>;
};

export function charterVectors(): CharterVectors {
  const texts = charterTexts();
  const chains = charterChains();
  const limitNotes = new ChainNotes();
  const limits = charterLimits(limitNotes);
  const prevailing = prevailingChains();
  return {
    format: "charter",
    source:
      "ours. Kinds: text, the text of a charter note and what stands in it; chain, charters [epoch, index, name of a note in " +
      "`notes`] in order of serial, with `inForce` [epoch, size, serial of the charter whose log key is in force or null] and " +
      "`disavowed` [epoch, index, whether]; prevailing, two chains of one id. A refused chain names the serial and the rule " +
      "of charter.md, Validity (or `place`, `limit`), that its charter breaks first. A chain with `series` [name, n] are the first n notes that `series` gives " +
      "by a rule, at the indexes 0 to n − 1 of epoch 0: the text of note i is `text` with i for {serial} and for {previous} the SHA-256 of " +
      "the text before it (none where i is 0), its signature lines are `lines[i]`. Codes of texts: VKEY_MALFORMED if a vkey is no vkey, " +
      "else CHARTER_MALFORMED.",
    notes: { ...chains.notes, ...prevailing.notes, ...limitNotes.notes },
    series: limits.series,
    valid: [...texts.valid, ...chains.valid, ...limits.valid, ...prevailing.valid],
    invalid: [...texts.invalid, ...chains.invalid, ...limits.invalid],
  };
}

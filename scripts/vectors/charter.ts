import { charterChains } from "./charter-chains.ts";
import { charterTexts } from "./charter-texts.ts";
import { prevailingChains } from "./prevailing-chains.ts";
import type { Vectors } from "./tools.ts";

/** Of a chain in a vector: place and the name of a note in `notes`. */
export type ChainVector = readonly (readonly [epoch: number, index: number, note: string])[];

export function charterVectors(): Vectors & { readonly notes: Readonly<Record<string, string>> } {
  const texts = charterTexts();
  const chains = charterChains();
  const prevailing = prevailingChains();
  return {
    format: "charter",
    source:
      "ours. Kinds: text, the text of a charter note and what stands in it; chain, charters [epoch, index, name of a note in " +
      "`notes`] in order of serial, with `inForce` [epoch, size, serial of the charter whose log key is in force or null] and " +
      "`disavowed` [epoch, index, whether]; prevailing, two chains of one id. A refused chain names the serial and the rule " +
      "of charter.md, Validity (or `place`), that its charter breaks first. Codes of texts: VKEY_MALFORMED if a vkey is no vkey, " +
      "else CHARTER_MALFORMED.",
    notes: { ...chains.notes, ...prevailing.notes },
    valid: [...texts.valid, ...chains.valid, ...prevailing.valid],
    invalid: [...texts.invalid, ...chains.invalid],
  };
}

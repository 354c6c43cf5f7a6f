import { widerLanguages } from "../language.ts";
import { HEADINGS_DE } from "./headings-de.ts";
import { HEADINGS_EN, type Headings } from "./headings-en.ts";
import { HEADINGS_FR } from "./headings-fr.ts";
import { HEADINGS_NL } from "./headings-nl.ts";
import { HEADINGS_ZH } from "./headings-zh.ts";

/** A language is one line here and one file of headings. */
const HEADINGS: ReadonlyMap<string, Headings> = new Map([
  ["en", HEADINGS_EN],
  ["de", HEADINGS_DE],
  ["fr", HEADINGS_FR],
  ["nl", HEADINGS_NL],
  ["zh", HEADINGS_ZH],
]);

/**
 * What a person reads before the value of `key` in the map under the key `around` (in a body: the type of record), in
 * `language` (BCP 47) or a wider one, else in English; `undefined` for a key that no known type has.
 */
export function heading(around: string, key: string, language: string): string | undefined {
  const tag = widerLanguages(language).find((one) => HEADINGS.has(one)) ?? "en";
  const headings: Readonly<Record<string, string>> = HEADINGS.get(tag) ?? HEADINGS_EN;
  const found = [`${around}.${key}`, key].find((one) => Object.hasOwn(headings, one));
  return found === undefined ? undefined : headings[found];
}

import type { Sha256 } from "../../protocol/crypto.ts";
import { type ExactKey, exactKey } from "../../protocol/record/exact-key.ts";
import { findGtin } from "../../protocol/record/gtin.ts";
import { SEARCH_QUERY_MAX, SEARCH_WORDS_MAX } from "../limits.ts";
import { ServiceError } from "../service.ts";
import { type Mark, markOf } from "./entry-words.ts";
import { type Phrase, phraseOf } from "./tokens.ts";

/** What must be in an entry: each of these, in at least one of its forms. */
export type Question = readonly (readonly Phrase[])[];

/**
 * What a person typed: words that must all be there; "several next to each other" in quotation marks; a star behind a word
 * for what begins so. Nothing else has a meaning. Throws `ServiceError` (`INVALID`).
 */
export function parseQuestion(text: string): Question {
  if (text.length > SEARCH_QUERY_MAX)
    throw new ServiceError("INVALID", `a search has at most ${SEARCH_QUERY_MAX} characters`, "entente help search");
  const question = [...text.matchAll(WORDS)].flatMap(([word, quoted]) =>
    quoted === undefined ? wordForms(word) : quotedForms(quoted),
  );
  if (question.length > SEARCH_WORDS_MAX)
    throw new ServiceError("INVALID", `a search has at most ${SEARCH_WORDS_MAX} words`, "entente help search");
  if (text.trim() !== "" && question.length === 0)
    throw new ServiceError("INVALID", "there is no letter and no digit in what is searched for", "entente help search");
  return question;
}

/** What an entry must have exactly. */
export function markPhrase(mark: Mark, sha256: Sha256): readonly Phrase[] {
  return [{ tokens: [markOf(mark, sha256)], isPrefix: false }];
}

/** As FTS5 reads it: every token stands in quotation marks, and none has one in it. */
export function formatQuestion(question: Question): string {
  return question.map((forms) => `(${forms.map(formatPhrase).join(" OR ")})`).join(" AND ");
}

function formatPhrase({ tokens, isPrefix }: Phrase): string {
  return `"${tokens.join(" ")}"${isPrefix ? " *" : ""}`;
}

/** A quotation mark that is never closed reaches to the end. */
const WORDS = /"([^"]*)"?|[^\s"]+/gu;

function quotedForms(text: string): Question {
  const phrase = phraseOf(text, false);
  return phrase === undefined ? [] : [[phrase]];
}

/** A word as it stands, and where it is a number or a name with points in it, also without them. */
function wordForms(word: string): Question {
  const isPrefix = word.endsWith("*");
  const phrase = phraseOf(word, isPrefix);
  if (phrase === undefined) return [];
  const [first = ""] = phrase.tokens;
  if (isPrefix && phrase.isPrefix && phrase.tokens.length === 1 && first.length < PREFIX_MIN && !isPaired(first))
    throw new ServiceError(
      "INVALID",
      `"${word}": a beginning has at least ${PREFIX_MIN} letters`,
      "entente help search",
    );
  return [[phrase, ...shortForms(word, phrase)]];
}

/** Shorter ones are the beginning of nearly everything. */
const PREFIX_MIN = 2;

/** Whether a character alone begins a pair. */
function isPaired(character: string): boolean {
  return phraseOf(character, false)?.isPrefix === true;
}

function shortForms(word: string, phrase: Phrase): readonly Phrase[] {
  const bare = word.replace(/\*$/, "");
  const gtin = phrase.isPrefix ? undefined : findGtin(bare);
  const compact = exactKey("model", bare)?.value ?? "";
  const forms = [
    phraseOf(compact, word.endsWith("*")),
    ...(gtin?.isValid === true ? [phraseOf(gtin.gtin14, false)] : []),
  ];
  return forms.filter((form) => form !== undefined).filter((form) => formatPhrase(form) !== formatPhrase(phrase));
}

/** `gtin=5 709386 484552`; throws `ServiceError` (`INVALID`). */
export function parseKey(text: string, kinds: readonly ExactKey["kind"][]): ExactKey {
  const at = text.indexOf("=");
  const kind = kinds.find((one) => one === text.slice(0, Math.max(0, at)));
  if (kind === undefined)
    throw new ServiceError("INVALID", `"${text}" is not KIND=VALUE with one of the kinds ${kinds.join(", ")}`);
  const key = exactKey(kind, text.slice(at + 1));
  if (key === undefined) throw new ServiceError("INVALID", `"${text}" has no value`);
  return key;
}

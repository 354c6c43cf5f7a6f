/**
 * Text as the search index takes it: tokens of lower-case letters and digits. Entries and questions go through the same
 * functions, so that whatever is folded away on one side is on the other.
 *
 *     "Größe 12,5 cm (Łódź)"  ->  grosse 12 5 cm lodz
 *     "玩具熊"                 ->  玩具 具熊 熊
 *
 * Scripts that are written without spaces are cut into overlapping pairs of characters. The last character of a run also
 * stands by itself: then every character begins some token, and is found by it.
 */

/** A run of letters and digits of one kind: of a script without spaces, or of any other. */
type Run = { readonly text: string; readonly isPaired: boolean };

/** Tokens of an entry's text, in order. */
export function tokensOf(text: string): readonly string[] {
  return runsOf(text).flatMap(({ text: run, isPaired }) => (isPaired ? [...pairs(run), lastOf(run)] : [run]));
}

/** What a question asks for: tokens next to each other, of which the last may be only the beginning of one. */
export type Phrase = { readonly tokens: readonly string[]; readonly isPrefix: boolean };

/** The phrase that finds `text` wherever it stands, also within a longer run; `undefined` where nothing in it is a token. */
export function phraseOf(text: string, isPrefix: boolean): Phrase | undefined {
  const runs = runsOf(text);
  const last = runs.at(-1);
  if (last === undefined) return undefined;
  const tokens = tokensOf(text);
  if (!last.isPaired) return { tokens, isPrefix };
  // What follows the last character in the entry is not known: alone it begins a pair, else the pair before it says all.
  return [...last.text].length === 1 ? { tokens, isPrefix: true } : { tokens: tokens.slice(0, -1), isPrefix: false };
}

/** Without letter case, width, and the marks on letters; letters that are a Latin one with a stroke or two in one, as those. */
function fold(text: string): string {
  const bare = text.toLowerCase().normalize("NFKD").toLowerCase().replaceAll(MARKS, "").normalize("NFC");
  return bare.replaceAll(LETTERS, (letter) => FOLDED[letter] ?? letter);
}

function runsOf(text: string): readonly Run[] {
  const found = fold(text).matchAll(RUNS);
  return [...found].map(([run, paired]) => ({ text: run, isPaired: paired !== undefined }));
}

function pairs(run: string): readonly string[] {
  const characters = [...run];
  return characters.slice(1).map((character, at) => `${characters[at]}${character}`);
}

function lastOf(run: string): string {
  return [...run].at(-1) ?? "";
}

/**
 * Marks that make no other letter of a letter. Those of Indic scripts and Thai are vowels, and the Japanese ones make か of
 * が: they stay.
 */
const MARKS =
  /[[\p{M}&&[\p{Script=Inherited}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Hebrew}\p{Script=Arabic}]]--[\u3099\u309A]]/gv;

const FOLDED: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  đ: "d",
  ð: "d",
  þ: "th",
  ł: "l",
  ħ: "h",
  ı: "i",
  ŋ: "n",
  ŧ: "t",
  ĸ: "k",
  ɛ: "e",
  ə: "e",
  ς: "σ",
};
const LETTERS = new RegExp(`[${Object.keys(FOLDED).join("")}]`, "gu");

/** Scripts whose words no space parts; Korean has spaces, but its particles grow together with the words. */
const PAIRED =
  "[\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{scx=Hangul}\\p{scx=Thai}\\p{scx=Lao}\\p{scx=Khmer}\\p{scx=Myanmar}]";
const RUNS = new RegExp(`((?:[${PAIRED}&&[\\p{L}\\p{N}\\p{M}]])+)|(?:[[\\p{L}\\p{N}\\p{M}]--${PAIRED}])+`, "gv");

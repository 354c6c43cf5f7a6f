/**
 * A language as people write it (`zh-hans-cn`, `de_AT`), as it is written in records: BCP 47 in its usual case. `undefined`
 * where it is none.
 */
export function parseLanguage(text: string): string | undefined {
  const found = /^([a-z]{2,3})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}|[0-9]{3}))?$/i.exec(text);
  if (found === null) return undefined;
  const [, language = "", script, region] = found;
  return [language.toLowerCase(), capitalised(script), region?.toUpperCase()]
    .filter((subtag) => subtag !== undefined)
    .join("-");
}

/** `zh-Hans-CN`, `zh-Hans`, `zh`: from the language asked for to what its reader understands as well. */
export function widerLanguages(language: string): readonly string[] {
  const subtags = language.split("-");
  return subtags.map((_, index) => subtags.slice(0, subtags.length - index).join("-"));
}

/**
 * Of the languages that there are, what is read by who reads `wanted`, first wish first: the very one, else a wider one
 * (`de` for `de-AT`), else another of the same (`zh-Hans` for `zh`); else English, else the first that there is.
 */
export function chooseLanguage(there: readonly string[], wanted: readonly string[]): string | undefined {
  const tags = [...wanted, "en"].flatMap(widerLanguages);
  for (const tag of tags) {
    const found = there.find((one) => one === tag) ?? there.find((one) => one.startsWith(`${tag}-`));
    if (found !== undefined) return found;
  }
  return there[0];
}

function capitalised(script: string | undefined): string | undefined {
  return script === undefined ? undefined : `${script.charAt(0).toUpperCase()}${script.slice(1).toLowerCase()}`;
}

/** `EN71-3` and `en 71-3` are one: spaces do not count, nor the case of ASCII letters (of others it depends on Unicode's version). */
export function foldText(text: string | undefined): string {
  return (text ?? "").replaceAll(/[ \t\u00A0\u202F]/g, "").replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

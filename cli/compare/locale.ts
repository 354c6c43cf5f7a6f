/** Whether the terminal shows more than ASCII, by the first of `LC_ALL`, `LC_CTYPE` and `LANG` that is set (POSIX). */
export function isUnicodeLocale(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = [env["LC_ALL"], env["LC_CTYPE"], env["LANG"]].find((value) => value !== undefined && value !== "");
  return locale !== undefined && /utf-?8/i.test(locale);
}

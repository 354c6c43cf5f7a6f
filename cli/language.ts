import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseLanguage } from "../protocol/record/language.ts";
import { CliError } from "./cli-error.ts";
import type { OptionSpecs } from "./command.ts";
import type { Context } from "./context.ts";

/** Of every command that shows what records say. */
export const LANGUAGE_OPTION = {
  lang: {
    type: "string",
    value: "LANGUAGE",
    help: "show codes, headings and texts in it: nl, zh-Hans; else the setting language, else that of the system",
  },
} as const satisfies OptionSpecs;

/**
 * In which language records are shown: as given with `--lang`, else the setting of `config.json`, else what `LC_ALL`,
 * `LC_MESSAGES` or `LANG` say, else English. Throws `USAGE`.
 */
export async function shownLanguage({ world, dataDir }: Pick<Context, "world" | "dataDir">, given: string | undefined) {
  if (given === undefined) return (await settingIn(dataDir)) ?? systemLanguage(world.env) ?? "en";
  const language = parseLanguage(given);
  if (language === undefined)
    throw new CliError(
      "USAGE",
      `--lang: "${given}" is no language`,
      "languages are written as in nl, de-AT or zh-Hans",
    );
  return language;
}

/** What is wrong with the file is for `config check` to say: it keeps nobody from reading a record. */
async function settingIn(dataDir: string): Promise<string | undefined> {
  try {
    const config: unknown = JSON.parse(await readFile(join(dataDir, "config.json"), "utf8"));
    const language =
      typeof config === "object" && config !== null && "language" in config ? config.language : undefined;
    return typeof language === "string" ? parseLanguage(language) : undefined;
  } catch {
    return undefined;
  }
}

/** `nl_BE.UTF-8@euro` as `nl-BE`; `C` and `POSIX` are no languages. The first of the three that is set decides (POSIX). */
function systemLanguage(env: Context["world"]["env"]): string | undefined {
  const locale = [env["LC_ALL"], env["LC_MESSAGES"], env["LANG"]].find((value) => value !== undefined && value !== "");
  return locale === undefined ? undefined : parseLanguage(locale.replace(/[.@].*$/, ""));
}

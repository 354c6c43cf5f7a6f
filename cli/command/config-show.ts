import { defineCommand } from "../command.ts";
import { loadSettings, validSettings } from "../load-settings.ts";
import { givenSettings, SETTING_OPTIONS } from "../setting-options.ts";
import { table } from "../text.ts";

/** Where a setting comes from, for people. */
const ORIGINS = { option: "command line", file: "config.json", default: "default" } as const;

export const configShow = defineCommand({
  name: "config show",
  usage: "",
  arguments: [0, 0],
  summary: "show the settings that a start would have, and where each comes from",
  description: [
    "The options are those of entente start: with the same ones it shows what that start would do. A running node has the settings that it was started with.",
  ],
  options: SETTING_OPTIONS,
  examples: ["entente config show", "entente config show --log-level debug"],
  async run({ dataDir, passphraseFile, print }, _args, options) {
    const { settings } = validSettings(await loadSettings(dataDir, givenSettings(options, passphraseFile)));
    print.list("entente/setting/1", settings, () =>
      table(
        ["setting", "value", "from"],
        settings.map(({ key, value, from }) => [key, valueText(value), ORIGINS[from]]),
      ),
    );
  },
});

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.join(", ") || "–";
  if (value === null) return "–";
  return typeof value === "string" ? value : JSON.stringify(value);
}

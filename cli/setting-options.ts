import { resolve } from "node:path";
import type { StartOptions } from "../node/node.ts";
import type { OptionSpecs, OptionValues } from "./command.ts";

/** Options that win over the setting of `config.json` whose key they are in kebab-case: a line each. */
export const SETTING_OPTIONS = {
  listen: { type: "string", multiple: true, value: "ADDRESS", help: "where to listen, instead of config.json" },
  announce: { type: "string", multiple: true, value: "ADDRESS", help: "what peers are told, instead of config.json" },
  "log-level": {
    type: "string",
    value: "error|warn|info|debug",
    help: "the least that is logged, instead of config.json",
  },
  metrics: { type: "string", value: "ADDRESS", help: "where a Prometheus of this machine reads /metrics" },
} as const satisfies OptionSpecs;

/** What was given, by the keys of the settings. `passphraseFile` is an option of every command. */
export function givenSettings(
  options: OptionValues<typeof SETTING_OPTIONS>,
  passphraseFile: string | undefined,
): NonNullable<StartOptions["settings"]> {
  const given = Object.entries(options)
    .filter(([name, value]) => name in SETTING_OPTIONS && value !== undefined && value.length > 0)
    .map(([name, value]) => [keyOf(name), value] as const);
  return {
    ...Object.fromEntries(given),
    ...(passphraseFile === undefined ? {} : { passphraseFile: resolve(passphraseFile) }),
  };
}

/** `log-level` as `logLevel`. */
function keyOf(option: string): string {
  return option.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

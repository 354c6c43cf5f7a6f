import { CliError } from "./cli-error.ts";

/** What may stand for an authority: its name, or hex digits of its id. The node says whether there is one. */
const NAME = /^[a-z0-9][a-z0-9.-]*$/;

/** Names of authorities, joined by commas, in one or several options: `anses.fr,baua.de`. Throws `USAGE`. */
export function parseNames(texts: readonly string[], option: string): readonly string[] {
  const names = texts.flatMap((text) => text.split(","));
  const wrong = names.find((name) => !NAME.test(name));
  if (wrong !== undefined)
    throw new CliError(
      "USAGE",
      `${option}: "${wrong}" is no name of an authority`,
      "names are joined by commas: anses.fr,baua.de",
    );
  return [...new Set(names)];
}

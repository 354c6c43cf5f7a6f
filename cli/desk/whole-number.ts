import { CliError } from "../cli-error.ts";

/** A number of an option. Throws `USAGE`. */
export function wholeNumber(option: string, text: string): number {
  if (!/^(0|[1-9][0-9]{0,14})$/.test(text))
    throw new CliError("USAGE", `${option}: "${text}" is no whole number`, "write it in digits");
  return Number(text);
}

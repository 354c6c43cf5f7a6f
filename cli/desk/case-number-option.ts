import type { CborMap } from "../../protocol/cbor.ts";
import { CliError } from "../cli-error.ts";

/** `icsms=2026-0417`: the number of a case in another system. Throws `USAGE`. */
export function parseCaseNumber(text: string): CborMap {
  const [system = "", ...rest] = text.split("=");
  const number = rest.join("=");
  if (system === "" || number === "")
    throw new CliError("USAGE", `--number: "${text}" is no number of a case`, "write SYSTEM=NUMBER: icsms=2026-0417");
  return { system, number };
}

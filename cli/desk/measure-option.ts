import type { CborMap } from "../../protocol/cbor.ts";
import { CliError } from "../cli-error.ts";

/** Keys of a measure in the order in which they are written, and what they are called in `docs/spec/records.md`. */
const KEYS = ["category", "obligation", "operator", "entryIntoForce", "scope"] as const;

/** `recall,voluntary,importer,2026-03-16,national`: the later ones may be left out. Throws `USAGE`. */
export function parseMeasure(text: string): CborMap {
  const values = text.split(",");
  if (values.length > KEYS.length || values[0] === "")
    throw new CliError(
      "USAGE",
      `--measure: "${text}" is no measure`,
      "write CATEGORY,OBLIGATION,OPERATOR,DATE,SCOPE: recall,voluntary,importer,2026-03-16,national",
    );
  const given = KEYS.map((key, at) => [key, values[at] ?? ""] as const).filter(([, value]) => value !== "");
  return { obligation: "unknown", ...Object.fromEntries(given) };
}

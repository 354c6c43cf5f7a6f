import type { CborMap } from "../../protocol/cbor.ts";
import type { OptionSpecs } from "../command.ts";
import type { ActInput } from "./act.ts";
import { parseMeasure } from "./measure-option.ts";

/** Options of updates and corrections. */
export const AMENDMENT_OPTIONS = {
  measure: {
    type: "string",
    multiple: true,
    value: "MEASURE",
    help: "all that stand now: recall,voluntary,importer,2026-03-16,national",
  },
  "found-in": { type: "string", multiple: true, value: "COUNTRY", help: "all countries where it was found" },
} as const satisfies OptionSpecs;

/** What both say. */
export async function amendmentBody(
  type: "update" | "correction",
  { options, entry, position }: ActInput<typeof AMENDMENT_OPTIONS>,
): Promise<readonly [string, CborMap]> {
  return [
    type,
    {
      of: position(entry),
      ...(options.measure.length === 0 ? {} : { measures: options.measure.map(parseMeasure) }),
      ...(options["found-in"].length === 0 ? {} : { foundIn: options["found-in"] }),
    },
  ];
}

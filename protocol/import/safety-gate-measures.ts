import { splitMeasures } from "./safety-gate-lists.ts";

/** One measure in the portal's words; dates as in ISO 8601. */
export type SafetyGateMeasure = {
  readonly name: string;
  readonly obligation: "compulsory" | "voluntary" | "unknown";
  readonly operator?: string;
  readonly entryIntoForce?: string;
};

/**
 * The measures of one alert. The portal writes their names only, or since 2024 a block each, all of it run together:
 *
 *     Type of economic operator taking notified measure(s): RetailerCategory of measure(s): Stop of salesDate of entry into force: 09/03/2026
 *
 * What an operator "takes" is voluntary; what "to whom the measure(s) were ordered" is said of is compulsory.
 */
export function readMeasures(text: string): readonly SafetyGateMeasure[] {
  return text.split(BLOCK).flatMap(readBlock);
}

const BLOCK = /(?=Type of economic operator )/;
const OPERATOR =
  /^Type of economic operator (taking notified measure\(s\)|to whom the measure\(s\) were ordered):(.*?)(?=Category of measure\(s\):|$)/s;
const NAMES = /Category of measure\(s\):(.*?)(?=Date of entry into force:|$)/s;
const DATE = /Date of entry into force:\s*([0-9]{2})\/([0-9]{2})\/([0-9]{4})/;

function readBlock(block: string): readonly SafetyGateMeasure[] {
  const found = OPERATOR.exec(block);
  if (found === null) return splitMeasures(block).map((name) => ({ name, obligation: "unknown" }));
  const [, how, who = ""] = found;
  const operator = who.trim();
  const date = DATE.exec(block);
  return splitMeasures(NAMES.exec(block)?.[1] ?? "").map((name) => ({
    name,
    obligation: how?.startsWith("taking") === true ? "voluntary" : "compulsory",
    ...(operator === "" ? {} : { operator }),
    // A date that is not given reads "Unknown".
    ...(date === null ? {} : { entryIntoForce: `${date[3]}-${date[2]}-${date[1]}` }),
  }));
}

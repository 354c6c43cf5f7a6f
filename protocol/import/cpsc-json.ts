import { isDateText } from "../record/date-text.ts";
import type { CpscNames } from "./cpsc.ts";
import { readCpscRecall } from "./cpsc.ts";
import type { ImportResult } from "./import-result.ts";
import { splitList, uniqueTexts } from "./split-list.ts";

const NAMES: CpscNames = {
  number: "RecallNumber",
  isWarning: "RecallNumber",
  date: "RecallDate",
  url: "URL",
  names: "Products",
  types: "Products",
  models: "Products",
  upcs: "ProductUPCs",
  description: "Description",
  hazards: "Hazards",
  hazardTypes: "Hazards",
  remedies: "Remedies",
  madeIn: "ManufacturerCountries",
  jointly: "Inconjunctions",
};

/** The keys below which there are several of something. */
const LISTS = ["Products", "ProductUPCs", "Hazards", "Remedies", "ManufacturerCountries", "Inconjunctions"] as const;

/**
 * The alert in one recall as the API of the Consumer Product Safety Commission gives it:
 *
 *     {"RecallNumber": "24001", "RecallDate": "2026-02-05T00:00:00", "Products": [{"Name": "Rocking horse"}], …}
 *
 * Every key stays in `source`: a text as it is, anything else as JSON.
 */
export function readCpscJson(recall: Readonly<Record<string, unknown>>): ImportResult {
  const errors = LISTS.filter((key) => !Array.isArray(recall[key] ?? [])).map((column) => ({
    column,
    reason: "not a list",
  }));
  if (errors.length > 0) return { status: "refused", errors };
  const one = (key: string): string => textOf(recall[key]);
  const each = (key: (typeof LISTS)[number], field: string): readonly string[] => {
    const value = recall[key];
    return Array.isArray(value) ? uniqueTexts(value.map((item: unknown) => textOf(fieldOf(item, field)))) : [];
  };
  const date = one("RecallDate").slice(0, 10);
  const read = {
    number: one("RecallNumber"),
    isWarning: false,
    date: isDateText(date) ? date : undefined,
    url: one("URL"),
    names: each("Products", "Name"),
    types: each("Products", "Type"),
    models: uniqueTexts(each("Products", "Model").flatMap(splitList)),
    upcs: uniqueTexts(each("ProductUPCs", "UPC").flatMap(splitList)),
    description: one("Description"),
    hazards: each("Hazards", "Name"),
    hazardTypes: each("Hazards", "HazardType"),
    remedies: each("Remedies", "Name"),
    madeIn: each("ManufacturerCountries", "Country"),
    jointly: each("Inconjunctions", "Country"),
  };
  const originals = Object.entries(recall).map(
    ([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)] as const,
  );
  return readCpscRecall(read, NAMES, new Map(originals));
}

function fieldOf(item: unknown, field: string): unknown {
  return typeof item === "object" && item !== null
    ? Object.entries(item).find(([key]) => key === field)?.[1]
    : undefined;
}

/** Numbers are written as numbers or as texts. */
function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
}

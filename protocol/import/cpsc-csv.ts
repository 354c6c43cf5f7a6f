import type { CpscNames } from "./cpsc.ts";
import { readCpscRecall } from "./cpsc.ts";
import type { ImportResult } from "./import-result.ts";
import { isDateText } from "../record/date-text.ts";
import { splitList } from "./split-list.ts";
import type { SourceColumns } from "./source-columns.ts";

/** The columns that are read, of those of the list of recalls on the Commission's website; the others are kept. */
export const CPSC_COLUMNS = [
  "Recall Number",
  "Product Safety Warning Number",
  "Date",
  "Product Safety Warning Date",
  "Name of product",
  "Description",
  "Hazard Description",
  "Consumer Action",
  "Remedy",
  "Manufactured In",
] as const;

const RECALL: CpscNames = {
  number: "Recall Number",
  isWarning: "Recall Number",
  date: "Date",
  // No column has these.
  url: "",
  types: "",
  models: "",
  upcs: "",
  hazardTypes: "",
  jointly: "",
  names: "Name of product",
  description: "Description",
  hazards: "Hazard Description",
  remedies: "Remedy",
  madeIn: "Manufactured In",
};

const WARNING: CpscNames = {
  ...RECALL,
  number: "Product Safety Warning Number",
  date: "Product Safety Warning Date",
  remedies: "Consumer Action",
};

/** The alert in one row of the list. A row with no recall number, but that of a warning, is a warning. */
export function readCpscRow(row: SourceColumns): ImportResult {
  const text = (column: string): string => row.get(column)?.trim() ?? "";
  const each = (column: string): readonly string[] => (text(column) === "" ? [] : [text(column)]);
  const isWarning = text(RECALL.number) === "" && text(WARNING.number) !== "";
  const names = isWarning ? WARNING : RECALL;
  const recall = {
    number: text(names.number),
    isWarning,
    date: readDate(text(names.date)),
    url: "",
    names: each(names.names),
    types: [],
    models: [],
    upcs: [],
    description: text(names.description),
    hazards: each(names.hazards),
    hazardTypes: [],
    remedies: each(names.remedies),
    madeIn: splitList(text(names.madeIn)),
    jointly: [],
  };
  return readCpscRecall(recall, names, row);
}

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** `February 05, 2026`, with or without the comma. */
function readDate(text: string): string | undefined {
  const [, name, day, year] = /^([A-Z][a-z]+) ([0-9]{1,2}),? ([0-9]{4})$/.exec(text) ?? [];
  const month = MONTHS.indexOf(name ?? "") + 1;
  if (month === 0 || day === undefined) return undefined;
  const date = `${year}-${String(month).padStart(2, "0")}-${day.padStart(2, "0")}`;
  return isDateText(date) ? date : undefined;
}

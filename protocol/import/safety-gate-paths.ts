import type { SafetyGateColumn } from "./safety-gate-columns.ts";

/** Which column became which field of an alert; the other columns stay in `source.columns` alone. */
const COLUMN_OF_FIELD: readonly (readonly [string, SafetyGateColumn])[] = [
  ["body.notification", "Type of alert"],
  ["body.cases", "Alert number"],
  ["body.notifyingCountry", "Alert submitted by"],
  ["body.published.year", "Year"],
  ["body.published.week", "Week"],
  ["body.product.user", "Product user"],
  ["body.product.category", "Category"],
  ["body.product.portalCategory", "OECD Portal Category"],
  ["body.product.kind", "Product"],
  ["body.product.brands", "Brand"],
  ["body.product.name", "Name"],
  ["body.product.models", "Type / number of model"],
  ["body.product.barcodes", "Barcode"],
  ["body.product.batches", "Batch number"],
  ["body.product.productionDates", "Production dates (**)"],
  ["body.product.description", "Description"],
  ["body.product.packaging", "Packaging description"],
  ["body.product.countryOfOrigin", "Country of origin"],
  ["body.product.counterfeit", "Counterfeit"],
  ["body.risk.types", "Risk type"],
  ["body.risk", "Technical defect"],
  ["body.measures", "Measures adopted by notifying country"],
  ["body.foundIn", "Products were found and measures were taken also in"],
  ["body.recall.pages", "Company recall page"],
  ["body.recall.codes", "Company recall code (**)"],
  ["body.url", "URL of Case"],
  ["body.source.reference", "Alert number"],
];

const ORIGINALS = "body.source.columns.";

/** The column from which the field at `path` was made; empty where it is the row as a whole. */
export function columnOfPath(path: string): string {
  if (path.startsWith(ORIGINALS)) return path.slice(ORIGINALS.length);
  return COLUMN_OF_FIELD.find(([field]) => path.startsWith(field))?.[1] ?? "";
}

import type { SafetyGateColumn } from "./safety-gate-columns.ts";

/**
 * Which element of the portal's weekly XML says what which column of its export does. `onlineTrader` and
 * `pictures` have no column; packaging, OECD category, counterfeit and the other countries have no element.
 */
export const COLUMN_OF_ELEMENT = {
  caseNumber: "Alert number",
  reference: "URL of Case",
  category: "Category",
  product: "Product",
  brand: "Brand",
  name: "Name",
  type_numberOfModel: "Type / number of model",
  batchNumber: "Batch number",
  barcode: "Barcode",
  riskType: "Risk type",
  danger: "Technical defect",
  measures: "Measures adopted by notifying country",
  URLrecall: "Company recall page",
  description: "Description",
  notifyingCountry: "Alert submitted by",
  countryOfOrigin: "Country of origin",
  type: "Product user",
  level: "Type of alert",
  companyRecallCode: "Company recall code (**)",
  productionDates: "Production dates (**)",
} as const satisfies Readonly<Record<string, SafetyGateColumn>>;

/** Elements of the report as a whole, which hold for each of its alerts. */
const COLUMN_OF_REPORT = { report_year: "Year", report_week: "Week" } as const satisfies Readonly<
  Record<string, SafetyGateColumn>
>;

const ELEMENT_OF_COLUMN: ReadonlyMap<string, string> = new Map(
  Object.entries({ ...COLUMN_OF_ELEMENT, ...COLUMN_OF_REPORT }).map(([element, column]) => [column, element]),
);

/** The element that stands for a column; the name itself where it is an element's already. */
export function elementOfColumn(column: string): string {
  return ELEMENT_OF_COLUMN.get(column) ?? column;
}

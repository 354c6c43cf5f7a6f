/** The columns of the Safety Gate portal's export, in its order. A file may have them in any order, and more. */
export const SAFETY_GATE_COLUMNS = [
  "Year",
  "Week",
  "Type of alert",
  "Product user",
  "Alert number",
  "Alert submitted by",
  "Category",
  "Product",
  "Brand",
  "Name",
  "Type / number of model",
  "Batch number / Barcode",
  "OECD Portal Category",
  "Description",
  "Country of origin",
  "Counterfeit",
  "Risk type",
  "Technical defect",
  "Risk",
  "Measures adopted by notifying country",
  "Products were found and measures were taken also in",
  "Company recall page",
  "URL of Case",
  "Barcode",
  "Batch number",
  "Company recall code (**)",
  "Production dates (**)",
  "Packaging description",
] as const;

export type SafetyGateColumn = (typeof SAFETY_GATE_COLUMNS)[number];

/** One row of the export as text, by the names of its columns. */
export type SafetyGateRow = ReadonlyMap<string, string>;

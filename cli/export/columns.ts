import type { EntryDetail } from "../../node/service.ts";

/** A column of an export as CSV: its name, which never changes, and what stands in it. */
export type ExportColumn = { readonly name: string; readonly cell: (entry: EntryDetail) => string };

/** In the order of the file. A new one is a line here, and a line in docs/spec/cli.md. */
export const EXPORT_COLUMNS: readonly ExportColumn[] = [
  { name: "entry", cell: ({ entry }) => entry },
  { name: "log", cell: ({ log }) => log },
  { name: "kind", cell: ({ kind }) => kind },
  { name: "time", cell: ({ time }) => time ?? "" },
  { name: "type", cell: ({ type }) => type ?? "" },
  { name: "status", cell: ({ recordStatus }) => recordStatus },
  { name: "summary", cell: ({ summary }) => summary ?? "" },
  { name: "refs", cell: ({ refs }) => refs.join(SEPARATOR) },
  { name: "cases", cell: each("cases", ({ system, number }) => `${text(system)} ${text(number)}`) },
  { name: "notification", cell: one("notification") },
  { name: "notifyingCountry", cell: one("notifyingCountry") },
  { name: "year", cell: one("published", "year") },
  { name: "week", cell: one("published", "week") },
  { name: "user", cell: one("product", "user") },
  { name: "category", cell: one("product", "category") },
  { name: "portalCategory", cell: one("product", "portalCategory", "code") },
  { name: "product", cell: one("product", "kind") },
  { name: "brands", cell: one("product", "brands") },
  { name: "name", cell: one("product", "name") },
  { name: "models", cell: one("product", "models") },
  { name: "barcodes", cell: one("product", "barcodes") },
  { name: "batches", cell: one("product", "batches") },
  { name: "description", cell: one("product", "description") },
  { name: "countryOfOrigin", cell: one("product", "countryOfOrigin") },
  { name: "counterfeit", cell: one("product", "counterfeit") },
  { name: "riskLevel", cell: one("risk", "level") },
  { name: "riskTypes", cell: one("risk", "types") },
  { name: "risk", cell: one("risk", "description") },
  { name: "legalProvision", cell: one("risk", "legalProvision") },
  { name: "measures", cell: each("measures", measureText) },
  { name: "foundIn", cell: one("foundIn") },
  { name: "outcome", cell: one("outcome") },
  { name: "reason", cell: one("reason") },
  { name: "traceability", cell: one("traceability", "status") },
  { name: "report", cell: one("number") },
  { name: "issued", cell: one("issued") },
  { name: "laboratory", cell: one("laboratory", "name") },
  { name: "verdicts", cell: each("determinations", ({ verdict }) => text(verdict)) },
  { name: "text", cell: one("text") },
  { name: "url", cell: one("url") },
  { name: "parts", cell: ({ parts }) => parts.join(SEPARATOR) },
  { name: "contested", cell: ({ contested }) => (contested ? "yes" : "") },
  { name: "leafHash", cell: ({ leafHash }) => leafHash },
];

/** Between the items of a list; commas stand inside of them. */
const SEPARATOR = "; ";

type Fields = Readonly<Record<string, unknown>>;

/** The field of the body at the end of `path`, in whatever type of record; empty where it is not there. */
function one(...path: readonly string[]): ExportColumn["cell"] {
  return ({ body }) => text(path.reduce<unknown>((value, key) => fieldsOf(value)[key], body));
}

/** The list at `key` of the body, an item made into a text by `format`. */
function each(key: string, format: (item: Fields) => string): ExportColumn["cell"] {
  return ({ body }) => {
    const list = fieldsOf(body)[key];
    return Array.isArray(list) ? list.map((item: unknown) => format(fieldsOf(item))).join(SEPARATOR) : "";
  };
}

/** `recall (importer, voluntary, 2026-03-09)` */
function measureText({ category, operator, obligation, entryIntoForce }: Fields): string {
  const more = [operator, obligation, entryIntoForce].map(text).filter((word) => word !== "" && word !== "unknown");
  return more.length === 0 ? text(category) : `${text(category)} (${more.join(", ")})`;
}

/** A map is a text in several languages: English, else the first. Other maps have columns of their own. */
function text(value: unknown): string {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return value.map(text).join(SEPARATOR);
  const [first] = Object.values(fieldsOf(value));
  return text(fieldsOf(value)["en"] ?? first ?? "");
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

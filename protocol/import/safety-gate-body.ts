import type { CborMap } from "../cbor.ts";
import { barcodeWarnings } from "./barcode-warnings.ts";
import { damageWarnings } from "./damage-warnings.ts";
import { present, presentOrNone } from "./present.ts";
import type { ImportedBody } from "./read-imported.ts";
import type { SafetyGateColumn, SafetyGateRow } from "./safety-gate-columns.ts";
import { splitBarcodes, splitUrls } from "./safety-gate-lists.ts";
import type { SafetyGateMeasure } from "./safety-gate-measures.ts";
import { readMeasures } from "./safety-gate-measures.ts";
import { englishText, SafetyGateReader } from "./safety-gate-reader.ts";
import { splitList } from "./split-list.ts";
import type { SourceColumns } from "./source-columns.ts";

const MEASURES: SafetyGateColumn = "Measures adopted by notifying country";

/**
 * The body of an alert for a row of the portal's export, not yet judged, and what there is to remark. `originals` are kept as
 * its source, also what the body does not use.
 */
export function safetyGateBody(row: SafetyGateRow, originals: SourceColumns): ImportedBody {
  const reader = new SafetyGateReader(row);
  const number = reader.text("Alert number") ?? "";
  const notification = reader.code("Type of alert", "notification-type") ?? "unknown";
  const body = present({
    notification,
    cases: [{ system: "safety-gate", number }],
    notifyingCountry: reader.code("Alert submitted by", "country"),
    published: published(reader),
    product: product(reader),
    risk: risk(reader, notification),
    measures: measures(reader),
    foundIn: reader.codes("Products were found and measures were taken also in", "country", splitList),
    recall: presentOrNone({
      pages: reader.list("Company recall page", splitUrls),
      codes: reader.list("Company recall code (**)", splitList),
    }),
    url: reader.text("URL of Case"),
    source: { system: "safety-gate", reference: number, columns: Object.fromEntries(originals) },
  });
  return { body, warnings: [...reader.warnings, ...damageWarnings(originals)] };
}

function published(reader: SafetyGateReader): CborMap | undefined {
  const year = reader.text("Year");
  const week = reader.text("Week");
  return year === undefined || week === undefined ? undefined : { year: Number(year), week: Number(week) };
}

function product(reader: SafetyGateReader): CborMap {
  return present({
    user: reader.code("Product user", "product-user"),
    category: category(reader),
    portalCategory: portalCategory(reader),
    kind: reader.english("Product"),
    brands: reader.list("Brand", splitList),
    name: reader.text("Name"),
    models: reader.list("Type / number of model", splitList),
    barcodes: readBarcodes(reader),
    batches: reader.list("Batch number", splitList),
    productionDates: reader.english("Production dates (**)"),
    description: reader.english("Description"),
    packaging: reader.english("Packaging description"),
    countryOfOrigin: reader.code("Country of origin", "country"),
    counterfeit: reader.code("Counterfeit", "counterfeit"),
  });
}

/** The portal also has categories of one alert only, written "Other - barbecue". */
function category(reader: SafetyGateReader): string | undefined {
  return /^Other\s*[-–:]/i.test(reader.text("Category") ?? "") ? "other" : reader.code("Category", "product-category");
}

/** `86000000 - Toys / Games` */
function portalCategory(reader: SafetyGateReader): CborMap | undefined {
  const text = reader.text("OECD Portal Category");
  const [, code, name] = /^([0-9]{8}) - (.+)$/s.exec(text ?? "") ?? [];
  if (code !== undefined && name !== undefined) return { code, name };
  if (text !== undefined)
    reader.warn("OECD Portal Category", "VALUE_UNKNOWN", "not eight digits, a hyphen and a name: kept as text");
  return undefined;
}

function readBarcodes(reader: SafetyGateReader): readonly string[] | undefined {
  const found = reader.list("Barcode", splitBarcodes);
  reader.warnings.push(...barcodeWarnings("Barcode", found ?? []));
  return found;
}

function risk(reader: SafetyGateReader, notification: string): CborMap {
  const { description, legalProvision } = splitDefect(reader.text("Technical defect") ?? "");
  return present({
    level: notification === "serious-risk" ? "serious" : undefined,
    types: reader.codes("Risk type", "risk-type", splitList),
    description: englishText(description),
    legalProvision: englishText(legalProvision),
  });
}

/** "Technical defect" is the description of the risk, ` / `, and the legal provision, which may be missing. */
function splitDefect(text: string): { readonly description: string; readonly legalProvision: string } {
  const at = `${text} `.lastIndexOf(" / ");
  return at < 0
    ? { description: text, legalProvision: "" }
    : { description: text.slice(0, at), legalProvision: text.slice(at + 3) };
}

function measures(reader: SafetyGateReader): readonly CborMap[] | undefined {
  const found = readMeasures(reader.text(MEASURES) ?? "");
  return found.length === 0 ? undefined : found.map((measure) => measureBody(reader, measure));
}

function measureBody(reader: SafetyGateReader, measure: SafetyGateMeasure): CborMap {
  const { name, obligation, operator, entryIntoForce } = measure;
  return present({
    category: reader.codeOf(MEASURES, "measure-category", name) ?? "unknown",
    obligation,
    operator: operator === undefined ? undefined : reader.codeOf(MEASURES, "chain-link", operator),
    entryIntoForce,
    text: { en: name },
  });
}

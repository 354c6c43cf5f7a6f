import { utf8Length } from "../utf8.ts";
import { MAX_RECORD_LABEL } from "../limits.ts";
import { barcodeWarnings } from "./barcode-warnings.ts";
import { codeOfWord } from "./code-words.ts";
import { damageWarnings } from "./damage-warnings.ts";
import type { ImportResult, ImportWarning } from "./import-result.ts";
import { present } from "./present.ts";
import { readImported } from "./read-imported.ts";
import type { SourceColumns } from "./source-columns.ts";

/** One recall of the Consumer Product Safety Commission, from whichever of its files: texts as they stand there. */
export type CpscRecall = {
  /** `24-001`, in older files and in the API `24001`. */
  readonly number: string;
  /** A warning about a product whose seller does not recall it. */
  readonly isWarning: boolean;
  /** As in ISO 8601, where it could be read. */
  readonly date: string | undefined;
  readonly url: string;
  readonly names: readonly string[];
  readonly types: readonly string[];
  readonly models: readonly string[];
  readonly upcs: readonly string[];
  readonly description: string;
  readonly hazards: readonly string[];
  readonly hazardTypes: readonly string[];
  readonly remedies: readonly string[];
  readonly madeIn: readonly string[];
  /** Other countries in which it is recalled at the same time. */
  readonly jointly: readonly string[];
};

/** Under which names a file says it: for errors and warnings. */
export type CpscNames = { readonly [F in keyof CpscRecall]: string };

/**
 * The alert in one recall. What the words mean becomes codes where it is plain; everything stays in `source` as it was. Who
 * made, imported and sold it is text there only: it names firms in sentences.
 */
export function readCpscRecall(recall: CpscRecall, names: CpscNames, originals: SourceColumns): ImportResult {
  const number = caseNumber(recall.number);
  if (number === "") {
    const reason = "empty: without a number the recall cannot be recognised again";
    return { status: "refused", errors: [{ column: names.number, reason }] };
  }
  const warnings: ImportWarning[] = [...barcodeWarnings(names.upcs, recall.upcs), ...damageWarnings(originals)];
  const unknown = (column: string, reason: string): void => {
    warnings.push({ column, code: "VALUE_UNKNOWN", reason: `${reason}: kept as text` });
  };
  const body = present({
    // American law has other types than those of the Union.
    notification: "unknown",
    cases: [{ system: "cpsc", number }],
    notifyingCountry: "US",
    product: present({
      user: "consumer",
      kind: english(recall.types.join(", ")),
      name: productName(recall.names, () => unknown(names.names, "longer than a name")),
      models: filled(recall.models),
      barcodes: filled(recall.upcs),
      description: english(recall.description),
      countryOfOrigin: origin(recall.madeIn, (reason) => unknown(names.madeIn, reason)),
    }),
    risk: present({
      types: filled(codes("risk-type", recall.hazardTypes, (reason) => unknown(names.hazardTypes, reason))),
      description: english(recall.hazards.join("\n")),
    }),
    measures: [
      present({
        category: recall.isWarning ? "warning-consumers" : "recall",
        // Nearly all are agreed with the firm, but the files do not say so.
        obligation: "unknown",
        entryIntoForce: recall.date,
        text: english(recall.remedies.join("\n")),
      }),
    ],
    foundIn: filled(codes("country", recall.jointly, (reason) => unknown(names.jointly, reason))),
    url: recall.url === "" ? undefined : recall.url,
    source: { system: "cpsc", reference: number, columns: Object.fromEntries(originals) },
  });
  return readImported(number, { body, warnings }, (path) => columnOfPath(path, names));
}

type Remark = (reason: string) => void;

/** The API leaves out the hyphen that the website writes, and means the same recall. */
function caseNumber(text: string): string {
  const [, year, serial] = /^([0-9]{2})-?([0-9]{3})$/.exec(text) ?? [];
  return year === undefined || serial === undefined ? text : `${year}-${serial}`;
}

/** All products of the recall, or the first where they are more than a name. */
function productName(products: readonly string[], remark: () => void): string | undefined {
  const all = products.join("; ");
  if (utf8Length(all) <= MAX_RECORD_LABEL) return all === "" ? undefined : all;
  remark();
  return products[0];
}

function origin(countries: readonly string[], remark: Remark): string | undefined {
  const found = codes("country", countries, remark);
  if (found.length > 1) remark("made in several countries");
  return found.length === 1 ? found[0] : undefined;
}

function codes(table: "country" | "risk-type", words: readonly string[], remark: Remark): readonly string[] {
  const found = words.map((word) => ({ word, code: codeOfWord(table, word) }));
  for (const { word, code } of found)
    if (code === undefined) remark(`"${word}" is no ${table.replace("-", " ")} that is known here`);
  return [...new Set(found.flatMap(({ code }) => code ?? []))];
}

function filled(items: readonly string[]): readonly string[] | undefined {
  return items.length === 0 ? undefined : items;
}

function english(text: string): { readonly en: string } | undefined {
  const trimmed = text.trim();
  return trimmed === "" ? undefined : { en: trimmed };
}

const ORIGINALS = "body.source.columns.";

function columnOfPath(path: string, names: CpscNames): string {
  if (path.startsWith(ORIGINALS)) return path.slice(ORIGINALS.length);
  return FIELDS.find(([field]) => path.startsWith(field))?.[1](names) ?? "";
}

/** Which field of an alert was made of what. */
const FIELDS: readonly (readonly [string, (names: CpscNames) => string])[] = [
  ["body.cases", (names) => names.number],
  ["body.product.kind", (names) => names.types],
  ["body.product.name", (names) => names.names],
  ["body.product.models", (names) => names.models],
  ["body.product.barcodes", (names) => names.upcs],
  ["body.product.description", (names) => names.description],
  ["body.risk", (names) => names.hazards],
  ["body.measures", (names) => names.remedies],
  ["body.foundIn", (names) => names.jointly],
  ["body.url", (names) => names.url],
  ["body.source.reference", (names) => names.number],
];

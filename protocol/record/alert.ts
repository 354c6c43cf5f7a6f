import { z } from "zod";
import { MAX_RECORD_COLUMNS } from "../limits.ts";
import { ALERT_EXAMPLE } from "./alert-example.ts";
import { caseNumber, caseTerms } from "./case-number.ts";
import { tracing } from "./case-fields.ts";
import { authorityContact } from "./contact.ts";
import { defineRecord } from "./define.ts";
import { cell, code, date, integer, label, list, map, reference, texts } from "./fields.ts";
import { barcodeTerms } from "./gtin.ts";
import { measure } from "./measure.ts";
import { product } from "./product.ts";
import { risk } from "./risk.ts";
import type { Summary } from "./summary.ts";
import { codeItem, nameItem, summarize, textsItem } from "./summary.ts";
import type { Term } from "./term.ts";
import { termsOf } from "./term.ts";

/** Where an imported alert came from: every column of its row, under its own name, character for character. */
const source = map({
  system: code("case-system"),
  reference: label,
  columns: z
    .record(label, cell)
    .refine((columns) => Object.keys(columns).length <= MAX_RECORD_COLUMNS, `more than ${MAX_RECORD_COLUMNS} columns`)
    .meta({ maxProperties: MAX_RECORD_COLUMNS }),
});

/** Laws and standards that the product was held against, and what its operator showed. */
const rules = map({
  laws: list(label).exactOptional(),
  standards: list(label).exactOptional(),
  proofOfConformity: texts.exactOptional(),
  certificates: list(label).exactOptional(),
});

/** Where it is sold on line. */
const offer = map({ url: label, marketplace: label.exactOptional(), id: label.exactOptional() });

const missingItem = map({
  item: code("notification-item"),
  reason: code("missing-reason"),
  text: texts.exactOptional(),
});

const body = map({
  notification: code("notification-type"),
  /** The reference to the alert that this one takes the place of, as position in `refs`. */
  updates: reference.exactOptional(),
  cases: list(caseNumber).exactOptional(),
  notifyingCountry: code("country").exactOptional(),
  published: map({ year: integer(1978, 9999), week: integer(1, 53) }).exactOptional(),
  product,
  risk,
  measures: list(measure).exactOptional(),
  foundIn: list(code("country")).exactOptional(),
  recall: map({ pages: list(label).exactOptional(), codes: list(label).exactOptional() }).exactOptional(),
  url: label.exactOptional(),
  /** When the case was begun. */
  begun: date.exactOptional(),
  contact: authorityContact.exactOptional(),
  rules: rules.exactOptional(),
  /** What laboratory or visual tests showed, in words; a report is a record of its own. */
  tests: texts.exactOptional(),
  /** Accidents and incidents that are known. */
  accidents: texts.exactOptional(),
  traceability: tracing.exactOptional(),
  /** Countries to which the product went. */
  destinations: list(code("country")).exactOptional(),
  offers: list(offer).exactOptional(),
  /** Number in the Safety Business Gateway. */
  businessReport: label.exactOptional(),
  /** Name of the coordinated action of which it is a part. */
  coordinatedAction: label.exactOptional(),
  isFromComplaint: z.boolean().exactOptional(),
  confidentiality: map({ scope: code("confidentiality-scope"), reason: texts.exactOptional() }).exactOptional(),
  /** Items of a complete notification that are missing, each with the reason (Annex I, 2.1). */
  missing: list(missingItem).exactOptional(),
  source: source.exactOptional(),
});

export type AlertBody = z.infer<typeof body>;

/** A dangerous product found: what it is, what it does, what was done. Field by field: `docs/spec/records.md`. */
export const alert = defineRecord({
  name: "alert",
  version: 1,
  description: "A dangerous product found: what it is, what it does, what was done.",
  body,
  positions: (said) => ({ "body.updates": said.updates }),
  summary: summaryOf,
  terms: termsOfAlert,
  example: ALERT_EXAMPLE,
});

function summaryOf(alertBody: AlertBody): Summary {
  const { product: item, risk: danger } = alertBody;
  return summarize(
    textsItem(item.kind),
    nameItem(item.brands?.[0]),
    nameItem(item.name ?? item.models?.[0]),
    ...(danger.types ?? []).map((type) => codeItem("risk-type", type)),
    codeItem("notification-type", alertBody.notification),
    nameItem(alertBody.cases?.[0]?.number),
  );
}

function termsOfAlert(alertBody: AlertBody): readonly Term[] {
  const { product: item, risk: danger } = alertBody;
  return [
    ...caseTerms(alertBody.cases ?? []),
    ...barcodeTerms(item.barcodes ?? []),
    ...termsOf("brand", item.brands ?? []),
    ...termsOf("name", [item.name]),
    ...termsOf("model", item.models ?? []),
    ...termsOf("batch", item.batches ?? []),
    ...termsOf("customs-code", item.customsCodes ?? []),
    ...termsOf("category", [item.category]),
    ...termsOf("gpc", [item.portalCategory?.code]),
    ...termsOf("country-of-origin", [item.countryOfOrigin]),
    ...termsOf("notifying-country", [alertBody.notifyingCountry]),
    ...termsOf("found-in", alertBody.foundIn ?? []),
    ...termsOf("risk-type", danger.types ?? []),
    ...termsOf(
      "measure",
      (alertBody.measures ?? []).map((taken) => taken.category),
    ),
    ...termsOf("recall-code", alertBody.recall?.codes ?? []),
  ];
}

import { COLUMN_OF_ELEMENT } from "../import/safety-gate-elements.ts";
import type { AlertBody } from "../record/alert.ts";
import { codeLabel } from "../record/codes/label.ts";
import type { CodeTable } from "../record/codes/tables.ts";
import type { Texts } from "../record/fields.ts";
import { chooseLanguage } from "../record/language.ts";
import { type ExportedAlert, notificationOf } from "./notification.ts";

type Element = keyof typeof COLUMN_OF_ELEMENT;

/** The element that holds the notification in JSON. */
export const NOTIFICATION_ELEMENT = "ententeNotification";

/** The same as a weekly report of the portal with this one notification: docs/spec/notification.md, "XML". */
export function notificationXml(alert: ExportedAlert): string {
  const { body } = alert;
  const elements = Object.keys(COLUMN_OF_ELEMENT)
    .filter((name): name is Element => Object.hasOwn(TEXTS, name))
    .map((name) => element(name, TEXTS[name](body, alert.entry)));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    "<Safety-Gate>",
    ...(body.published === undefined
      ? []
      : [
          `  ${element("report_year", String(body.published.year))}`,
          `  ${element("report_week", String(body.published.week))}`,
        ]),
    "  <notifications>",
    ...elements.map((line) => `    ${line}`),
    `    ${element(NOTIFICATION_ELEMENT, escapedJson(JSON.stringify(notificationOf(alert))))}`,
    "  </notifications>",
    "</Safety-Gate>",
    "",
  ].join("\n");
}

const TEXTS: { readonly [Name in Element]: (body: AlertBody, entry: string) => string } = {
  caseNumber: ({ cases }, entry) => cases?.[0]?.number ?? entry,
  reference: ({ url }) => url ?? "",
  category: ({ product }) => label("product-category", product.category),
  product: ({ product }) => english(product.kind),
  brand: ({ product }) => joined(product.brands),
  name: ({ product }) => product.name ?? "",
  type_numberOfModel: ({ product }) => joined(product.models),
  batchNumber: ({ product }) => joined(product.batches),
  barcode: ({ product }) => joined(product.barcodes),
  riskType: ({ risk }) => joined(risk.types?.map((type) => label("risk-type", type))),
  danger: ({ risk }) =>
    [english(risk.description), english(risk.legalProvision)].filter((text) => text !== "").join(" / "),
  measures: ({ measures }) =>
    joined(measures?.map(({ category, text }) => english(text) || label("measure-category", category))),
  URLrecall: ({ recall }) => joined(recall?.pages),
  description: ({ product }) => english(product.description),
  notifyingCountry: ({ notifyingCountry }) => label("country", notifyingCountry),
  countryOfOrigin: ({ product }) => label("country", product.countryOfOrigin),
  type: ({ product }) => label("product-user", product.user),
  level: ({ notification }) => label("notification-type", notification),
  companyRecallCode: ({ recall }) => joined(recall?.codes),
  productionDates: ({ product }) => english(product.productionDates),
};

function element(name: string, text: string): string {
  return text === "" ? `<${name}/>` : `<${name}>${escaped(text)}</${name}>`;
}

function label(table: CodeTable, code: string | undefined): string {
  return code === undefined ? "" : codeLabel(table, code, "en");
}

function joined(items: readonly string[] | undefined): string {
  return (items ?? []).join(", ");
}

/** In English, else in whatever language there is. */
function english(texts: Texts | undefined): string {
  const language = texts === undefined ? undefined : chooseLanguage(Object.keys(texts), ["en"]);
  return language === undefined ? "" : (texts?.[language] ?? "");
}

/** XML 1.0, 2.2: neither control characters but tab and line ends, nor U+FFFE and U+FFFF. */
const NOT_XML = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

function escaped(text: string): string {
  // A carriage return that stands there as it is would be read as a line feed.
  return text
    .replaceAll(NOT_XML, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("\r", "&#13;");
}

/** In JSON every character can be written in ASCII. */
function escapedJson(json: string): string {
  return json.replaceAll(NOT_XML, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

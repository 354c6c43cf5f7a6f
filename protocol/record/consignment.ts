import { actFields } from "./case-fields.ts";
import { caseTerms } from "./case-number.ts";
import { defineRecord } from "./define.ts";
import { code, date, integer, label, list, map, reference } from "./fields.ts";
import { barcodeTerms } from "./gtin.ts";
import { codeItem, nameItem, summarize } from "./summary.ts";
import { termsOf } from "./term.ts";

const goods = map({
  category: code("product-category").exactOptional(),
  brands: list(label).exactOptional(),
  models: list(label).exactOptional(),
  barcodes: list(label).exactOptional(),
  batches: list(label).exactOptional(),
  customsCodes: list(label).exactOptional(),
  quantity: integer(0, Number.MAX_SAFE_INTEGER).exactOptional(),
});

const { case: inCase, ...rest } = actFields;

const body = map({
  ...rest,
  /** The case for which it was looked at, if it was for one. */
  case: inCase.exactOptional(),
  number: label,
  containers: list(label).exactOptional(),
  port: label.exactOptional(),
  origin: code("country"),
  destination: code("country"),
  expected: date.exactOptional(),
  goods,
  inspected: date,
  result: code("inspection-result"),
  action: code("consignment-action").exactOptional(),
  /** Test reports, as positions in `refs`. */
  reports: list(reference).exactOptional(),
});

/** A consignment inspected before export, so that the border at the other end need not do it again. */
export const consignment = defineRecord({
  name: "consignment",
  version: 1,
  description: "A consignment inspected before export, so that the border at the other end need not do it again.",
  body,
  positions: (sent) => ({
    "body.case": sent.case,
    ...Object.fromEntries((sent.reports ?? []).map((at, index) => [`body.reports[${index}]`, at])),
  }),
  summary: (sent) =>
    summarize(
      nameItem(sent.number),
      codeItem("inspection-result", sent.result),
      codeItem("consignment-action", sent.action),
      nameItem(sent.goods.brands?.[0]),
      nameItem(sent.goods.models?.[0]),
      codeItem("country", sent.destination),
    ),
  terms: ({ goods: item, number, containers, cases }) => [
    ...caseTerms(cases ?? []),
    ...termsOf("consignment", [number, ...(containers ?? [])]),
    ...barcodeTerms(item.barcodes ?? []),
    ...termsOf("brand", item.brands ?? []),
    ...termsOf("model", item.models ?? []),
    ...termsOf("batch", item.batches ?? []),
    ...termsOf("customs-code", item.customsCodes ?? []),
    ...termsOf("category", [item.category]),
  ],
  example: {
    type: "consignment",
    version: 1,
    refs: ["nvwa.nl:12"],
    body: {
      case: 0,
      number: "QD-2020-004711",
      port: "Qingdao",
      origin: "CN",
      destination: "NL",
      expected: "2020-06-28",
      goods: { category: "toys", brands: ["Rattlesome"], models: ["RB-2"], batches: ["0520"], quantity: 7200 },
      inspected: "2020-05-25",
      result: "conforming",
      action: "released",
    },
  },
});

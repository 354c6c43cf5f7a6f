import { z } from "zod";
import { code, integer, label, list, map, texts } from "./fields.ts";

/** Delegated Regulation (EU) 2024/3173, Annex I, 2.2: product. */
export const product = map({
  user: code("product-user").exactOptional(),
  category: code("product-category").exactOptional(),
  /** Class of the OECD portal: a GS1 GPC code of eight digits with its name. */
  portalCategory: map({ code: z.string().regex(/^[0-9]{8}$/, "not eight digits"), name: label }).exactOptional(),
  /** What it is: "Soft toy". */
  kind: texts.exactOptional(),
  brands: list(label).exactOptional(),
  name: label.exactOptional(),
  models: list(label).exactOptional(),
  barcodes: list(label).exactOptional(),
  batches: list(label).exactOptional(),
  serialNumbers: list(label).exactOptional(),
  customsCodes: list(label).exactOptional(),
  /** Any other identifier: what it is, and its value. */
  identifiers: list(map({ kind: label, value: label })).exactOptional(),
  /** Where the identifiers stand: whether the maker is found by them, or a trader. */
  identifierPlaces: list(code("identifier-place")).exactOptional(),
  productionDates: texts.exactOptional(),
  description: texts.exactOptional(),
  packaging: texts.exactOptional(),
  /** Items covered, all together. */
  quantity: integer(0, Number.MAX_SAFE_INTEGER).exactOptional(),
  countryOfOrigin: code("country").exactOptional(),
  counterfeit: code("counterfeit").exactOptional(),
});

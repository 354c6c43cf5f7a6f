import { z } from "zod";
import { utf8Decode } from "../bytes.ts";
import { MAX_RECORD_SIZE } from "../limits.ts";
import type { ReadBody } from "./body.ts";
import { readBody } from "./body.ts";
import { code, date, integer, label, list, map, texts } from "./fields.ts";
import { parseJson } from "./json.ts";
import { recordMalformed } from "./malformed.ts";

/** Regulation (EU) 2023/988, Article 9(6), and Delegated Regulation (EU) 2024/3173, Annex I, 2.2: full contact. */
const operator = map({
  link: code("chain-link"),
  name: label,
  tradeName: label.exactOptional(),
  country: code("country").exactOptional(),
  address: label.exactOptional(),
  email: label.exactOptional(),
  phone: label.exactOptional(),
  website: label.exactOptional(),
  /** Number in a register, with the register's name: EORI, VAT, USCC. */
  registrations: list(map({ register: label, number: label })).exactOptional(),
});

/** Papers of trade; the scans themselves are further parts. */
const document = map({
  kind: code("trade-document"),
  number: label.exactOptional(),
  date: date.exactOptional(),
  /** Who issued it to whom, as position in `operators`. */
  from: integer(0, 999).exactOptional(),
  to: integer(0, 999).exactOptional(),
  text: texts.exactOptional(),
});

const section = map({
  type: z.literal("traceability"),
  version: z.literal(1),
  operators: list(operator),
  documents: list(document).exactOptional(),
  /** Countries to which the product went. */
  destinations: list(code("country")).exactOptional(),
  batches: list(label).exactOptional(),
  customsCodes: list(label).exactOptional(),
  /** Number of items, all together. */
  quantity: integer(0, Number.MAX_SAFE_INTEGER).exactOptional(),
  offers: list(map({ url: label, marketplace: label.exactOptional(), id: label.exactOptional() })).exactOptional(),
  text: texts.exactOptional(),
}).superRefine((whole, context) => {
  whole.documents?.forEach((paper, index) => {
    for (const key of ["from", "to"] as const) {
      if ((paper[key] ?? 0) >= whole.operators.length)
        context.addIssue({ code: "custom", path: ["documents", index, key], message: "there is no such operator" });
    }
  });
});

export type TraceabilitySection = z.infer<typeof section>;

/**
 * The content of a confidential section of kind `traceability`, media type `application/json`: who made, shipped, imported
 * and sold it.
 *
 *     {"type": "traceability", "version": 1, "operators": [{"link": "importer", "name": "…", "country": "NL"}]}
 *
 * Throws `FormatError`: `TEXT_MALFORMED` or `RECORD_MALFORMED`.
 */
export function parseTraceability(content: Uint8Array): ReadBody<TraceabilitySection> {
  if (content.length > MAX_RECORD_SIZE) return recordMalformed("", `longer than ${MAX_RECORD_SIZE} bytes`);
  return readBody(section, parseJson(utf8Decode(content)), "traceability");
}

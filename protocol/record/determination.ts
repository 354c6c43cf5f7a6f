import { z } from "zod";
import { code, date, decimal, integer, label, map, positiveDecimal, texts, unsignedDecimal } from "./fields.ts";

/** What is measured or examined: an analyte or another property. */
const measurand = map({
  name: label,
  cas: z
    .string()
    .refine(isCas, "not a CAS number, or its check digit is wrong")
    .meta({ pattern: "^[1-9][0-9]{1,6}-[0-9]{2}-[0-9]$", $comment: "its last digit is a check digit" })
    .exactOptional(),
});

/** `<` and `>`: the value is the limit of quantification or the end of the range, not what was measured. */
const result = map({ comparator: z.enum(["=", "<", ">"]), value: decimal, unit: label });

/** U = k · u (JCGM 100), in the unit of the result. */
const uncertainty = map({
  U: unsignedDecimal,
  k: positiveDecimal,
  coverageProbability: z
    .string()
    .refine(isProbability, 'not a decimal above 0 and below 1, such as "0.95"')
    .meta({ pattern: "^0\\.(?=.*[1-9])[0-9]{1,10}$" })
    .exactOptional(),
});

const limit = map({
  kind: code("limit-kind"),
  value: decimal,
  unit: label,
  /** Where the limit stands, such as "Directive 2009/48/EC, Annex II, Part III, 13, category III". */
  source: label,
  validFrom: date.exactOptional(),
});

/**
 * One result of a report (ISO/IEC 17025:2017, 7.8.2.1 to 7.8.6):
 *
 *     {"sample": "S1", "material": "red paint, wheels", "measurand": {"name": "Lead", "cas": "7439-92-1"},
 *      "requirement": {"standard": "EN 71-3", "edition": "2019+A1:2021", "clause": "4.2", "category": "III"},
 *      "method": {"standard": "EN 71-3", "technique": "ICP-MS", "isAccredited": true},
 *      "result": {"comparator": "=", "value": "412", "unit": "mg/kg"}, "uncertainty": {"U": "45", "k": "2"},
 *      "limit": {"kind": "maximum", "value": "23", "unit": "mg/kg", "source": "…"}, "verdict": "fail"}
 */
export const determination = map({
  sample: label,
  material: label.exactOptional(),
  measurand,
  /** What the product was held against. */
  requirement: map({
    standard: label,
    edition: label.exactOptional(),
    clause: label.exactOptional(),
    category: label.exactOptional(),
  }).exactOptional(),
  method: map({
    standard: label.exactOptional(),
    edition: label.exactOptional(),
    technique: label.exactOptional(),
    /** Extraction or other preparation on which the value depends. */
    preparation: label.exactOptional(),
    /** Whether the method is in the scope of the laboratory's accreditation. */
    isAccredited: z.boolean().exactOptional(),
  }),
  /** Absent where a test has no number, such as "small parts cylinder". */
  result: result.exactOptional(),
  observation: texts.exactOptional(),
  /** Limits of detection and of quantification, in the unit of the result. */
  lod: unsignedDecimal.exactOptional(),
  loq: unsignedDecimal.exactOptional(),
  replicates: integer(1, 1_000_000).exactOptional(),
  uncertainty: uncertainty.exactOptional(),
  limit: limit.exactOptional(),
  verdict: code("verdict").exactOptional(),
  decisionRule: code("decision-rule").exactOptional(),
  /** Width of the guard band, in the unit of the result. */
  guardBand: unsignedDecimal.exactOptional(),
  /** Where another laboratory found it (7.8.2.1 p). */
  externalProvider: label.exactOptional(),
  performed: date.exactOptional(),
})
  .superRefine((found, context) => {
    if (found.result !== undefined) return;
    if (found.observation === undefined)
      context.addIssue({ code: "custom", message: "neither a result nor an observation" });
    for (const key of ["lod", "loq", "uncertainty", "guardBand"] as const) {
      if (found[key] !== undefined)
        context.addIssue({ code: "custom", path: [key], message: "without a result there is no unit for it" });
    }
  })
  .meta({
    $comment:
      "There is a result or an observation, or both; without a result there is no lod, loq, uncertainty or guardBand.",
  });

/** CAS registry number: the last digit is the sum of the others, weighted 1, 2, 3 … from the right, modulo ten. */
function isCas(text: string): boolean {
  const found = /^([1-9][0-9]{1,6})-([0-9]{2})-([0-9])$/.exec(text);
  if (found === null) return false;
  const [, first = "", second = "", check = ""] = found;
  const digits = [...first, ...second].reverse();
  return digits.reduce((sum, digit, index) => sum + Number(digit) * (index + 1), 0) % 10 === Number(check);
}

function isProbability(text: string): boolean {
  return /^0\.[0-9]{1,10}$/.test(text) && /[1-9]/.test(text);
}

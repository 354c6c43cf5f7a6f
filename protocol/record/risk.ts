import { z } from "zod";
import { code, integer, label, list, map, texts } from "./fields.ts";

/** Delegated Regulation (EU) 2024/3173, Annex II: severity 1 to 4, and how likely that is. */
export const riskAssessment = map({
  severity: integer(1, 4).exactOptional(),
  /** In the words of Annex II: "> 1/100". */
  probability: label.exactOptional(),
  /** Serious without an assessment of one's own (recital 11). */
  isPresumed: z.boolean().exactOptional(),
  text: texts.exactOptional(),
});

export const risk = map({
  level: code("risk-level").exactOptional(),
  types: list(code("risk-type")).exactOptional(),
  /** From the defect to the harm. */
  description: texts.exactOptional(),
  legalProvision: texts.exactOptional(),
  assessment: riskAssessment.exactOptional(),
});

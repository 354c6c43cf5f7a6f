import type { z } from "zod";
import { code, label, map } from "./fields.ts";
import type { Term } from "./term.ts";
import { termsOf } from "./term.ts";

/** The number of the case in another system: `{"system": "safety-gate", "number": "A12/00001/20"}`. */
export const caseNumber = map({ system: code("case-system"), number: label });

export type CaseNumber = z.infer<typeof caseNumber>;

export function caseTerms(cases: readonly CaseNumber[]): readonly Term[] {
  return termsOf(
    "case",
    cases.map(({ system, number }) => `${system} ${number}`),
  );
}

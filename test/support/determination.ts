import type { Determination } from "../../protocol/statistics/determination.ts";

/** A result as most tests need it: lead in mg/kg by the same method, with the parts that matter given. */
export function found(laboratory: string, value: string, parts: Partial<Determination> = {}): Determination {
  const comparator = value.startsWith("<") ? "<" : value.startsWith(">") ? ">" : "=";
  return {
    laboratory,
    analyte: "Lead",
    comparator,
    value: value.replace(/^[<>]/, ""),
    unit: "mg/kg",
    method: "EN 71-3",
    ...parts,
  };
}

/** The four outcomes of a follow-up: Delegated Regulation (EU) 2024/3173, Annex I, 5.1 (a) to (d). */
export const FOLLOW_UP_OUTCOMES = ["not-found", "measure-taken", "no-measure", "other"] as const;

/** How far the supply chain of the product could be followed. */
export const TRACEABILITY_STATUSES = ["traced", "partly-traced", "not-traced"] as const;

/** Why it could not be followed further. */
export const NOT_TRACED_REASONS = [
  "no-name",
  "wrong-name",
  "trader-only",
  "counterfeit-name",
  "made-by-another-firm",
  "company-closed",
  "company-refuses",
  "insufficient-information",
  "other",
] as const;

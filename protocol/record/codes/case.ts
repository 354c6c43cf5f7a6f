/** What is asked of another authority. Regulation (EU) 2019/1020, articles 22 and 23, for mutual assistance. */
export const REQUEST_KINDS = [
  "traceability",
  "mutual-assistance",
  "information",
  "confirmatory-test",
  "other",
] as const;

export const ANSWER_OUTCOMES = ["complete", "partial", "refused", "more-information-needed"] as const;

/** Why a request is refused: Regulation (EU) 2019/1020, article 22(5), asks for reasons. */
export const REFUSAL_REASONS = ["no-competence", "legal-bar", "no-resources", "insufficient-grounds", "other"] as const;

export const VERIFICATION_RESULTS = ["worked", "failed", "inconclusive"] as const;

/** How it was seen whether a measure worked: Regulation (EU) 2019/1020, article 11(7)(b). */
export const VERIFICATION_METHODS = [
  "border-check",
  "document-check",
  "factory-check",
  "recall-rate",
  "shop-check",
  "test",
  "web-search",
  "other",
] as const;

/** Delegated Regulation (EU) 2024/3173, Annex I, 6: removal of a notification. */
export const WITHDRAWAL_REASONS = [
  "not-dangerous",
  "duplicate",
  "error",
  "wrong-product",
  "measure-annulled",
  "other",
] as const;

/** What became of parts that their owner erased, at another authority. */
export const ERASURE_OUTCOMES = ["deleted", "refused"] as const;

/** Regulation (EU) 2019/1020, article 22(4): who has a case keeps it unless another agrees to take it over. */
export const HAND_OVER_STEPS = ["offer", "cancel", "accept", "refuse"] as const;

export const CLOSING_OUTCOMES = [
  "measures-verified",
  "measures-taken",
  "not-dangerous",
  "not-found",
  "not-traceable",
  "duplicate",
  "other",
] as const;

export const OBJECTION_GROUNDS = [
  "open-duty",
  "measure-failed",
  "risk-level",
  "new-finding",
  "not-competent",
  "other",
] as const;

export const REOPENING_REASONS = ["new-finding", "measure-failed", "objection", "error", "other"] as const;

export const INSPECTION_RESULTS = ["conforming", "non-conforming", "not-decided"] as const;

export const CONSIGNMENT_ACTIONS = ["released", "held", "returned", "destroyed", "reworked", "other"] as const;

export const PRACTICE_TOPICS = [
  "sampling",
  "testing",
  "inspection",
  "risk-assessment",
  "tracing",
  "cooperation",
  "other",
] as const;

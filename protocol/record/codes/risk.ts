/**
 * Types of notification: Delegated Regulation (EU) 2024/3173, Annex I, 1 (a follow-up notification is a record type of
 * its own). `unknown` where an imported notification does not say.
 */
export const NOTIFICATION_TYPES = ["serious-risk", "other-risk", "information", "commission-alert", "unknown"] as const;

/** Delegated Regulation (EU) 2024/3173, Annex II. */
export const RISK_LEVELS = ["serious", "high", "medium", "low"] as const;

/** Kinds of harm, as the Safety Gate portal names them. */
export const RISK_TYPES = [
  "asphyxiation",
  "burns",
  "chemical",
  "choking",
  "cuts",
  "damage-to-hearing",
  "damage-to-sight",
  "drowning",
  "electric-shock",
  "electromagnetic-disturbance",
  "energy-consumption",
  "entrapment",
  "environment",
  "fire",
  "health-risk-other",
  "incorrect-measurement",
  "injuries",
  "microbiological",
  "other",
  "security",
  "strangulation",
  "suffocation",
] as const;

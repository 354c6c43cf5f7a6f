import { COUNTRIES } from "./country.ts";
import { FOLLOW_UP_OUTCOMES, NOT_TRACED_REASONS, TRACEABILITY_STATUSES } from "./follow-up.ts";
import { DECISION_RULES, LIMIT_KINDS, VERDICTS } from "./laboratory.ts";
import { CHAIN_LINKS, DURATIONS, MEASURE_CATEGORIES, OBLIGATIONS, SCOPES } from "./measure.ts";
import { CASE_SYSTEMS, PART_KINDS, TRADE_DOCUMENTS } from "./part.ts";
import { COUNTERFEIT, PRODUCT_CATEGORIES, PRODUCT_USERS } from "./product.ts";
import { NOTIFICATION_TYPES, RISK_LEVELS, RISK_TYPES } from "./risk.ts";

/**
 * Every list of coded values. A code is never reused for another meaning; new ones may join, so a reader meets codes that
 * it does not know, keeps them and shows them as they stand.
 */
export const CODE_TABLES = {
  "case-system": CASE_SYSTEMS,
  "chain-link": CHAIN_LINKS,
  counterfeit: COUNTERFEIT,
  country: COUNTRIES,
  "decision-rule": DECISION_RULES,
  duration: DURATIONS,
  "follow-up-outcome": FOLLOW_UP_OUTCOMES,
  "limit-kind": LIMIT_KINDS,
  "measure-category": MEASURE_CATEGORIES,
  "not-traced-reason": NOT_TRACED_REASONS,
  "notification-type": NOTIFICATION_TYPES,
  obligation: OBLIGATIONS,
  "part-kind": PART_KINDS,
  "product-category": PRODUCT_CATEGORIES,
  "product-user": PRODUCT_USERS,
  "risk-level": RISK_LEVELS,
  "risk-type": RISK_TYPES,
  scope: SCOPES,
  "traceability-status": TRACEABILITY_STATUSES,
  "trade-document": TRADE_DOCUMENTS,
  verdict: VERDICTS,
} as const;

export type CodeTable = keyof typeof CODE_TABLES;

/** Codes of table `T` that this version knows. */
export type Code<T extends CodeTable> = (typeof CODE_TABLES)[T][number];

/** The labels of one language: every code of every table. A language is one value of this type in a file of its own. */
export type CodeLabels = { readonly [T in CodeTable]: { readonly [C in Code<T>]: string } };

export function isKnownCode(table: CodeTable, code: string): boolean {
  const codes: readonly string[] = CODE_TABLES[table];
  return codes.includes(code);
}

import {
  ANSWER_OUTCOMES,
  CLOSING_OUTCOMES,
  CONSIGNMENT_ACTIONS,
  ERASURE_OUTCOMES,
  HAND_OVER_STEPS,
  INSPECTION_RESULTS,
  OBJECTION_GROUNDS,
  PRACTICE_TOPICS,
  REFUSAL_REASONS,
  REOPENING_REASONS,
  REQUEST_KINDS,
  VERIFICATION_METHODS,
  VERIFICATION_RESULTS,
  WITHDRAWAL_REASONS,
} from "./case.ts";
import { COUNTRIES } from "./country.ts";
import { SECTIONS, TRANSFER_GROUNDS } from "./disclosure.ts";
import { FOLLOW_UP_OUTCOMES, NOT_TRACED_REASONS, TRACEABILITY_STATUSES } from "./follow-up.ts";
import { DECISION_RULES, LIMIT_KINDS, VERDICTS } from "./laboratory.ts";
import { CHAIN_LINKS, DURATIONS, MEASURE_CATEGORIES, OBLIGATIONS, SCOPES } from "./measure.ts";
import { CONFIDENTIALITY_SCOPES, IDENTIFIER_PLACES, MISSING_REASONS, NOTIFICATION_ITEMS } from "./notification.ts";
import { CASE_SYSTEMS, PART_KINDS, TRADE_DOCUMENTS } from "./part.ts";
import { COUNTERFEIT, PRODUCT_CATEGORIES, PRODUCT_USERS } from "./product.ts";
import { NOTIFICATION_TYPES, RISK_LEVELS, RISK_TYPES } from "./risk.ts";

/**
 * Every list of coded values. A code is never reused for another meaning; new ones may join, so a reader meets codes that
 * it does not know, keeps them and shows them as they stand.
 */
export const CODE_TABLES = {
  "answer-outcome": ANSWER_OUTCOMES,
  "case-system": CASE_SYSTEMS,
  "chain-link": CHAIN_LINKS,
  "closing-outcome": CLOSING_OUTCOMES,
  "confidentiality-scope": CONFIDENTIALITY_SCOPES,
  "consignment-action": CONSIGNMENT_ACTIONS,
  counterfeit: COUNTERFEIT,
  country: COUNTRIES,
  "decision-rule": DECISION_RULES,
  duration: DURATIONS,
  "erasure-outcome": ERASURE_OUTCOMES,
  "follow-up-outcome": FOLLOW_UP_OUTCOMES,
  "hand-over-step": HAND_OVER_STEPS,
  "identifier-place": IDENTIFIER_PLACES,
  "inspection-result": INSPECTION_RESULTS,
  "limit-kind": LIMIT_KINDS,
  "measure-category": MEASURE_CATEGORIES,
  "missing-reason": MISSING_REASONS,
  "not-traced-reason": NOT_TRACED_REASONS,
  "notification-item": NOTIFICATION_ITEMS,
  "notification-type": NOTIFICATION_TYPES,
  "objection-ground": OBJECTION_GROUNDS,
  obligation: OBLIGATIONS,
  "part-kind": PART_KINDS,
  "practice-topic": PRACTICE_TOPICS,
  "product-category": PRODUCT_CATEGORIES,
  "product-user": PRODUCT_USERS,
  "refusal-reason": REFUSAL_REASONS,
  "reopening-reason": REOPENING_REASONS,
  "request-kind": REQUEST_KINDS,
  "risk-level": RISK_LEVELS,
  "risk-type": RISK_TYPES,
  scope: SCOPES,
  section: SECTIONS,
  "traceability-status": TRACEABILITY_STATUSES,
  "trade-document": TRADE_DOCUMENTS,
  "transfer-ground": TRANSFER_GROUNDS,
  verdict: VERDICTS,
  "verification-method": VERIFICATION_METHODS,
  "verification-result": VERIFICATION_RESULTS,
  "withdrawal-reason": WITHDRAWAL_REASONS,
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

/** What another part of a record is for. */
export const PART_KINDS = [
  "attachment",
  "commercial",
  "endorsement",
  "personal",
  "picture",
  "test-report",
  "traceability",
] as const;

/** Papers of trade: Delegated Regulation (EU) 2024/3173, Annex I, 2.2 (orders, contracts, invoices, shipping documents, customs declarations). */
export const TRADE_DOCUMENTS = [
  "order",
  "contract",
  "invoice",
  "shipping-document",
  "customs-declaration",
  "other",
] as const;

/** Other systems in which a case has a number; `cpsc`: the recalls of the United States Consumer Product Safety Commission. */
export const CASE_SYSTEMS = ["safety-gate", "icsms", "cpsc"] as const;

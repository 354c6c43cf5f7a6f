/**
 * What a complete notification says, item by item: Delegated Regulation (EU) 2024/3173, Annex I, 2.2. An item that is
 * missing is named as such, with the reason (2.1).
 */
export const NOTIFICATION_ITEMS = [
  "accidents",
  "applicable-rules",
  "barcode",
  "batch",
  "brand",
  "certificates",
  "contact",
  "counterfeit",
  "country-of-origin",
  "customs-code",
  "description",
  "destinations",
  "distributor",
  "exporter",
  "importer",
  "manufacturer",
  "measure-date",
  "measure-duration",
  "measure-scope",
  "measures",
  "model",
  "name",
  "packaging",
  "picture",
  "places-of-sale",
  "portal-category",
  "product-category",
  "product-user",
  "proof-of-conformity",
  "quantity",
  "recall-page",
  "responsible-person",
  "retailer",
  "risk-assessment",
  "risk-description",
  "risk-level",
  "risk-type",
  "test-reports",
  "test-results",
  "trade-documents",
] as const;

export const MISSING_REASONS = [
  "not-known",
  "not-asked",
  "under-investigation",
  "not-tested",
  "operator-refuses",
  "operator-not-found",
  "not-applicable",
  "not-in-source",
  "confidential",
  "other",
] as const;

/** Who put an identifier where: it tells whether the maker or a trader is found by it. */
export const IDENTIFIER_PLACES = [
  "product",
  "packaging",
  "label-of-importer",
  "label-of-distributor",
  "other",
  "unknown",
] as const;

/** Annex I, 2.2 (d): what of a notification is confidential. */
export const CONFIDENTIALITY_SCOPES = ["none", "parts", "whole"] as const;

/**
 * What is done about a product: the categories of the Safety Gate portal, those of authorities' case systems, and those
 * of an authority at the source, where a measure acts on production and export. `unknown`: the words could not be
 * matched with a category, and stand beside it.
 */
export const MEASURE_CATEGORIES = [
  "ban-on-marketing",
  "brought-into-compliance",
  "destruction",
  "export-ban",
  "import-rejected",
  "licence-suspended",
  "marking-with-warnings",
  "modification-programme",
  "no-longer-sold",
  "other",
  "prior-conditions",
  "recall",
  "referred-to-other-authority",
  "removal-of-listing",
  "seizure",
  "stop-of-sales",
  "strengthened-supervision",
  "temporary-ban",
  "unknown",
  "warning-consumers",
  "withdrawal",
] as const;

/** Delegated Regulation (EU) 2024/3173, Annex I, 2.2: whether a measure is compulsory or voluntary. */
export const OBLIGATIONS = ["compulsory", "voluntary", "unknown"] as const;

/** Geographical scope of a measure. */
export const SCOPES = ["local", "national", "eea-wide", "eu-wide", "worldwide", "unknown"] as const;

/** How long a measure is in force. */
export const DURATIONS = ["permanent", "temporary", "unknown"] as const;

/**
 * Links of the supply chain, from the factory to the user: who has to act, or where the product was found. Operators as
 * in Regulation (EU) 2019/1020, Article 3, and the two borders between them.
 */
export const CHAIN_LINKS = [
  "manufacturer",
  "authorised-representative",
  "exporter",
  "export-border",
  "import-border",
  "importer",
  "responsible-person",
  "fulfilment-service-provider",
  "distributor",
  "retailer",
  "online-marketplace",
  "end-user",
  "other",
  "unknown",
] as const;

/** What a part is needed for, and so by whom: each section has readers of its own by the policy of its author (`docs/spec/policy.md`). */
export const SECTIONS = ["product", "traceability", "commercial", "personal"] as const;

/**
 * On which ground personal data leave the area in which the law protects them: Regulation (EU) 2016/679, chapter V. Those of
 * Article 49(1)(a) to (c) are missing, since Article 49(3) closes them to authorities that act as such. `other-law` is for
 * authorities to which another law applies.
 */
export const TRANSFER_GROUNDS = [
  "gdpr-45",
  "gdpr-46-2-a",
  "gdpr-46-2-c",
  "gdpr-46-3-a",
  "gdpr-46-3-b",
  "gdpr-49-1-d",
  "gdpr-49-1-e",
  "gdpr-49-1-f",
  "other-law",
] as const;

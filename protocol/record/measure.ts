import { code, date, label, map, texts } from "./fields.ts";

/**
 * One measure taken or ordered, in an alert or a follow-up:
 *
 *     {"category": "recall", "obligation": "voluntary", "operator": "importer", "entryIntoForce": "2026-03-09",
 *      "scope": "national", "text": {"en": "Recall of the product from end users"}}
 *
 * `operator` is the link of the chain that acts or is ordered to; `text` the words of whoever reported it. Delegated
 * Regulation (EU) 2024/3173, Annex I, 2.2.
 */
export const measure = map({
  category: code("measure-category"),
  obligation: code("obligation"),
  operator: code("chain-link").exactOptional(),
  entryIntoForce: date.exactOptional(),
  duration: code("duration").exactOptional(),
  /** When a temporary one ends. */
  until: date.exactOptional(),
  scope: code("scope").exactOptional(),
  recallPage: label.exactOptional(),
  text: texts.exactOptional(),
});

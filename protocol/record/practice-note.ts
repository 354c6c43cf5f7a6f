import { defineRecord } from "./define.ts";
import { code, label, list, map, reference, texts } from "./fields.ts";
import { codeItem, summarize, textsItem } from "./summary.ts";
import { termsOf } from "./term.ts";

const body = map({
  topic: code("practice-topic"),
  title: texts,
  text: texts,
  categories: list(code("product-category")).exactOptional(),
  standards: list(label).exactOptional(),
  /** The note in whose place this one stands, as position in `refs`. */
  supersedes: reference.exactOptional(),
});

/** How a test or an inspection is organised, for others to do it alike. */
export const practiceNote = defineRecord({
  name: "practice-note",
  version: 1,
  description: "How a test or an inspection is organised, for others to do it alike.",
  body,
  positions: (note) => ({ "body.supersedes": note.supersedes }),
  summary: (note) => summarize(textsItem(note.title), codeItem("practice-topic", note.topic)),
  terms: (note) => [...termsOf("category", note.categories ?? []), ...termsOf("standard", note.standards ?? [])],
  example: {
    type: "practice-note",
    version: 1,
    body: {
      topic: "sampling",
      title: { en: "Scraping paint from small toys" },
      text: { en: "Scrape each colour apart, at least 100 mg; pool toys of one batch where one has too little." },
      categories: ["toys"],
      standards: ["EN 71-3"],
    },
  },
});

import { z } from "zod";
import { nearestWord } from "../nearest-word.ts";
import { PART_KINDS } from "../record/codes/part.ts";
import { RECORD_TYPES } from "../record/index.ts";

/** Rules of one schedule: one for each kind of part and ground, several times over. */
const RULES_MAX = 100;

/** Three hundred years, in the smallest unit. */
const LONGEST = 110_000;
const SPAN = z.int().min(0).max(LONGEST).optional();

/** Why something is erased, in the words of whoever erases: `retention`. */
export const ERASURE_GROUND = z
  .string()
  .regex(/^[a-z0-9-]{1,64}$/, "not a word of lower-case letters, digits and dashes");

/** A slip of the pen would keep for ever what is to be erased, so it is refused. */
function knownWord(words: readonly string[], what: string) {
  return z.string().superRefine((word, context) => {
    if (words.includes(word)) return;
    const near = nearestWord(word, words);
    const meant = near === undefined ? `there are ${words.join(", ")}` : `did you mean ${near}?`;
    context.addIssue({ code: "custom", message: `"${word}" is no ${what}; ${meant}` });
  });
}

const TYPES = [...new Set(RECORD_TYPES.map(({ name }) => name))];

const RULE = z
  .strictObject({
    /** `record`, or the kind of a part. */
    section: knownWord(["record", ...PART_KINDS], "kind of part"),
    /** Only of records of these types; of all where it is left out. */
    types: z.array(knownWord(TYPES, "type of record")).min(1).max(TYPES.length).readonly().optional(),
    /** The word that the erasure then gives. */
    ground: ERASURE_GROUND,
    /** From when the time runs: the entry was published, or its case was closed (never while it is open). */
    from: z.enum(["published", "closed"]),
    /** How long, all added up; at least a day. */
    keep: z
      .strictObject({ years: SPAN, months: SPAN, days: SPAN })
      .refine(({ years = 0, months = 0, days = 0 }) => years + months + days > 0, "less than a day")
      .readonly(),
  })
  .readonly();

/** The first that fits a part decides; what none fits is kept. */
export const RETENTION_RULES = z.array(RULE).min(1).max(RULES_MAX).readonly();

export type RetentionRule = z.infer<typeof RULE>;

import type { z } from "zod";
import { actFields, tracing } from "./case-fields.ts";
import { code, list, map, reference, texts } from "./fields.ts";
import { measure } from "./measure.ts";
import { product } from "./product.ts";
import { risk } from "./risk.ts";

/** What an update and a correction say: the keys that are there stand in the place of those of the entry, whole. */
export const amendment = map({
  ...actFields,
  /** What is amended, as position in `refs`: an entry of the same author. */
  of: reference,
  text: texts,
  product: product.exactOptional(),
  risk: risk.exactOptional(),
  measures: list(measure).exactOptional(),
  foundIn: list(code("country")).exactOptional(),
  traceability: tracing.exactOptional(),
});

export type AmendmentBody = z.infer<typeof amendment>;

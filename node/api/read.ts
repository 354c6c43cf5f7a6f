import { z } from "zod";
import { parseLanguage } from "../../protocol/record/language.ts";
import { ServiceError } from "../service.ts";

/** In which summaries are told: a language as in BCP 47. */
export const LANGUAGE = z
  .string()
  .refine((text) => parseLanguage(text) === text, "not a language such as nl or zh-Hans");

/** `value` as `schema` describes it, else `INVALID`, naming the first thing that is wrong and where. */
export function read<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "the request" : issue.path.join(".");
  throw new ServiceError("INVALID", `${where}: ${issue?.message ?? "not as expected"}`);
}

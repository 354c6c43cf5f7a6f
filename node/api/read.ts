import type { z } from "zod";
import { ServiceError } from "../service.ts";

/** `value` as `schema` describes it, else `INVALID`, naming the first thing that is wrong and where. */
export function read<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "the request" : issue.path.join(".");
  throw new ServiceError("INVALID", `${where}: ${issue?.message ?? "not as expected"}`);
}

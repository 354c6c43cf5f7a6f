import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { z } from "zod";
import { FormatError } from "../../protocol/format-error.ts";

const refusal = z.object({ name: z.string(), code: z.string() });

/** The cases of `docs/spec/vectors/<format>.json`; an invalid one also has the code that it must be refused with. */
export function readVectors<V extends z.ZodType, I extends z.ZodType>(format: string, valid: V, invalid: I) {
  const file = new URL(`../../docs/spec/vectors/${format}.json`, import.meta.url);
  const schema = z.object({
    format: z.literal(format),
    valid: z.array(valid).min(1),
    invalid: z.array(z.intersection(refusal, invalid)).min(1),
  });
  return schema.parse(JSON.parse(readFileSync(file, "utf8")));
}

/** The code of the `FormatError` that `act` throws; fails for any other error, and for none. */
export function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
    if (error instanceof FormatError) return error.code;
  }
  throw new Error("nothing was refused");
}

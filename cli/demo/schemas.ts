import { z } from "zod";

// Of what commands print with --json (docs/spec/cli.md), the fields that the demonstration looks at.

export const PEER = z.object({ state: z.string() });
export const LOG = z.object({ name: z.string(), size: z.int(), missingParts: z.int() });
export const CASE = z.object({
  measures: z.array(z.object({ entry: z.string(), index: z.int(), by: z.string() })),
});

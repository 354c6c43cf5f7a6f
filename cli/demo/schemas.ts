import { z } from "zod";

// Of what commands print with --json (docs/spec/cli.md), the fields that the demonstration looks at.

export const INIT = z.object({ id: z.string(), fingerprint: z.string() });
export const PEER = z.object({ name: z.string(), state: z.string() });
export const LOG = z.object({ name: z.string(), size: z.int(), missingParts: z.int() });
export const ENTRY = z.object({ entry: z.string(), type: z.string().nullable(), parts: z.array(z.string()) });
export const VERIFIED_LOG = z.object({ size: z.int(), parts: z.int(), withheld: z.int() });

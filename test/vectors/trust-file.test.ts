import { describe, expect, it } from "vitest";
import { z } from "zod";
import { toHex } from "../../protocol/bytes.ts";
import { formatTrustFile, parseTrustFile } from "../../protocol/trust-file.ts";
import { codeOf, readVectors } from "./vector-file.ts";

const vectors = readVectors(
  "trust-file",
  z.object({ name: z.string(), text: z.string(), authorities: z.array(z.tuple([z.string(), z.string()])) }),
  z.object({ text: z.string() }),
);

describe("docs/spec/vectors/trust-file.json", () => {
  it.each(vectors.valid)("$name", ({ text, authorities }) => {
    const trusted = parseTrustFile(text);
    expect(trusted.map(({ name, id }) => [name, toHex(id)])).toEqual(authorities);
    expect(parseTrustFile(formatTrustFile(trusted))).toEqual(trusted);
  });

  it.each(vectors.invalid)("refused: $name", ({ text, code }) => {
    expect(codeOf(() => parseTrustFile(text))).toBe(code);
  });
});

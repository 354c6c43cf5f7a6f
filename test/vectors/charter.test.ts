import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { toBase64, toHex, utf8Encode } from "../../protocol/bytes.ts";
import {
  charterInForce,
  checkChain,
  disavowed,
  extendChain,
  lastCharter,
  logKeyAt,
  prevailing,
  rawKeyUses,
} from "../../protocol/charter-chain.ts";
import { formatCharter, parseCharter, parseCharterNote } from "../../protocol/charter.ts";
import type { Charter } from "../../protocol/charter.ts";
import { formatNote } from "../../protocol/note.ts";
import { formatVkey } from "../../protocol/vkey.ts";
import { chainEntries, chainVector, crypto, noteVectors, validChain } from "./chain-vector.ts";
import type { ChainVector } from "./chain-vector.ts";
import { codeOf } from "./vector-file.ts";

const inForce = z.array(z.tuple([z.number(), z.number(), z.number().nullable()])).default([]);
const series = z.tuple([z.string(), z.number()]);
const named = { name: z.string() };
const vectors = z
  .object({
    format: z.literal("charter"),
    notes: noteVectors,
    series: z.record(z.string(), z.object({ text: z.string(), lines: z.array(z.array(z.string())) })),
    valid: z.array(
      z.discriminatedUnion("kind", [
        z.object({ ...named, kind: z.literal("text"), text: z.string(), fields: z.record(z.string(), z.unknown()) }),
        z.object({
          ...named,
          kind: z.literal("chain"),
          id: z.string(),
          chain: chainVector.optional(),
          series: series.optional(),
          inForce,
          disavowed: z.array(z.tuple([z.number(), z.number(), z.boolean()])).default([]),
        }),
        z.object({
          ...named,
          kind: z.literal("prevailing"),
          held: chainVector,
          other: chainVector,
          prevails: z.string(),
          shared: z.number(),
        }),
      ]),
    ),
    invalid: z.array(
      z.discriminatedUnion("kind", [
        z.object({ ...named, kind: z.literal("text"), text: z.string(), code: z.string() }),
        z.object({
          ...named,
          kind: z.literal("chain"),
          chain: chainVector.optional(),
          series: series.optional(),
          serial: z.number(),
          rule: z.union([z.number(), z.literal("place"), z.literal("limit")]),
          code: z.string(),
        }),
      ]),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL("../../docs/spec/vectors/charter.json", import.meta.url), "utf8")));

type Series = z.infer<typeof series>;

/** Those of the file, and those that it gives by a rule. */
const notes: Record<string, string> = { ...vectors.notes };
const seriesNote = (name: string, i: number): string => `series ${name} ${i}`;
for (const [name, { text, lines }] of Object.entries(vectors.series)) {
  let previous = "none";
  for (const [i, signatures] of lines.entries()) {
    const made = text.replace("{serial}", String(i)).replace("{previous}", previous);
    notes[seriesNote(name, i)] = `${made}\n${signatures.map((line) => `${line}\n`).join("")}`;
    previous = toHex(crypto.sha256(utf8Encode(made)));
  }
}

describe("docs/spec/vectors/charter.json, texts", () => {
  it.each(vectors.valid.filter((vector) => vector.kind === "text"))("$name", ({ text, fields }) => {
    const charter = parseCharter(text, crypto);
    expect(plain(charter)).toEqual(fields);
    expect(formatCharter(charter)).toBe(text);
  });

  it.each(vectors.invalid.filter((vector) => vector.kind === "text"))("refused: $name", ({ text, code }) => {
    expect(codeOf(() => parseCharter(text, crypto))).toBe(code);
  });
});

describe("docs/spec/vectors/charter.json, chains", () => {
  it.each(vectors.valid.filter((vector) => vector.kind === "chain"))("$name", (vector) => {
    const places = placesOf(vector);
    const chain = read(places);
    expect(toHex(chain.id)).toBe(vector.id);
    expect(chain.entries.map(({ charter }) => charter.serial)).toEqual(places.map((_, serial) => serial));
    expect(lastCharter(chain)).toBe(chain.entries.at(-1)?.charter);
    for (const [epoch, size, serial] of vector.inForce) {
      const charter = serial === null ? undefined : chain.entries[serial]?.charter;
      expect(charterInForce(chain, epoch, size)).toBe(charter);
      expect(logKeyAt(chain, epoch, size)).toBe(charter?.log);
    }
    for (const [epoch, index, expected] of vector.disavowed)
      expect(disavowed(chain, epoch, index), `${epoch}:${index}`).toBe(expected);
    for (const { note, charter, text } of chain.entries) {
      expect(formatNote({ text: formatCharter(charter), signatures: parseCharterNote(note, crypto).signatures })).toBe(
        note,
      );
      expect(rawKeyUses(chain).get(toHex(charter.log.publicKey))).toBe(charter.log.name);
      expect(formatCharter(charter)).toBe(text);
    }
  });

  it.each(vectors.invalid.filter((vector) => vector.kind === "chain"))(
    "refused: $name",
    ({ serial, rule, code, ...vector }) => {
      const places = placesOf(vector);
      const refusal = { ok: false, serial, code, rule };
      expect(checkChain(entries(places), crypto)).toMatchObject(refusal);
      // All before the last are valid.
      const before = serial === 0 ? undefined : read(places.slice(0, -1));
      const [candidate] = entries(places.slice(-1));
      expect(candidate && extendChain(before, candidate, crypto)).toMatchObject(refusal);
    },
  );

  it.each(vectors.valid.filter((vector) => vector.kind === "prevailing"))(
    "prevailing: $name",
    ({ held, other, prevails, shared }) => {
      expect(prevailing(read(held), read(other))).toEqual({ kind: prevails, shared });
    },
  );
});

const entries = (chain: ChainVector) => chainEntries(notes, chain);
const read = (chain: ChainVector) => validChain(notes, chain);

/** A chain as it stands in the file, or the first notes of a series. */
function placesOf({
  chain = [],
  series: made,
}: {
  chain?: ChainVector | undefined;
  series?: Series | undefined;
}): ChainVector {
  if (made === undefined) return chain;
  const [name, count] = made;
  return Array.from({ length: count }, (_, i) => [0, i, seriesNote(name, i)]);
}

function plain(charter: Charter) {
  const { previous, continues, roots, next, log, witness, node, member, roles, kept, ...rest } = charter;
  return {
    ...rest,
    previous: previous === undefined ? null : toHex(previous),
    continues: continues === undefined ? null : [continues.epoch, continues.size, toBase64(continues.root)],
    roots: roots.map(formatVkey),
    next: next.map(toHex),
    log: formatVkey(log),
    witness: formatVkey(witness),
    node: formatVkey(node),
    member: toHex(member),
    roles: roles.map(formatVkey),
    kept: kept.map(({ line, keyword, value }) => [line, keyword, value]),
  };
}

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildNextCharter } from "../../keys/charter-builder.ts";
import { utf8Decode, utf8Encode } from "../../protocol/bytes.ts";
import { extendChain } from "../../protocol/charter-chain.ts";
import { formatCharter, parseCharter, parseCharterNote } from "../../protocol/charter.ts";
import type { CharterFields } from "../../protocol/charter.ts";
import { FormatError } from "../../protocol/format-error.ts";
import { origin } from "../../protocol/name.ts";
import { formatNote } from "../../protocol/note.ts";
import { keyId, SIGNATURE_TYPE } from "../../protocol/vkey.ts";
import type { Vkey } from "../../protocol/vkey.ts";
import { cosigner, crypto, firstChain, rootSigners, signer } from "../charter-fixture.ts";
import { sha256 } from "../primitives.ts";

const unsigned = fc.maxSafeNat();
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/);
const authority = fc
  .array(label, { minLength: 2, maxLength: 4 })
  .map((labels) => labels.join("."))
  .filter((name) => name.length >= 3 && /[a-z]/.test(name));
const value = fc
  .string({
    minLength: 1,
    maxLength: 128,
    unit: fc.oneof(fc.constant(" "), fc.string({ unit: "binary", minLength: 1, maxLength: 1 })),
  })
  .filter(
    (text) => text === text.replace(/^ | $/g, "") && text !== "" && !/\p{Cc}/u.test(text) && [...text].length <= 128,
  );
const unknownKeyword = fc.stringMatching(/^x[a-z0-9-]{0,8}!?$/);

const vkey = (name: string, type: number = SIGNATURE_TYPE.ed25519): fc.Arbitrary<Vkey> =>
  hash.map((publicKey) => ({ name, type, publicKey, keyId: keyId(sha256, name, type, publicKey) }));
const numbered = (name: string, what: string, max: number, min: number): fc.Arbitrary<readonly Vkey[]> =>
  fc
    .uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: min, maxLength: max })
    .chain((numbers) => fc.tuple(...numbers.map((n) => vkey(`${name}/${what}/${n}`))));
const continuation = fc.record({ epoch: unsigned, size: unsigned.map((size) => Math.max(size, 1)), root: hash });

const withoutKept: fc.Arbitrary<CharterFields> = fc
  .tuple(authority, unsigned, unsigned)
  .chain(([name, serial, epoch]) =>
    fc
      .record({
        roots: numbered(name, "root", 16, 1),
        next: fc.uniqueArray(hash, { minLength: 1, maxLength: 16, selector: String }),
      })
      .chain(({ roots, next }) =>
        fc.record({
          authority: fc.constant(name),
          title: value,
          country: fc.stringMatching(/^[A-Z]{2}$/),
          serial: fc.constant(serial),
          previous: serial === 0 ? fc.constant(undefined) : hash,
          epoch: fc.constant(epoch),
          continues: epoch === 0 ? fc.constant(undefined) : continuation,
          rootThreshold: fc.integer({ min: 1, max: roots.length }),
          roots: fc.constant(roots),
          nextThreshold: fc.integer({ min: 1, max: next.length }),
          next: fc.constant(next),
          log: vkey(origin(name, epoch)),
          witness: vkey(`${name}/witness`, SIGNATURE_TYPE.cosignature),
          node: vkey(`${name}/node`),
          member: hash,
          roles: numbered(name, "lab", 32, 0),
          kept: fc.constant([]),
        }),
      ),
  );

/** With unknown lines anywhere after the first. */
const fields = withoutKept.chain((charter) => {
  const lines = formatCharter(charter).split("\n").length - 1;
  return fc.array(fc.tuple(unknownKeyword, value), { maxLength: 6 }).chain((unknown) =>
    fc
      .shuffledSubarray(
        Array.from({ length: lines - 1 + unknown.length }, (_, i) => i + 1),
        { minLength: unknown.length, maxLength: unknown.length },
      )
      .map((places): CharterFields => ({
        ...charter,
        kept: places
          .sort((a, b) => a - b)
          .map((line, i) => ({ line, keyword: unknown[i]?.[0] ?? "", value: unknown[i]?.[1] ?? "" })),
      })),
  );
});

describe("parseCharter and formatCharter", () => {
  it("are exact inverses", () => {
    fc.assert(
      fc.property(fields, (charter) => {
        const text = formatCharter(charter);
        const { unknownCritical, ...parsed } = parseCharter(text, { sha256, admitKey: () => true });
        expect(parsed).toEqual(charter);
        expect(unknownCritical).toEqual(
          charter.kept.map(({ keyword }) => keyword).filter((keyword) => keyword.endsWith("!")),
        );
        expect(formatCharter(parsed)).toBe(text);
      }),
      { numRuns: 100 },
    );
  });
});

const NAME = "nvwa.nl";
const chain = firstChain(NAME);
const changes = {
  log: signer(NAME, "log 2"),
  witness: cosigner(`${NAME}/witness`, "witness 2"),
  addRoles: [signer(`${NAME}/lab/2`)],
};
const note = buildNextCharter(chain, changes, rootSigners(NAME, 1, 3));
const noteBytes = utf8Encode(note);
const textLength = utf8Encode(parseCharterNote(note, crypto).text).length;

describe("a charter note of which one byte was changed", () => {
  const mutation = (max: number) => fc.tuple(fc.nat(max - 1), fc.integer({ min: 1, max: 255 }));
  const mutated = ([at, by]: readonly [number, number]): Uint8Array =>
    noteBytes.map((byte, i) => (i === at ? byte ^ by : byte));

  it("is refused, or read as what it now says", () => {
    fc.assert(
      fc.property(mutation(noteBytes.length), (change) => {
        const read = attempt(() => utf8Decode(mutated(change)));
        const parsed = read === undefined ? undefined : attempt(() => parseCharterNote(read, crypto));
        if (parsed === undefined) return;
        const formatted = formatNote({ text: formatCharter(parsed.charter), signatures: parsed.signatures });
        expect(formatted).toBe(read);
        expect(formatted).not.toBe(note);
      }),
      { numRuns: 600 },
    );
  });

  it("is never valid if the byte was of the text", () => {
    fc.assert(
      fc.property(mutation(textLength), (change) => {
        const read = attempt(() => utf8Decode(mutated(change)));
        if (read !== undefined) expect(extendChain(chain, { epoch: 0, index: 1, note: read }, crypto).ok).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it("is never valid if the byte was of a signature that is needed", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: textLength, max: noteBytes.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (at, by) => {
          const read = attempt(() => utf8Decode(mutated([at, by])));
          if (read !== undefined) expect(extendChain(chain, { epoch: 0, index: 1, note: read }, crypto).ok).toBe(false);
        },
      ),
      { numRuns: 300 },
    );
  });
});

it("whatever a peer sends for a charter is a charter or a FormatError", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 200 }),
      (text) => attempt(() => parseCharterNote(text, crypto)) === undefined,
    ),
  );
  fc.assert(
    fc.property(
      fc.string({ maxLength: 200 }),
      (text) => !extendChain(undefined, { epoch: 0, index: 0, note: text }, crypto).ok,
    ),
  );
});

/** `undefined` for a `FormatError`; any other error goes through. */
function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

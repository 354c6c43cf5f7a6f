import fc from "fast-check";

/** `bytes` with up to three of its bytes changed, inserted or left out. */
export function damaged(bytes: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  const edit = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }), fc.constantFrom("change", "insert", "remove"));
  return fc.tuple(bytes, fc.array(edit, { minLength: 1, maxLength: 3 })).map(([original, edits]) => {
    const out = [...original];
    for (const [at, byte, how] of edits)
      out.splice(at % (out.length + 1), how === "insert" ? 0 : 1, ...(how === "remove" ? [] : [byte]));
    return Uint8Array.from(out);
  });
}

import { describe, expect, it } from "vitest";
import { generatePassphrase, isGeneratedPassphrase } from "../../keys/generated-passphrase.ts";

const EXAMPLE = "entente-aaaqe-ayeau-daoca-jbifq-ydiob-5hu6i";

describe("generated passphrases", () => {
  it("are written as in docs/spec/key-files.md", () => {
    expect(generatePassphrase(Uint8Array.from({ length: 16 }, (_, i) => i))).toBe(EXAMPLE);
    expect(isGeneratedPassphrase(EXAMPLE)).toBe(true);
  });

  it.each([
    "",
    "correct horse battery staple",
    "entente-aaaqe",
    EXAMPLE.toUpperCase(),
    `${EXAMPLE}\n`,
    EXAMPLE.replaceAll("-", ""),
  ])("%j is somebody's own", (text) => {
    expect(isGeneratedPassphrase(text)).toBe(false);
  });

  it("with one character wrong are refused, so that nobody's own gets the fast work factor", () => {
    for (let i = "entente-".length; i < EXAMPLE.length; i++) {
      if (EXAMPLE[i] === "-") continue;
      const wrong = `${EXAMPLE.slice(0, i)}${EXAMPLE[i] === "q" ? "r" : "q"}${EXAMPLE.slice(i + 1)}`;
      expect(() => isGeneratedPassphrase(wrong)).toThrow(expect.objectContaining({ code: "PASSPHRASE_MISTYPED" }));
    }
  });

  it.each([0, 15, 17])("need 16 random bytes, not %i", (length) => {
    expect(() => generatePassphrase(new Uint8Array(length))).toThrow(
      expect.objectContaining({ code: "KEY_MALFORMED" }),
    );
  });
});

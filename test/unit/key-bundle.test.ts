import { describe, expect, it } from "vitest";
import { keyPairFromSeed } from "../../keys/ed25519.ts";
import { formatKeyBundle, parseKeyBundle } from "../../keys/key-bundle.ts";
import type { NamedKey } from "../../keys/key-bundle.ts";
import { KeyError } from "../../keys/key-error.ts";
import { formatPem, parsePem } from "../../keys/pem.ts";
import { x25519KeyPairFromSeed } from "../../keys/x25519.ts";
import { fromHex, toBase64 } from "../../protocol/bytes.ts";

const SEED = fromHex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
const ED25519_PEM =
  "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";

describe("PEM", () => {
  it("is what OpenSSL writes, and node:crypto", () => {
    const signing = keyPairFromSeed(SEED);
    const member = x25519KeyPairFromSeed(SEED);
    expect(formatPem(signing)).toBe(ED25519_PEM);
    expect(formatPem(signing)).toBe(signing.privateKey().export({ type: "pkcs8", format: "pem" }));
    expect(formatPem(member)).toBe(member.privateKey().export({ type: "pkcs8", format: "pem" }));
    expect(parsePem(formatPem(member)).type).toBe("x25519");
    expect(parsePem(ED25519_PEM).exportSeed()).toEqual(SEED);
  });

  const pemOf = (hex: string): string =>
    `-----BEGIN PRIVATE KEY-----\n${toBase64(fromHex(hex))}\n-----END PRIVATE KEY-----\n`;
  const seed = "11".repeat(32);

  it.each([
    ["nothing", ""],
    ["no final newline", ED25519_PEM.slice(0, -1)],
    ["a second newline", `${ED25519_PEM}\n`],
    ["CRLF", ED25519_PEM.replaceAll("\n", "\r\n")],
    ["another label", ED25519_PEM.replaceAll("PRIVATE", "ENCRYPTED PRIVATE")],
    ["base64 of two lines", ED25519_PEM.replace("MC4C", "MC4C\n")],
    ["base64 that is none", ED25519_PEM.replace("MC4C", "MC4*")],
    ["a key cut short", pemOf(`302e020100300506032b657004220420${seed.slice(2)}`)],
    ["a key with something after it", pemOf(`302e020100300506032b657004220420${seed}00`)],
    ["PKCS#8 version 2, with the public key", pemOf(`3051020101300506032b657004220420${seed}812100${seed}`)],
    ["Ed448's object identifier", pemOf(`302e020100300506032b657104220420${seed}`)],
    ["other lengths in the DER", pemOf(`302f020100300506032b657004220420${seed}`)],
  ])("refuses %s", (_, text) => {
    expect(() => parsePem(text)).toThrow(expect.objectContaining({ code: "PEM_MALFORMED" }));
  });
});

describe("key bundle", () => {
  const keys = [
    { name: "nvwa.nl/node", key: keyPairFromSeed(SEED) },
    { name: "nvwa.nl/member", key: x25519KeyPairFromSeed(SEED) },
  ];
  const text = formatKeyBundle(keys);

  it("stands as text with a name before each key, and reads back", () => {
    expect(text.startsWith(`# nvwa.nl/node\n${ED25519_PEM}# nvwa.nl/member\n`)).toBe(true);
    expect(parseKeyBundle(text).map(shown)).toEqual(keys.map(shown));
  });

  it.each([
    ["nothing", "", 1],
    ["a newline", "\n", 1],
    ["a key without name", ED25519_PEM, 1],
    ["an empty line", `\n${text}`, 1],
    ["a name without space", text.replace("# n", "#n"), 1],
    ["an empty name", text.replace("# nvwa.nl/node", "# "), 1],
    ["a name with a space", text.replace("/node", " node"), 1],
    ["no second key", text.slice(0, text.indexOf("# nvwa.nl/member") + "# nvwa.nl/member\n".length), 6],
    ["a cut second key", text.slice(0, -20), 8],
    ["a damaged second key", text.replace("MC4CAQAwBQYDK2Vu", "MC4CAQAwBQYDK2Vx"), 6],
    ["CRLF", text.replaceAll("\n", "\r\n"), 1],
  ])("refuses %s and names the line", (_, bundle, line) => {
    let thrown: unknown;
    try {
      parseKeyBundle(bundle);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(KeyError);
    expect(thrown).toMatchObject({ code: "KEY_BUNDLE_MALFORMED", data: { line } });
    expect(String(thrown) + JSON.stringify(thrown)).not.toContain("MC4C");
  });

  it("is not written with a name that could not be read back", () => {
    const key = keyPairFromSeed(SEED);
    for (const name of ["", "a b", "a\nb", "a+b"]) {
      expect(() => formatKeyBundle([{ name, key }])).toThrow(expect.objectContaining({ code: "KEY_BUNDLE_MALFORMED" }));
    }
  });
});

function shown({ name, key }: NamedKey): string {
  return `${name} ${key.toString()}`;
}

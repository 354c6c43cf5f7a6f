import { Encrypter, armor, generateX25519Identity, identityToRecipient } from "age-encryption";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { decryptKeyFile, encryptKeyFile } from "../../keys/age-file.ts";
import { scryptRecipient } from "../../keys/age-scrypt.ts";
import { generatePassphrase } from "../../keys/generated-passphrase.ts";
import { KeyError } from "../../keys/key-error.ts";

const PASSPHRASE = generatePassphrase(new Uint8Array(16).fill(3));
const SECRET = "# nvwa.nl/root/1\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v\n";

const file = await encryptKeyFile(SECRET, PASSPHRASE);
const binary = armor.decode(file);
const newlineAfterStanza = Buffer.from(binary).indexOf("\n---");

describe("key file", () => {
  it("is armored, and opens with its passphrase", async () => {
    expect(file).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n[\s\S]*\n-----END AGE ENCRYPTED FILE-----\n$/);
    expect(await decryptKeyFile(bytes(file), PASSPHRASE)).toBe(SECRET);
    expect(await decryptKeyFile(bytes(file.replaceAll("\n", "\r\n")), PASSPHRASE)).toBe(SECRET);
  });

  it("is another one each time", async () => {
    expect(await encryptKeyFile(SECRET, PASSPHRASE)).not.toBe(file);
  });

  it("has work factor 12 for a generated passphrase, 18 for any other", async () => {
    expect(headerOf(file)).toMatch(/\n-> scrypt [A-Za-z0-9+/]{22} 12\n/);
    const typed = await encryptKeyFile(SECRET, "four words by hand");
    expect(headerOf(typed)).toMatch(/\n-> scrypt [A-Za-z0-9+/]{22} 18\n/);
    expect(await decryptKeyFile(bytes(typed), "four words by hand")).toBe(SECRET);
  });

  it("takes passphrases in any script, byte for byte", async () => {
    const light = async (passphrase: string): Promise<string> => seal(new Encrypter(), passphrase, 1);
    for (const passphrase of ["ключ", "パスフレーズ", "é", " leading and trailing "]) {
      expect(await decryptKeyFile(bytes(await light(passphrase)), passphrase)).toBe(SECRET);
    }
    await expect(decryptKeyFile(bytes(await light("é")), "e\u0301")).rejects.toThrow(codeOf("PASSPHRASE_WRONG"));
  });

  it("does not open with another passphrase", async () => {
    await expect(decryptKeyFile(bytes(file), generatePassphrase(new Uint8Array(16)))).rejects.toThrow(
      codeOf("PASSPHRASE_WRONG"),
    );
    await expect(decryptKeyFile(bytes(file), "")).rejects.toThrow(codeOf("PASSPHRASE_WRONG"));
  });

  it("is not written under a mistyped generated passphrase", async () => {
    await expect(encryptKeyFile(SECRET, PASSPHRASE.replace(/.$/, "2"))).rejects.toThrow(codeOf("PASSPHRASE_MISTYPED"));
  });
});

const unarmored = (edit: (text: string) => string): Uint8Array =>
  bytes(armor.encode(latin1(edit(Buffer.from(binary).toString("latin1")))));

describe("key file, invalid", () => {
  it.each<[string, string, Uint8Array]>([
    ["nothing", "KEY_FILE_NOT_ARMORED", bytes("")],
    [
      "a PEM key, unencrypted",
      "KEY_FILE_NOT_ARMORED",
      bytes("-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n"),
    ],
    ["a binary age file", "KEY_FILE_NOT_ARMORED", binary],
    ["something before it", "KEY_FILE_NOT_ARMORED", bytes(`x\n${file}`)],
    ["half a file", "KEY_FILE_TRUNCATED", bytes(file.slice(0, file.length / 2))],
    ["no last line", "KEY_FILE_TRUNCATED", bytes(file.slice(0, file.indexOf("-----END")))],
    ["something after it", "KEY_FILE_TRUNCATED", bytes(`${file}x\n`)],
    ["a line missing", "KEY_FILE_DAMAGED", bytes(file.replace(/\n[^-\n]{64}\n/, "\n"))],
    ["lines joined", "KEY_FILE_DAMAGED", bytes(file.replace(/([^-\n]{64})\n/, "$1"))],
    ["bytes that are no text", "KEY_FILE_DAMAGED", bytes(file.replace(/\n[^-]/, "\n\u0000"))],
    [
      "an empty armor",
      "KEY_FILE_DAMAGED",
      bytes("-----BEGIN AGE ENCRYPTED FILE-----\n-----END AGE ENCRYPTED FILE-----\n"),
    ],
    ["another version", "KEY_FILE_DAMAGED", unarmored((text) => text.replace("org/v1", "org/v2"))],
    ["a payload cut short", "KEY_FILE_DAMAGED", unarmored((text) => text.slice(0, -1))],
    ["no payload", "KEY_FILE_DAMAGED", unarmored((text) => text.slice(0, text.indexOf("\n--- ") + 48))],
    [
      "a payload bit flipped",
      "KEY_FILE_DAMAGED",
      unarmored((text) => text.slice(0, -1) + String.fromCharCode(text.charCodeAt(text.length - 1) ^ 1)),
    ],
    ["something after the payload", "KEY_FILE_DAMAGED", unarmored((text) => `${text}x`)],
    [
      "another header MAC",
      "KEY_FILE_DAMAGED",
      unarmored((text) => text.replace(/\n--- ./, (mac) => `\n--- ${mac.endsWith("A") ? "B" : "A"}`)),
    ],
    [
      "another salt",
      "PASSPHRASE_WRONG",
      unarmored((text) => text.replace(/scrypt ./, (salt) => `scrypt ${salt.endsWith("A") ? "B" : "A"}`)),
    ],
    ["a salt cut short", "KEY_FILE_DAMAGED", unarmored((text) => text.replace(/scrypt ../, "scrypt "))],
    ["a salt with bits left over", "KEY_FILE_DAMAGED", unarmored((text) => text.replace(/. 12\n/, "B 12\n"))],
    ["another work factor", "PASSPHRASE_WRONG", unarmored((text) => text.replace(" 12\n", " 11\n"))],
    ["work factor 23", "KEY_FILE_WORK_FACTOR", unarmored((text) => text.replace(" 12\n", " 23\n"))],
    ["work factor 64", "KEY_FILE_WORK_FACTOR", unarmored((text) => text.replace(" 12\n", " 64\n"))],
    ["work factor 0", "KEY_FILE_DAMAGED", unarmored((text) => text.replace(" 12\n", " 0\n"))],
    ["work factor 012", "KEY_FILE_DAMAGED", unarmored((text) => text.replace(" 12\n", " 012\n"))],
    ["work factor 0xc", "KEY_FILE_DAMAGED", unarmored((text) => text.replace(" 12\n", " 0xc\n"))],
    ["work factor -12", "KEY_FILE_DAMAGED", unarmored((text) => text.replace(" 12\n", " -12\n"))],
    ["no work factor", "KEY_FILE_DAMAGED", unarmored((text) => text.replace(" 12\n", "\n"))],
    ["an argument too many", "KEY_FILE_DAMAGED", unarmored((text) => text.replace(" 12\n", " 12 12\n"))],
    [
      "scrypt twice",
      "KEY_FILE_DAMAGED",
      unarmored((text) => text.replace(/-> scrypt[^-]*/, (stanza) => stanza + stanza)),
    ],
    [
      "scrypt and another recipient",
      "KEY_FILE_DAMAGED",
      unarmored((text) => `${text.slice(0, newlineAfterStanza)}\n-> other\n${text.slice(newlineAfterStanza)}`),
    ],
    ["another recipient only", "KEY_FILE_NOT_PASSPHRASE", unarmored((text) => text.replace("scrypt", "script"))],
  ])("%s: %s", async (_, code, input) => {
    await expect(decryptKeyFile(input, PASSPHRASE)).rejects.toThrow(codeOf(code));
  });

  it("a file for a recipient key says that it has no passphrase", async () => {
    const encrypter = new Encrypter();
    encrypter.addRecipient(await identityToRecipient(await generateX25519Identity()));
    const encrypted = armor.encode(await encrypter.encrypt(SECRET));
    await expect(decryptKeyFile(bytes(encrypted), PASSPHRASE)).rejects.toThrow(codeOf("KEY_FILE_NOT_PASSPHRASE"));
  });

  it("no error shows the passphrase or the content", async () => {
    for (const input of [bytes(file), unarmored((text) => `${text}x`), bytes(SECRET), bytes("")]) {
      const error: unknown = await decryptKeyFile(input, "my secret passphrase").catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(KeyError);
      expect(inspect(error, { showHidden: true, depth: 9 }) + JSON.stringify(error)).not.toMatch(/my secret|MC4C/);
    }
  });
});

function codeOf(code: string): unknown {
  return expect.objectContaining({ name: "KeyError", code });
}

async function seal(encrypter: Encrypter, passphrase: string, workFactor: number): Promise<string> {
  encrypter.addRecipient(scryptRecipient(passphrase, workFactor));
  return armor.encode(await encrypter.encrypt(SECRET));
}

function headerOf(armored: string): string {
  return Buffer.from(armor.decode(armored)).toString("latin1");
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "latin1"));
}

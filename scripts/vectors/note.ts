import type { CharterKey } from "./authority.ts";
import { COLLIDING, COLLIDING_TYPES } from "./collisions.ts";
import { ALLOWED, codePoint, CONTROL, keyNamed, keyWith, WHITE_SPACE } from "./note-names.ts";
import { base64, hex, logKey, otherKey, sha256, testKey, unhex, witnessKey } from "./tools.ts";
import type { Case, TestKey, Vectors } from "./tools.ts";

type BadCase = Case & { readonly code: string };

export function note(): Vectors {
  return {
    format: "note",
    source: "C2SP signed-note v1.0.0; golang/mod sumdb/note/note_test.go; sum.golang.org; the others are ours",
    valid: [...vkeys(), ...notes()],
    invalid: [...badVkeys(), ...badNotes(), ...refusedNotes()],
  };
}

const EXAMPLE_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const EXAMPLE_NOTE =
  "This is an example message.\n\n" +
  "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

const PETER_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const ENOCH_VKEY = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
const CRYPTO_TEXT =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const PETER_LINE =
  "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
const ENOCH_LINE =
  "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";

const SUMDB_VKEY = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
const SUMDB_NOTE =
  "go.sum database tree\n35225469\nvt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ=\n\n" +
  "— sum.golang.org Az3grpukl5AXaVfYkLiDGORx/DN2nlcS5kZHR5uYOBV2KA2HgXpD+gu9HHONebHLAyaKbbTM75QTtPydhKCExixSfwQ=\n";

function vkeys(): Case[] {
  const unknown = `example.com/future+01020304+${base64(Uint8Array.of(0x06, 1, 2, 3))}`;
  return [
    vkey("vkey of signed-note", EXAMPLE_VKEY),
    vkey("vkey of PeterNeumann", PETER_VKEY),
    vkey("vkey of EnochRoot", ENOCH_VKEY),
    vkey("vkey of sum.golang.org", SUMDB_VKEY),
    vkey("vkey of a witness", "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"),
    vkey("vkey of torchwood's test witness", witnessKey.vkey),
    vkey("vkey of an unknown type is kept, whatever its id and length", unknown),
    ...ALLOWED.map((value) => vkey(`vkey with ${codePoint(value)} in the name`, keyWith(value).vkey)),
    vkey("vkey with U+FEFF before the name", keyNamed("\ufeffexample.com/foo").vkey),
    vkey("vkey beyond ASCII", testKey("日誌.example/1", 0x01, new Uint8Array(32).fill(3)).vkey),
  ];
}

function vkey(name: string, text: string): Case {
  const [keyName = "", keyId = "", ...blob] = text.split("+");
  const bytes = Buffer.from(blob.join("+"), "base64");
  return { name, kind: "vkey", vkey: text, keyName, keyId, type: bytes[0], publicKey: hex(bytes.subarray(1)) };
}

function badVkeys(): BadCase[] {
  const key = EXAMPLE_VKEY;
  const cases: Record<string, string> = {
    empty: "",
    "without key": "example.com/foo+530d903a",
    "with an empty key": "example.com/foo+530d903a+",
    "with a type only": `example.com/foo+${keyIdOf("example.com/foo", "01")}+AQ==`,
    "with an empty name": keyNamed("").vkey,
    "with a space before the name": keyNamed(" example.com/foo").vkey,
    "with a space after the name": keyNamed("example.com/foo ").vkey,
    ...Object.fromEntries(
      [...WHITE_SPACE, ...CONTROL].map((value) => [`with ${codePoint(value)} in the name`, keyWith(value).vkey]),
    ),
    "with an upper-case key id": key.replace("530d903a", "530D903A"),
    "with a short key id": key.replace("530d903a", "530d903"),
    "with another key id": key.replace("530d903a", "530d903b"),
    "with another name": key.replace("foo", "fop"),
    "with another key": key.replace("U2k", "U2g"),
    "with unused bits that are not zero": `${PETER_VKEY.slice(0, -1)}X=`,
    "without padding": `example.com/future+01020304+${base64(Uint8Array.of(6, 1, 2, 3)).replaceAll("=", "")}`,
    "of 33 bytes, its key id right":
      `PeterNeumann+${keyIdOf("PeterNeumann", "011a5cd907143c384c41e830c5bce12aa8817ec5649aaabf2c31388b35b2d744d600")}+` +
      base64(unhex("011a5cd907143c384c41e830c5bce12aa8817ec5649aaabf2c31388b35b2d744d600")),
    "with a newline": `${key}\n`,
    "with a space at the end": `${key} `,
  };
  return Object.entries(cases).map(([name, vkey]) => ({
    name: `vkey ${name}`,
    kind: "vkey",
    vkey,
    code: "VKEY_MALFORMED",
  }));
}

function notes(): Case[] {
  const text = "entente\n";
  const [one, other] = COLLIDING;
  const unknownType = `example.com/future+01020304+${base64(Uint8Array.of(0x06, 1, 2, 3))}`;
  return [
    opens("the example of signed-note", EXAMPLE_NOTE, [EXAMPLE_VKEY], [EXAMPLE_VKEY]),
    opens("PeterNeumann", `${CRYPTO_TEXT}\n${PETER_LINE}`, [PETER_VKEY], [PETER_VKEY]),
    opens("one of two keys known", `${CRYPTO_TEXT}\n${PETER_LINE}${ENOCH_LINE}`, [PETER_VKEY], [PETER_VKEY]),
    opens(
      "both keys known",
      `${CRYPTO_TEXT}\n${PETER_LINE}${ENOCH_LINE}`,
      [ENOCH_VKEY, PETER_VKEY],
      [PETER_VKEY, ENOCH_VKEY],
    ),
    opens("the checkpoint of sum.golang.org", SUMDB_NOTE, [SUMDB_VKEY], [SUMDB_VKEY]),
    opens("one line twice", `${CRYPTO_TEXT}\n${PETER_LINE}${PETER_LINE}`, [PETER_VKEY], [PETER_VKEY]),
    opens("the same key given twice", `${CRYPTO_TEXT}\n${PETER_LINE}`, [PETER_VKEY, PETER_VKEY], [PETER_VKEY]),
    opens(
      "a bad line of an unknown key",
      `${CRYPTO_TEXT}\n${PETER_LINE}— EnochRoot AAAAAAAA\n`,
      [PETER_VKEY],
      [PETER_VKEY],
    ),
    opens(
      "a known name with an unknown key id",
      `${CRYPTO_TEXT}\n${PETER_LINE}— PeterNeumann AAAAAAAA\n`,
      [PETER_VKEY],
      [PETER_VKEY],
    ),
    opens(
      "a line of a known key of unknown type",
      `${CRYPTO_TEXT}\n${PETER_LINE}— example.com/future AQIDBAA=\n`,
      [unknownType, PETER_VKEY],
      [PETER_VKEY],
    ),
    opens("empty lines in the text", signed("a\n\n— b\n\nc\n", logKey), [logKey.vkey], [logKey.vkey]),
    opens("an empty line as text", signed("\n", logKey), [logKey.vkey], [logKey.vkey]),
    opens("text beyond ASCII", signed("è\u2028🖋\n", logKey), [logKey.vkey], [logKey.vkey]),
    opens("text that begins with U+FEFF", signed("\ufeffentente\n", logKey), [logKey.vkey], [logKey.vkey]),
    ...ALLOWED.map((value) =>
      opens(
        `a line with ${codePoint(value)} in the name`,
        signed(text, keyWith(value)),
        [keyWith(value).vkey],
        [keyWith(value).vkey],
      ),
    ),
    opens("one of two keys with one name and key id known", signedBy(one), [one.vkey], [one.vkey]),
    opens("the other of them", signedBy(other), [other.vkey], [other.vkey]),
    opens(
      "two keys with one name and key id known, of which the note has no line",
      signed(text, logKey),
      [one.vkey, logKey.vkey, other.vkey],
      [logKey.vkey],
    ),
    opens("16 lines", `${text}\n${`${logKey.line(text)}\n`.repeat(16)}`, [logKey.vkey], [logKey.vkey]),
  ];
}

function opens(name: string, noteText: string, known: readonly string[], verified: readonly string[]): Case {
  const split = noteText.lastIndexOf("\n\n");
  const signatures = noteText
    .slice(split + 2, -1)
    .split("\n")
    .map((line) => {
      const [, keyName = "", blob = ""] = line.split(" ");
      const bytes = Buffer.from(blob, "base64");
      return { name: keyName, keyId: hex(bytes.subarray(0, 4)), signature: hex(bytes.subarray(4)) };
    });
  return { name, kind: "note", note: noteText, text: noteText.slice(0, split + 1), signatures, vkeys: known, verified };
}

function badNotes(): BadCase[] {
  const good = `${CRYPTO_TEXT}\n${PETER_LINE}`;
  const cases: Record<string, string> = {
    empty: "",
    "a newline": "\n",
    "two newlines": "\n\n",
    "text only": CRYPTO_TEXT,
    "text and an empty line": `${CRYPTO_TEXT}\n`,
    "no empty line": `${CRYPTO_TEXT}${PETER_LINE}`,
    "no newline at the end": good.slice(0, -1),
    "a control character": `\u0001${good}`,
    "a tab": `\t${good}`,
    "a NUL": good.replace("problem", "\u0000"),
    "carriage returns": good.replaceAll("\n", "\r\n"),
    "a line that is no signature": `${good}Unexpected line.\n`,
    "an empty line at the end": `${good}\n`,
    "an empty line between the lines": `${good}\n${ENOCH_LINE}x`,
    "a space in the name": good.replace("PeterNeumann", "Bad Name"),
    "a plus in the name": good.replace("PeterNeumann", "Peter+Neumann"),
    "an empty name": good.replace("— PeterNeumann", "— "),
    "a hyphen instead of the em dash": good.replace("—", "-"),
    "two spaces": good.replace("— ", "—  "),
    "a space at the end of the line": good.replace("nAM=\n", "nAM= \n"),
    "no padding": good.replace("nAM=\n", "nAM\n"),
    "unused bits that are not zero": good.replace("nAM=\n", "nAN=\n"),
    "base64 of the URL alphabet": good.replace("UG/", "UG_"),
    "a key id only": `${CRYPTO_TEXT}\n— PeterNeumann x08gow==\n`,
    "three bytes": `${CRYPTO_TEXT}\n— PeterNeumann x08g\n`,
    "17 lines": `${CRYPTO_TEXT}\n${PETER_LINE.repeat(17)}`,
  };
  for (const value of [...WHITE_SPACE, ...CONTROL])
    cases[`${codePoint(value)} in the name`] = signed("entente\n", keyWith(value));
  const malformed = Object.entries(cases).map(([name, note]) => ({ name, kind: "note", note, code: "NOTE_MALFORMED" }));
  const noteHex = hex(Buffer.concat([Buffer.from([0xff]), Buffer.from(good)]));
  return [...malformed, { name: "not UTF-8", kind: "note", noteHex, code: "NOTE_MALFORMED" }];
}

function refusedNotes(): BadCase[] {
  const good = `${CRYPTO_TEXT}\n${PETER_LINE}`;
  const INVALID = "NOTE_SIGNATURE_INVALID";
  const AMBIGUOUS = "NOTE_KEY_AMBIGUOUS";
  const [one, other] = COLLIDING;
  const [plain, cosigner] = COLLIDING_TYPES;
  const twice = `${good}— PeterNeumann x08gow${"A".repeat(85)}=\n`;
  return [
    refused("no key known", good, [], "NOTE_UNTRUSTED"),
    refused("another key known", good, [ENOCH_VKEY], "NOTE_UNTRUSTED"),
    refused("a key of the same name known", signed("a\n", logKey), [otherKey.vkey], "NOTE_UNTRUSTED"),
    refused("the text changed", good.replace("problem is", "problem was"), [PETER_VKEY], INVALID),
    refused("the signature changed", good.replace("9UG/", "9UG+"), [PETER_VKEY], INVALID),
    refused("the signature lengthened", good.replace("nAM=", "nAMA"), [PETER_VKEY], INVALID),
    refused("a second line of the key that does not verify", twice, [PETER_VKEY], INVALID),
    refused(
      "one known key of two does not verify",
      good.replace("9UG/", "9UG+") + ENOCH_LINE,
      [PETER_VKEY, ENOCH_VKEY],
      INVALID,
    ),
    refused("the line of one key, another with its name and key id known", signedBy(one), [other.vkey], INVALID),
    refused("two keys with one name and key id known", signedBy(one), [one.vkey, other.vkey], AMBIGUOUS),
    refused("the same two, in the other order", signedBy(one), [other.vkey, one.vkey], AMBIGUOUS),
    refused(
      "two keys of different types with one name and key id known",
      signedBy(plain),
      [plain.vkey, cosigner.vkey],
      AMBIGUOUS,
    ),
    // As a key of type 0x01 would make it, 64 bytes without a time.
    refused("a cosigner's signature of the text alone", `a\n\n${witnessKey.line("a\n")}\n`, [witnessKey.vkey], INVALID),
    refused(
      "the empty line counted as text",
      EXAMPLE_NOTE.replace("message.\n", "message.\n\n"),
      [EXAMPLE_VKEY],
      INVALID,
    ),
  ];
}

function refused(name: string, noteText: string, known: readonly string[], code: string): BadCase {
  return { name, kind: "note", note: noteText, vkeys: known, code };
}

function signed(text: string, key: TestKey): string {
  return `${text}\n${key.line(text)}\n`;
}

function signedBy(signer: CharterKey): string {
  return `entente\n\n${signer.sign("entente\n")}\n`;
}

function keyIdOf(name: string, typeAndKey: string): string {
  return hex(sha256(name, "\n", unhex(typeAndKey)).subarray(0, 4));
}

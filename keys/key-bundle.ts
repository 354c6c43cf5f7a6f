import { isKeyName } from "../protocol/key-name.ts";
import { KeyError } from "./key-error.ts";
import { formatPem, parsePem } from "./pem.ts";
import type { AnyKeyPair } from "./pem.ts";

export type NamedKey = { readonly name: string; readonly key: AnyKeyPair };

const LINES_PER_KEY = 4;

const NAME_MARK = "# ";

/**
 * Keys in one text, each after a line with its name. OpenSSL skips such lines, so `openssl pkey` reads the first key of a
 * bundle as it stands.
 *
 *     # nvwa.nl/root/1
 *     -----BEGIN PRIVATE KEY-----
 *     MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
 *     -----END PRIVATE KEY-----
 */
export function formatKeyBundle(keys: readonly NamedKey[]): string {
  return keys.map(formatBlock).join("");
}

/** Reads what `formatKeyBundle` writes of at least one key, and nothing else. Throws KEY_BUNDLE_MALFORMED with the line. */
export function parseKeyBundle(text: string): readonly NamedKey[] {
  const lines = text.split("\n");
  if (lines.pop() !== "" || lines.length === 0) throw malformed("must end in a newline", lines.length);
  const blocks = Array.from({ length: Math.ceil(lines.length / LINES_PER_KEY) }, (_, i) => i * LINES_PER_KEY);
  return blocks.map((start) => parseBlock(lines, start));
}

function formatBlock({ name, key }: NamedKey): string {
  if (!isKeyName(name)) throw new KeyError("KEY_BUNDLE_MALFORMED", "a key in a bundle needs the name of a key");
  return `${NAME_MARK}${name}\n${formatPem(key)}`;
}

function parseBlock(lines: readonly string[], start: number): NamedKey {
  const nameLine = lines[start] ?? "";
  const name = nameLine.slice(NAME_MARK.length);
  if (!nameLine.startsWith(NAME_MARK) || !isKeyName(name))
    throw malformed("must be `# ` and the name of the key that follows", start);
  const pem = lines.slice(start + 1, start + LINES_PER_KEY);
  try {
    return { name, key: parsePem(`${pem.join("\n")}\n`) };
  } catch {
    throw malformed(
      "must begin an Ed25519 or X25519 private key in PEM, three lines as `openssl genpkey` writes them",
      start + 1,
    );
  }
}

// Says where, and never what stands there: that may be half a secret.
function malformed(rule: string, lineIndex: number): KeyError {
  const line = lineIndex + 1;
  return new KeyError("KEY_BUNDLE_MALFORMED", `line ${line} of the decrypted keys ${rule}`, { line });
}

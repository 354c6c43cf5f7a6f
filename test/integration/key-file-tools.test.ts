import { spawnSync } from "node:child_process";
import type { SpawnSyncReturns } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { decryptKeyFile, encryptKeyFile } from "../../keys/age-file.ts";
import { keyPairFromSeed } from "../../keys/ed25519.ts";
import { generatePassphrase } from "../../keys/generated-passphrase.ts";
import { formatKeyBundle, parseKeyBundle } from "../../keys/key-bundle.ts";
import { formatOnlineKeys, generateOnlineKeys } from "../../keys/online-keys.ts";
import { toHex } from "../../protocol/bytes.ts";

// Skipped without these programs of Debian: openssl; age, and python3 to be its terminal.
const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
const hasAge = spawnSync("age", ["--version"]).status === 0 && spawnSync("python3", ["-c", "import pty"]).status === 0;

const PASSPHRASE = generatePassphrase(new Uint8Array(16).fill(9));
const directory = mkdtempSync(join(tmpdir(), "entente-tools-"));
afterAll(() => rmSync(directory, { recursive: true }));

let calls = 0;
const bundle = formatOnlineKeys(
  generateOnlineKeys({ name: "nvwa.nl", epoch: 0, roles: ["lab/1"] }, (n) => new Uint8Array(n).fill(++calls)),
);
const firstPublicKey = keyPairFromSeed(new Uint8Array(32).fill(1)).publicKey;

describe("openssl", () => {
  it.skipIf(!hasOpenssl)("opens the first key of a bundle as it stands", () => {
    const { stdout } = openssl(["pkey", "-pubout", "-outform", "DER"], bundle);
    expect(stdout.subarray(-32).toString("hex")).toBe(toHex(firstPublicKey));
  });

  it.skipIf(!hasOpenssl)("opens any other key, cut out as docs/spec/key-files.md says", () => {
    for (const [name, type] of [
      ["node", "ED25519"],
      ["member", "X25519"],
      ["lab/1", "ED25519"],
    ] as const) {
      const cut = spawnSync("sed", ["-n", `/^# nvwa.nl\\/${name.replace("/", "\\/")}$/,/^-----END/p`], {
        input: bundle,
      });
      const key = parseKeyBundle(bundle).find((entry) => entry.name === `nvwa.nl/${name}`)?.key;
      expect(openssl(["pkey", "-noout", "-text"], cut.stdout).stdout.toString()).toContain(`${type} Private-Key`);
      expect(openssl(["pkey", "-pubout", "-outform", "DER"], cut.stdout).stdout.subarray(-32).toString("hex")).toBe(
        toHex(key?.publicKey ?? new Uint8Array()),
      );
    }
  });

  it.skipIf(!hasOpenssl)("makes keys that we read and write the same", () => {
    for (const algorithm of ["ed25519", "x25519"]) {
      const text = `# nvwa.nl/root/1\n${openssl(["genpkey", "-algorithm", algorithm], "").stdout.toString()}`;
      const keys = parseKeyBundle(text);
      expect(keys[0]?.key.type).toBe(algorithm);
      expect(formatKeyBundle(keys)).toBe(text);
    }
  });
});

/** Runs a program with a terminal of its own and answers each question that ends in a colon with the passphrase. */
const ON_A_TERMINAL = `
import os, pty, sys
passphrase, command = sys.argv[1], sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
seen = b""
while True:
    try:
        data = os.read(terminal, 1024)
    except OSError:
        break
    if not data:
        break
    seen += data
    if seen.rstrip().endswith(b":"):
        os.write(terminal, passphrase.encode() + b"\\n")
        seen = b""
sys.stderr.buffer.write(seen)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

describe("age", () => {
  it.skipIf(!hasAge)(
    "decrypts what we encrypt",
    async () => {
      const [encrypted, plain] = [join(directory, "ours.age"), join(directory, "ours.txt")];
      writeFileSync(encrypted, await encryptKeyFile(bundle, PASSPHRASE));
      expect(age(PASSPHRASE, ["-d", "-o", plain, encrypted])).toMatchObject({ status: 0 });
      expect(readFileSync(plain, "utf8")).toBe(bundle);
      expect(age("another one", ["-d", "-o", plain, encrypted]).status).not.toBe(0);
    },
    20_000,
  );

  it.skipIf(!hasAge)(
    "decrypts what we encrypt for a passphrase that somebody typed",
    async () => {
      const [encrypted, plain] = [join(directory, "typed.age"), join(directory, "typed.txt")];
      writeFileSync(encrypted, await encryptKeyFile(bundle, "pässphrase of four words"));
      expect(age("pässphrase of four words", ["-d", "-o", plain, encrypted])).toMatchObject({ status: 0 });
      expect(readFileSync(plain, "utf8")).toBe(bundle);
    },
    20_000,
  );

  it.skipIf(!hasAge)(
    "encrypts what we decrypt",
    async () => {
      const [encrypted, plain] = [join(directory, "theirs.age"), join(directory, "theirs.txt")];
      writeFileSync(plain, bundle);
      expect(age(PASSPHRASE, ["-p", "-a", "-o", encrypted, plain])).toMatchObject({ status: 0 });
      expect(await decryptKeyFile(readFileSync(encrypted), PASSPHRASE)).toBe(bundle);
    },
    20_000,
  );
});

function openssl(args: readonly string[], input: string | Buffer): SpawnSyncReturns<Buffer> {
  const result = spawnSync("openssl", args, { input });
  expect(result.status, result.stderr.toString()).toBe(0);
  return result;
}

function age(passphrase: string, args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync("python3", ["-c", ON_A_TERMINAL, passphrase, "age", ...args], { encoding: "utf8" });
}

import { base64, hex, logKey, otherKey, sha256, witnessKey } from "./tools.ts";
import type { Vectors } from "./tools.ts";

const MALFORMED = "PROOF_MALFORMED";
const HEADER = "c2sp.org/tlog-proof@v1\n";

const LEAVES = ["a", "b", "c"].map((text) => sha256("\x00", text)) as [Uint8Array, Uint8Array, Uint8Array];
const LEFT = sha256("\x01", LEAVES[0], LEAVES[1]);
const CHECKPOINT = `${logKey.name}\n3\n${base64(sha256("\x01", LEFT, LEAVES[2]))}\n`;
const TIME = 1_700_000_000n;
const NOTE = `${CHECKPOINT}\n${logKey.line(CHECKPOINT)}\n${witnessKey.cosign(TIME, CHECKPOINT)}\n`;

/** Entry 1 of three. */
const HASHES = `${base64(LEAVES[0])}\n${base64(LEAVES[2])}\n`;
const GOOD = `${HEADER}index 1\n${HASHES}\n${NOTE}`;

/** The verifier knows `vkey` as the log of `origin`, the `witnesses`, and the leaf hash. */
export function tlogProof(): Vectors {
  return {
    format: "tlog-proof",
    source:
      "c2sp.org/tlog-proof@v1 (draft of July 2026); malformed cases after transparency-dev/formats proof/tlog_proof_test.go",
    valid: [
      valid("entry 1 of three", GOOD, 1, [LEAVES[0], LEAVES[2]], LEAVES[1]),
      valid(
        "the last entry, which has one sibling",
        `${HEADER}index 2\n${base64(LEFT)}\n\n${NOTE}`,
        2,
        [LEFT],
        LEAVES[2],
      ),
      { ...valid("extra data", withExtra("aGVsbG8="), 1, [LEAVES[0], LEAVES[2]], LEAVES[1]), extra: "68656c6c6f" },
      { ...valid("empty extra data", withExtra(""), 1, [LEAVES[0], LEAVES[2]], LEAVES[1]), extra: "" },
      single(),
      { ...valid("no witness known", GOOD, 1, [LEAVES[0], LEAVES[2]], LEAVES[1]), witnesses: [], cosignatures: [] },
    ],
    invalid: [
      ...Object.entries(MALFORMED_TEXTS).map(([name, proof]) => bad(name, proof, MALFORMED)),
      bad("a note without signatures", `${HEADER}index 1\n${HASHES}\n${CHECKPOINT}`, "NOTE_MALFORMED"),
      bad("a checkpoint with an extension line", GOOD.replace("\n\n—", "\nextension\n\n—"), "CHECKPOINT_MALFORMED"),
      bad("another index", GOOD.replace("index 1", "index 0"), "PROOF_INVALID"),
      bad("an index outside the tree", GOOD.replace("index 1", "index 3"), "PROOF_INVALID"),
      bad("a hash missing", GOOD.replace(`${base64(LEAVES[2])}\n`, ""), "PROOF_INVALID"),
      bad("no hashes", GOOD.replace(HASHES, ""), "PROOF_INVALID"),
      { ...bad("another leaf", GOOD, "PROOF_INVALID"), leafHash: hex(LEAVES[0]) },
      { ...bad("another origin", GOOD, "PROOF_INVALID"), origin: "example.com/log2" },
      { ...bad("another key of the log", GOOD, "NOTE_UNTRUSTED"), vkey: otherKey.vkey },
      bad("cosigned, but not signed by the log", GOOD.replace(`${logKey.line(CHECKPOINT)}\n`, ""), "NOTE_UNTRUSTED"),
      bad(
        "a bad cosignature of a known witness",
        GOOD.replace(cosigned(CHECKPOINT), cosigned("a\n")),
        "NOTE_SIGNATURE_INVALID",
      ),
      bad(
        "a bad signature of the log",
        GOOD.replace(logKey.line(CHECKPOINT), logKey.line("a\n")),
        "NOTE_SIGNATURE_INVALID",
      ),
    ],
  };
}

const MALFORMED_TEXTS: Readonly<Record<string, string>> = {
  empty: "",
  "another header": GOOD.replace("@v1", "@v2"),
  "a space after the header": GOOD.replace("@v1", "@v1 "),
  "no header": GOOD.slice(HEADER.length),
  "no index": GOOD.replace("index 1\n", ""),
  "an empty line for the index": GOOD.replace("index 1\n", "\n"),
  "an index that is no number": GOOD.replace("index 1", "index one"),
  "a negative index": GOOD.replace("index 1", "index -1"),
  "a leading zero": GOOD.replace("index 1", "index 01"),
  "index 2^53": GOOD.replace("index 1", "index 9007199254740992"),
  "an empty index": GOOD.replace("index 1", "index "),
  "extra after the index": GOOD.replace("index 1\n", "index 1\nextra aGVsbG8=\n"),
  "extra twice": GOOD.replace("index 1\n", "extra aGVsbG8=\nextra aGVsbG8=\nindex 1\n"),
  "extra that is not base64": withExtra("!!notbase64!!"),
  "extra without padding": withExtra("aGVsbG8"),
  "a hash that is not base64": GOOD.replace(HASHES, "!!notbase64!!\n"),
  "a hash of 64 bytes": GOOD.replace(HASHES, `${base64(new Uint8Array(64))}\n`),
  "a hash of 31 bytes": GOOD.replace(HASHES, `${base64(new Uint8Array(31))}\n`),
  "64 hashes": GOOD.replace(HASHES, `${base64(new Uint8Array(32))}\n`.repeat(64)),
  "carriage returns": GOOD.replaceAll("\n", "\r\n"),
  "no checkpoint": `${HEADER}index 1\n${HASHES}`,
};

function valid(name: string, proof: string, index: number, hashes: readonly Uint8Array[], leafHash: Uint8Array) {
  return {
    name,
    proof,
    index,
    hashes: hashes.map(hex),
    ...KNOWN,
    leafHash: hex(leafHash),
    cosignatures: [{ name: witnessKey.name, time: Number(TIME) }],
  };
}

const KNOWN = { origin: logKey.name, vkey: logKey.vkey, witnesses: [witnessKey.vkey] };

function bad(name: string, proof: string, code: string) {
  return { name, proof, ...KNOWN, leafHash: hex(LEAVES[1]), code };
}

function single() {
  const checkpoint = `${logKey.name}\n1\n${base64(LEAVES[0])}\n`;
  const proof = `${HEADER}index 0\n\n${checkpoint}\n${logKey.line(checkpoint)}\n`;
  return { ...valid("a tree of one, no witness", proof, 0, [], LEAVES[0]), cosignatures: [] };
}

function withExtra(extra: string): string {
  return GOOD.replace("index 1\n", `extra ${extra}\nindex 1\n`);
}

function cosigned(checkpoint: string): string {
  return witnessKey.cosign(TIME, checkpoint);
}

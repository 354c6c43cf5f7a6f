import { base64, hex, logKey, testKey, u64, unhex, witnessKey } from "./tools.ts";
import type { Vectors } from "./tools.ts";

const SOFA = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
const DOC_LINE =
  "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==";

/** The first checkpoint that torchwood's test witness sees. */
const SIGSUM =
  "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562\n1\nKgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";

const MALFORMED = "COSIGNATURE_MALFORMED";
const INVALID = "NOTE_SIGNATURE_INVALID";

/** `line` is the signature line; `message` (hex) what it signs; without `vkey` only its parts are known. */
export function cosignature(): Vectors {
  return {
    format: "cosignature",
    source:
      "C2SP tlog-cosignature v1.0.1; the key and checkpoint of torchwood cmd/litewitness/testdata/litewitness.txt; " +
      "signatures by these keys ours. Seed of example.com/witness: 31ffc2116ecbe003acaa800ab70757bd7d53206e3febef6a6d0796d95530b34f",
    valid: [
      valid("the example of tlog-cosignature, its key not published", SOFA, 1_679_315_147n, DOC_LINE),
      signedAt("torchwood's witness on its first checkpoint", SIGSUM, 1_700_000_000n),
      signedAt("time 0", SOFA, 0n),
      signedAt("the latest time", SOFA, BigInt(Number.MAX_SAFE_INTEGER)),
    ],
    invalid: [
      bad("a time over 2^53 - 1", SOFA, witnessKey.cosign(2n ** 53n, SOFA), MALFORMED),
      bad("a time over 2^63 - 1", SOFA, witnessKey.cosign(2n ** 63n, SOFA), MALFORMED),
      bad("a signature without time", SOFA, witnessKey.line(`cosignature/v1\ntime 0\n${SOFA}`), MALFORMED),
      bad("71 bytes", SOFA, shortened(witnessKey.cosign(1_700_000_000n, SOFA)), MALFORMED),
      bad("73 bytes", SOFA, lengthened(witnessKey.cosign(1_700_000_000n, SOFA)), MALFORMED),
      bad("another checkpoint", SOFA.replace("20852163", "20852164"), witnessKey.cosign(1_700_000_000n, SOFA), INVALID),
      bad("another time", SOFA, withTime(witnessKey.cosign(1_700_000_000n, SOFA), 1_700_000_001n), INVALID),
      bad(
        "the time signed with a leading zero",
        SOFA,
        signedMessage(`cosignature/v1\ntime 01700000000\n${SOFA}`),
        INVALID,
      ),
      bad(
        "the checkpoint signed without its last newline",
        SOFA,
        signedMessage(message(1_700_000_000n, SOFA).slice(0, -1)),
        INVALID,
      ),
      bad("another header", SOFA, signedMessage(message(1_700_000_000n, SOFA).replace("v1", "v2")), INVALID),
      bad("the checkpoint alone signed", SOFA, signedMessage(SOFA), INVALID),
      bad("the key of somebody else", SOFA, relabelled(), INVALID),
    ],
  };
}

function valid(name: string, checkpoint: string, time: bigint, line: string, vkey?: string) {
  const bytes = blobOf(line);
  return {
    name,
    ...(vkey === undefined ? {} : { vkey }),
    checkpoint,
    line,
    keyName: line.split(" ")[1],
    keyId: hex(bytes.subarray(0, 4)),
    time: Number(time),
    signature: hex(bytes.subarray(12)),
    message: hex(Buffer.from(message(time, checkpoint))),
  };
}

function signedAt(name: string, checkpoint: string, time: bigint) {
  return valid(name, checkpoint, time, witnessKey.cosign(time, checkpoint), witnessKey.vkey);
}

function bad(name: string, checkpoint: string, line: string, code: string) {
  return { name, vkey: witnessKey.vkey, checkpoint, line, code };
}

function message(time: bigint, checkpoint: string): string {
  return `cosignature/v1\ntime ${time}\n${checkpoint}`;
}

/** A line of time 1700000000 whose signature is over something else. */
function signedMessage(text: string): string {
  const signature = blobOf(witnessKey.line(text)).subarray(4);
  return lineOf(Buffer.concat([witnessKey.keyId, u64(1_700_000_000n), signature]));
}

function withTime(line: string, time: bigint): string {
  const bytes = blobOf(line);
  return lineOf(Buffer.concat([bytes.subarray(0, 4), u64(time), bytes.subarray(12)]));
}

/** The right message under another key, given out as the witness's. */
function relabelled(): string {
  const other = testKey(logKey.name, 0x04, unhex("07".repeat(32)));
  const bytes = blobOf(other.cosign(1_700_000_000n, SOFA));
  return lineOf(Buffer.concat([witnessKey.keyId, bytes.subarray(4)]));
}

function shortened(line: string): string {
  return lineOf(blobOf(line).subarray(0, -1));
}

function lengthened(line: string): string {
  return lineOf(Buffer.concat([blobOf(line), Buffer.from([0])]));
}

function lineOf(blob: Uint8Array): string {
  return `— ${witnessKey.name} ${base64(blob)}`;
}

function blobOf(line: string): Buffer {
  return Buffer.from(line.split(" ")[2] ?? "", "base64");
}

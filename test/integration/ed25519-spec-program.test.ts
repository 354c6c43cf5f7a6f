import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const PAGE = fileURLToPath(new URL("../../docs/spec/ed25519.md", import.meta.url));
const VECTORS = fileURLToPath(new URL("../../docs/spec/vectors/ed25519.json", import.meta.url));

const hasPython = spawnSync("python3", ["-c", "pow(2, -1, 5)"]).status === 0;

const RUN = `
import json, sys
vectors = json.load(open(sys.argv[1]))
for v in vectors["keys"]:
    assert prime_order(decode(bytes.fromhex(v["publicKey"]))) == v["valid"], v
for v in vectors["signatures"]:
    assert valid(*(bytes.fromhex(v[f]) for f in ("publicKey", "message", "signature"))) == v["valid"], v
print(len(vectors["keys"]) + len(vectors["signatures"]))
`;

describe("the program in docs/spec/ed25519.md", () => {
  // Python 3.8 or later is not everywhere; the page's vectors are checked without it in test/vectors.
  it.skipIf(!hasPython)(
    "judges every vector as labelled",
    () => {
      const program = /```python\n(.*?)```/s.exec(readFileSync(PAGE, "utf8"))?.[1] ?? "";
      const result = spawnSync("python3", ["-c", program + RUN, VECTORS], { encoding: "utf8" });
      expect(result.stderr).toBe("");
      expect(Number(result.stdout)).toBeGreaterThan(70);
    },
    30_000,
  );
});

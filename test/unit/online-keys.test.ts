import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { formatOnlineKeys, generateOnlineKeys, parseOnlineKeys } from "../../keys/online-keys.ts";
import type { OnlineKeys } from "../../keys/online-keys.ts";
import { x25519KeyPairFromSeed } from "../../keys/x25519.ts";
import { toHex } from "../../protocol/bytes.ts";

const malformed = expect.objectContaining({ code: "KEY_BUNDLE_MALFORMED" });

describe("generateOnlineKeys", () => {
  it("makes a key of every kind from the randomness that it is given", () => {
    const keys = generateOnlineKeys({ name: "nvwa.nl", epoch: 0, roles: ["lab/1", "approver/1"] }, counter());
    expect(toHex(keys.log.exportSeed())).toBe("01".repeat(32));
    expect(keys.members).toHaveLength(1);
    expect([...keys.roles.keys()]).toEqual(["lab/1", "approver/1"]);
    expect(publicKeys(keys).size).toBe(6);
  });

  it("refuses randomness that repeats itself", () => {
    expect(() => generateOnlineKeys({ name: "nvwa.nl", epoch: 0, roles: [] }, (n) => new Uint8Array(n))).toThrow(
      malformed,
    );
  });

  it.each([
    "lab",
    "lab/0",
    "lab/01",
    "Lab/1",
    "witness/1",
    "root/1",
    "node/1",
    "member/1",
    "lab/1/2",
    "1/1",
    `${"a".repeat(32)}/1`,
  ])("refuses the role %s", (role) => {
    expect(() => generateOnlineKeys({ name: "nvwa.nl", epoch: 0, roles: [role] }, counter())).toThrow(malformed);
  });

  it.each([
    ["", 0],
    ["nvwa.nl/1", 0],
    ["NVWA.nl", 0],
    ["nvwa", 0],
    ["nvwa.nl", -1],
    ["nvwa.nl", 0.5],
  ])("refuses the log %j epoch %d", (name, epoch) => {
    expect(() => generateOnlineKeys({ name, epoch, roles: [] }, counter())).toThrow(malformed);
  });
});

describe("the bundle of online keys", () => {
  const keys = withOlderMember(
    generateOnlineKeys({ name: "nvwa.nl", epoch: 3, roles: ["lab/2", "lab/10", "approver/1"] }, counter()),
  );
  const text = formatOnlineKeys(keys);
  const blocks = text.match(/# .*\n(?:-.*\n|M.*\n){3}/g) ?? [];

  it("names its keys in order", () => {
    expect(text.match(/(?<=^# ).*/gm)).toEqual([
      "nvwa.nl/3",
      "nvwa.nl/witness",
      "nvwa.nl/node",
      "nvwa.nl/member",
      "nvwa.nl/member",
      "nvwa.nl/approver/1",
      "nvwa.nl/lab/10",
      "nvwa.nl/lab/2",
    ]);
    expect(blocks.join("")).toBe(text);
  });

  it("reads back the same, newest member key first", () => {
    const read = parseOnlineKeys(text);
    expect(formatOnlineKeys(read)).toBe(text);
    expect([read.name, read.epoch]).toEqual(["nvwa.nl", 3]);
    expect(read.members.map(String)).toEqual(keys.members.map(String));
    expect(read.roles.get("lab/10")?.publicKey).toEqual(keys.roles.get("lab/10")?.publicKey);
  });

  it("has no number in the name of a log key of epoch 0", () => {
    const first = formatOnlineKeys(generateOnlineKeys({ name: "nvwa.nl", epoch: 0, roles: [] }, counter()));
    expect(first.startsWith("# nvwa.nl\n")).toBe(true);
    expect(parseOnlineKeys(first).epoch).toBe(0);
  });

  const without = (index: number): string => blocks.filter((_, i) => i !== index).join("");
  const exchanged = (a: number, b: number): string =>
    blocks.map((block, i) => (i === a ? blocks[b] : i === b ? blocks[a] : block)).join("");

  it.each([
    ["nothing", ""],
    ["no log key", without(0)],
    ["no witness key", without(1)],
    ["no node key", without(2)],
    ["no member key", without(3).replaceAll(blocks[4] ?? "", "")],
    ["a key twice under one name", text + (blocks[7] ?? "")],
    [
      "a key under two names",
      text.replace(/(# nvwa\.nl\/node\n)(?:.*\n){3}/, `$1${blocks[1]?.split("\n").slice(1).join("\n")}`),
    ],
    ["witness and node exchanged", exchanged(1, 2)],
    ["roles out of order", exchanged(5, 6)],
    ["a role before the member", exchanged(4, 5)],
    ["a key of another authority", text.replace("# nvwa.nl/lab/2", "# vwa.nl/lab/2")],
    ["a log key with epoch 0 in its name", text.replace("# nvwa.nl/3", "# nvwa.nl/0")],
    ["a log key with a leading zero", text.replace("# nvwa.nl/3", "# nvwa.nl/03")],
    ["a log key that is a root key", text.replace("# nvwa.nl/3", "# nvwa.nl/root/1")],
    [
      "an X25519 key that signs",
      text.replace("# nvwa.nl/node", "# nvwa.nl/x/1").replace("# nvwa.nl/member", "# nvwa.nl/node"),
    ],
    ["an Ed25519 key as member key", text.replace("# nvwa.nl/approver/1", "# nvwa.nl/member")],
    ["an unknown reserved name", text.replace("# nvwa.nl/lab/2", "# nvwa.nl/root/2")],
  ])("refuses %s", (_, bundle) => {
    expect(() => parseOnlineKeys(bundle)).toThrow(malformed);
  });

  it("prints without secrets", () => {
    const shown = `${inspect(keys, { showHidden: true, depth: 9 })}${JSON.stringify(keys)}${inspect(keys.roles, { showHidden: true, depth: 9 })}`;
    for (const key of [keys.log, keys.node, ...keys.members, ...keys.roles.values()]) {
      const seed = key.exportSeed();
      for (const secret of [toHex(seed), Buffer.from(seed).toString("base64"), seed.join(", ")])
        expect(shown).not.toContain(secret);
    }
  });
});

/** 32 bytes of 1, then of 2, and so on. */
function counter(): (length: number) => Uint8Array {
  let calls = 0;
  return (length) => new Uint8Array(length).fill(++calls);
}

function withOlderMember(keys: OnlineKeys): OnlineKeys {
  return { ...keys, members: [x25519KeyPairFromSeed(new Uint8Array(32).fill(99)), ...keys.members] };
}

function publicKeys(keys: OnlineKeys): ReadonlySet<string> {
  return new Set(
    [keys.log, keys.witness, keys.node, ...keys.members, ...keys.roles.values()].map((key) => toHex(key.publicKey)),
  );
}

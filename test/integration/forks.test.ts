import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { toHex } from "../../protocol/bytes.ts";
import { type Authority, makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { entriesOf, idOf, link, trust } from "../support/five.ts";
import { type InProcessNode, startInProcess } from "../support/in-process-node.ts";
import { until } from "../support/until.ts";

const run = promisify(execFile);

/** One authority that runs two nodes with the same keys, and shows each of two others another history. */
type Fork = {
  readonly accused: Authority;
  readonly faces: readonly [InProcessNode, InProcessNode];
  /** Who was shown one, who was shown the other, and who only hears of them. */
  readonly left: InProcessNode;
  readonly right: InProcessNode;
  readonly far: InProcessNode;
};

let running: InProcessNode[] = [];

afterEach(async () => {
  await Promise.all(running.map((node) => node.stop()));
  running = [];
});

async function start(authority: Authority): Promise<InProcessNode> {
  const node = await startInProcess(authority);
  running.push(node);
  return node;
}

async function fork(seed: string): Promise<Fork> {
  const prng = new Prng(seed);
  const [accused, ...others] = ["nvwa.nl", "baua.de", "tukes.fi", "ptac.lv"].map((name) => makeAuthority(name, prng));
  if (accused === undefined) throw new Error("nobody is accused");
  // Both begin with the same charter and the same followers, in the same second or not: only the charter must agree.
  const faces = [await start(accused), await start(accused)] as const;
  const [left, right, far] = [
    await start(others[0] as Authority),
    await start(others[1] as Authority),
    await start(others[2] as Authority),
  ];
  for (const face of faces) await trust(face, others);
  for (const node of [left, right, far])
    await trust(node, [accused, ...[left, right, far].filter((one) => one !== node).map(({ authority }) => authority)]);
  return { accused, faces, left, right, far };
}

const LEFT = "it was recalled";
const RIGHT = "nothing was found";

async function evidenceOf(node: InProcessNode): Promise<readonly string[]> {
  return node.core.evidence.list().map(({ digest }) => digest);
}

/** The file as somebody verifies it who has no node. */
async function verifyFile(node: InProcessNode): Promise<string> {
  const [held] = node.core.evidence.list();
  const bytes = held === undefined ? undefined : await node.core.evidence.bytes(held.digest);
  const empty = await mkdtemp(join(tmpdir(), "entente-stranger-"));
  try {
    await writeFile(join(empty, "evidence.cbor"), bytes ?? new Uint8Array(0));
    const command = resolve("cli/main.ts");
    const { stdout } = await run(process.execPath, [command, "evidence", "verify", "evidence.cbor"], {
      cwd: empty,
      env: {},
    });
    return stdout;
  } finally {
    await rm(empty, { recursive: true, force: true });
  }
}

describe("an authority that shows two histories", () => {
  it.each([
    ["of one size", 2, 2],
    ["of different sizes", 2, 5],
  ])("%s is caught by everybody, and goes on being heard", { timeout: 120_000 }, async (_, before, after) => {
    const { faces, left, right, far } = await fork(`fork ${after}`);
    for (let n = 0; n < before; n++) await faces[0].publish(`${LEFT} ${n}`, ["baua.de", "tukes.fi", "ptac.lv"]);
    for (let n = 0; n < after; n++) await faces[1].publish(`${RIGHT} ${n}`, ["baua.de", "tukes.fi", "ptac.lv"]);
    await link(left, faces[0]);
    await link(right, faces[1]);
    await until(
      "each has its history",
      () => entriesOf(left, faces[0]) > 2 + before && entriesOf(right, faces[1]) > 2 + after,
    );
    expect([...(await evidenceOf(left)), ...(await evidenceOf(right))]).toEqual([]);
    // The two never meet: the third carries what one shows to the other.
    await link(left, far);
    await link(right, far);
    await until("everybody has evidence", async () =>
      (await Promise.all([left, right, far].map(evidenceOf))).every((held) => held.length > 0),
    );
    for (const node of [left, right, far]) {
      const mirror = node.core.mirrorOf(toHex(faces[0].authority.chain.id));
      if (mirror === undefined) throw new Error("the log is not followed");
      expect(node.core.evidence.contestedBy(toHex(mirror.store.id), 0, mirror.chain).length).toBeGreaterThan(0);
      expect(await verifyFile(node)).toContain("nvwa.nl");
      expect((await node.service.list({ limit: 10 })).entries[0]).toMatchObject({ contested: true });
      expect(node.faults).toEqual([]);
    }
    // Delivery goes on, on the branch that each holds, and is not cosigned.
    const sizes = [entriesOf(left, faces[0]), entriesOf(right, faces[1])];
    const cosigned = [left, right].map((node) => cosignature(node, faces[0]));
    await faces[0].publish("one more", ["baua.de", "ptac.lv"]);
    await faces[1].publish("one more", ["tukes.fi", "ptac.lv"]);
    await until(
      "both go on",
      () => entriesOf(left, faces[0]) > (sizes[0] ?? 0) && entriesOf(right, faces[1]) > (sizes[1] ?? 0),
    );
    expect([left, right].map((node) => cosignature(node, faces[0]))).toEqual(cosigned);
    // A person decides, and it is cosigned again.
    for (const { digest } of left.core.evidence.list())
      await left.core.evidence.decide(digest, { decision: "resume", why: "they explained it", by: "anna", at: 0 });
    await until("it is cosigned again", () => cosignature(left, faces[0]) === entriesOf(left, faces[0]));
  });
});

/** The size that the node cosigned last. */
function cosignature(node: InProcessNode, owner: InProcessNode): number | undefined {
  const mirror = node.core.mirrorOf(idOf(owner));
  const witnesses = mirror === undefined ? undefined : node.core.witnessesOf(mirror);
  return witnesses?.cosignatureOf(idOf(node))?.size;
}

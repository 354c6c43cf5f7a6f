import { afterEach, expect, it } from "vitest";
import { concatBytes } from "../../protocol/bytes.ts";
import { verifyProofDirectory } from "../../protocol/proof/proof-directory.ts";
import type { ProofReport } from "../../protocol/proof/proof-report.ts";
import { CRYPTO, makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { chainFileOf, type InProcessNode, startInProcess } from "../support/in-process-node.ts";
import { readerOf } from "../support/proof-builder.ts";
import type { Files } from "../support/proof-builder.ts";
import { rotate } from "../support/rotation.ts";
import { until } from "../support/until.ts";

const nodes: InProcessNode[] = [];
afterEach(async () => {
  for (const node of nodes.splice(0)) await node.stop();
});

async function start(name: string): Promise<InProcessNode> {
  const node = await startInProcess(makeAuthority(name, new Prng(`proving ${name}`)));
  nodes.push(node);
  return node;
}

type Proof = { readonly files: Files; readonly report: ProofReport };

/** Whatever a node proves, to somebody who trusts both authorities. */
async function prove(node: InProcessNode, what: string): Promise<Proof> {
  const files: Files = new Map();
  const pieces = what.includes(":") ? node.service.proveEntry(what, null) : node.service.proveLog(what, true);
  for await (const { path, bytes } of pieces) files.set(path, concatBytes(files.get(path) ?? new Uint8Array(), bytes));
  const trust = nodes.map(({ authority: { name, chain } }) => ({ name, id: chain.id }));
  return { files, report: await verifyProofDirectory(readerOf(files), trust, CRYPTO) };
}

it("a mirror whose chain is ahead of its entries exports a log that verifies", async () => {
  const [owner, reader] = [await start("nvwa.nl"), await start("baua.de")];
  await owner.service.addPeer(chainFileOf(reader.authority), [], "anna");
  await reader.service.addPeer(chainFileOf(owner.authority), [owner.address], "anna");
  const index = await owner.publish("hello", ["baua.de"]);
  await until("the entry is here", async () => {
    const entry = await reader.service.show(`nvwa.nl:${index}`).catch(() => undefined);
    return entry?.recordStatus === "known";
  });
  await until("it is cosigned", async () => (await prove(reader, "nvwa.nl")).files.has("witnesses/baua.de.txt"));

  // A charter that stands further up was learnt of before the entries up to it came.
  const [mirror] = reader.core.readableMirrors();
  mirror?.adopt(rotate(owner.authority, "log", "ahead").chainAt(50));
  for (const what of ["nvwa.nl", `nvwa.nl:${index}`]) {
    const { files, report } = await prove(reader, what);
    expect(report.steps.filter(({ result }) => result !== "ok")).toEqual([]);
    expect(report.witnesses.map(({ name }) => name)).toContain("baua.de");
    // The chain of the owner is charters.txt.
    expect([...files.keys()].filter((path) => path.startsWith("witnesses/"))).toEqual(["witnesses/baua.de.txt"]);
  }
});

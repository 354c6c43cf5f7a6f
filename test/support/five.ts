import { toHex } from "../../protocol/bytes.ts";
import { type Clock, SYSTEM_CLOCK } from "../../node/clock.ts";
import { type Authority, makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { type InProcessNode, startInProcess } from "./in-process-node.ts";

export const FIVE = ["nvwa.nl", "baua.de", "samr.cn", "tukes.fi", "ptac.lv"] as const;

/** Authorities that trust each other and are not connected yet. */
export async function startTrusting(
  names: readonly string[],
  seed: string,
  { clock = SYSTEM_CLOCK, roles = [] }: { readonly clock?: Clock; readonly roles?: readonly string[] } = {},
): Promise<InProcessNode[]> {
  const prng = new Prng(seed);
  const nodes: InProcessNode[] = [];
  for (const name of names) nodes.push(await startInProcess(makeAuthority(name, prng, roles), { clock }));
  for (const node of nodes)
    await trust(
      node,
      nodes.filter((other) => other !== node).map(({ authority }) => authority),
    );
  return nodes;
}

export async function trust(node: InProcessNode, others: readonly Authority[]): Promise<void> {
  for (const other of others) await node.trustWithoutFollowers(other);
  await node.core.publishFollowers();
}

/** The one that is named first dials. */
export async function link(from: InProcessNode, to: InProcessNode): Promise<void> {
  await from.core.setAddresses(toHex(to.authority.chain.id), [to.address]);
}

export function idOf(node: InProcessNode): string {
  return toHex(node.authority.chain.id);
}

/** How many entries of `owner`'s log are here. */
export function entriesOf(node: InProcessNode, owner: InProcessNode): number {
  return node.core.mirrorOf(idOf(owner))?.store.head.size ?? 0;
}

/** Every value in the store in which one of these byte strings stands. */
export async function findIn(node: InProcessNode, marks: readonly Buffer[]): Promise<ReadonlySet<number>> {
  const found = new Set<number>();
  for await (const [, value] of node.disk.scan({ gte: new Uint8Array(0), lt: new Uint8Array(64).fill(0xff) })) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    for (const [at, mark] of marks.entries()) if (bytes.includes(mark)) found.add(at);
  }
  return found;
}

import type { Sha256 } from "../protocol/crypto.ts";
import { emptyRange, extendRange } from "../protocol/merkle/compact-range.ts";
import { leafHasher, sameHashes } from "../protocol/merkle/hash.ts";
import type { Disk } from "./disk.ts";
import { blockNode, type LogStore, NODE_LEVEL_MIN } from "./log-store.ts";
import { storedRuns } from "./stored-runs.ts";

const BLOCK = 2 ** NODE_LEVEL_MIN;

/** Entries below one stored node, or at the end of the log below the last ones of its frontier. */
export type DamagedBlock = {
  readonly from: number;
  readonly to: number;
  readonly isRight: (leaves: readonly Uint8Array[]) => boolean;
};

/**
 * The blocks of a stored log whose leaves are not those that its tree is of. The nodes above them have checksums of their
 * own, so it is a leaf that is damaged.
 */
export async function* damagedBlocks(
  disk: Disk,
  sha256: Sha256,
  store: LogStore,
  onEntries: (count: number) => void,
): AsyncGenerator<DamagedBlock> {
  const { size, frontier } = store.head;
  const hashesOf = (from: number, leaves: readonly Uint8Array[]): readonly Uint8Array[] =>
    extendRange(sha256, emptyRange(from), leaves.map(leafHasher(sha256))).hashes;
  const judge = async (
    from: number,
    leaves: readonly (Uint8Array | undefined)[],
  ): Promise<DamagedBlock | undefined> => {
    const to = from + leaves.length;
    const whole = leaves.filter((leaf) => leaf !== undefined);
    const expected =
      leaves.length === BLOCK
        ? await store.readNodes([blockNode(from)])
        : frontier.slice(-partialHashes(leaves.length));
    const isRight = (those: readonly Uint8Array[]): boolean =>
      those.length === to - from && sameHashes(hashesOf(from, those), expected);
    return isRight(whole) ? undefined : { from, to, isRight };
  };
  let from = 0;
  let block: (Uint8Array | undefined)[] = [];
  for await (const run of storedRuns(disk, store, size)) {
    for (let index = run.first; index < run.end; index++) {
      block.push(run.leaves?.[index - run.first]);
      if (block.length < BLOCK) continue;
      const damaged = await judge(from, block);
      if (damaged !== undefined) yield damaged;
      from += BLOCK;
      block = [];
    }
    onEntries(run.end - run.first);
  }
  const damaged = block.length === 0 ? undefined : await judge(from, block);
  if (damaged !== undefined) yield damaged;
}

/** Of the hashes of a range of so many entries that begins at a block: one for each bit. */
function partialHashes(count: number): number {
  let bits = 0;
  for (let left = count; left > 0; left = Math.floor(left / 2)) bits += left % 2;
  return bits;
}

import { concatBytes, equalBytes } from "../bytes.ts";
import { HASH_SIZE } from "../merkle/hash.ts";
import { entryBundlePath, partialWidth, TILE_WIDTH, tileLevels, tilePath } from "../tlog-tiles.ts";
import type { ProofReader } from "./proof-reader.ts";
import { proofInvalid } from "./proof-steps.ts";

/** The tiles of a log of `size` entries, as their paths. */
export function* tilePaths(size: number): Generator<string> {
  for (const { level, full, partial } of tileLevels(size)) {
    for (let index = 0; index < full; index++) yield tilePath(level, index);
    if (partial > 0) yield tilePath(level, full, partial);
  }
}

/** Number of entry bundles of a log of `size` entries. */
export function bundleCount(size: number): number {
  return Math.ceil(size / TILE_WIDTH);
}

export function bundlePath(index: number, size: number): string {
  return entryBundlePath(index, Math.min(TILE_WIDTH, size - index * TILE_WIDTH));
}

/**
 * Compares each tile with the nodes that the entries give, while these come: `onNode` is told of every complete node, left
 * to right at each level.
 */
export class TileComparison {
  readonly #reader: ProofReader;
  readonly #size: number;
  /** Of each level, the hashes of the tile that is being filled. */
  readonly #open: Uint8Array[][] = [];
  /** Full tiles of each level so far. */
  readonly #full: number[] = [];
  readonly #ready: { readonly path: string; readonly bytes: Uint8Array }[] = [];

  constructor(reader: ProofReader, size: number) {
    this.#reader = reader;
    this.#size = size;
  }

  onNode(level: number, hash: Uint8Array): void {
    if (level % 8 !== 0) return;
    const tileLevel = level / 8;
    const hashes = (this.#open[tileLevel] ??= []);
    hashes.push(hash);
    if (hashes.length < TILE_WIDTH) return;
    const index = this.#full[tileLevel] ?? 0;
    this.#ready.push({ path: tilePath(tileLevel, index), bytes: concatBytes(...hashes) });
    this.#full[tileLevel] = index + 1;
    this.#open[tileLevel] = [];
  }

  /** Reads and compares the tiles that are full by now. */
  async compare(): Promise<void> {
    for (const { path, bytes } of this.#ready.splice(0)) await this.#compareOne(path, bytes);
  }

  /** And those that are not full at the end. */
  async finish(): Promise<void> {
    await this.compare();
    for (const [level, hashes] of this.#open.entries()) {
      const width = partialWidth(level, this.#size);
      if (width > 0) await this.#compareOne(tilePath(level, this.#full[level] ?? 0, width), concatBytes(...hashes));
    }
  }

  async #compareOne(path: string, expected: Uint8Array): Promise<void> {
    const bytes = await this.#reader.read(path, TILE_WIDTH * HASH_SIZE);
    if (bytes === undefined || !equalBytes(bytes, expected))
      throw proofInvalid(`${path} is not the tile of these entries`);
  }
}

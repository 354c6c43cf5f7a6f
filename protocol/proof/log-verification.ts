import { equalBytes } from "../bytes.ts";
import { continuedAt, disavowedFrom, placedCharters } from "../charter-chain.ts";
import type { Chain, ChainCrypto } from "../charter-chain.ts";
import { isUnsigned } from "../decimal.ts";
import { readLeaf } from "../leaf/leaf.ts";
import type { LeafReading } from "../leaf/leaf.ts";
import { MAX_LEAF_SIZE } from "../limits.ts";
import { emptyRange, extendRange, rangeRoot } from "../merkle/compact-range.ts";
import type { CompactRange } from "../merkle/compact-range.ts";
import { leafHasher } from "../merkle/hash.ts";
import { decodeEntryBundle, TILE_WIDTH } from "../tlog-tiles.ts";
import { commitmentOf } from "../verify-batch.ts";
import { describePart } from "./entry-report.ts";
import { bundleCount, bundlePath, TileComparison, tilePaths } from "./log-files.ts";
import { CHARTERS_FILE, partNumber } from "./proof-files.ts";
import { assertContinued } from "./proof-owner.ts";
import type { OwnCheckpoint } from "./proof-owner.ts";
import { verifyPartFile } from "./proof-part.ts";
import { placeOf } from "./proof-place.ts";
import type { ProofReader } from "./proof-reader.ts";
import type { ProofPart } from "./proof-report.ts";
import { proofInvalid } from "./proof-steps.ts";
import type { StepOutcome } from "./proof-steps.ts";
import { readProofBytes } from "./proof-text.ts";

const MAX_BUNDLE_SIZE = TILE_WIDTH * (2 + MAX_LEAF_SIZE);

/** What a whole log says, where all of it is as it should be. */
export type VerifiedEntries = { readonly parts: readonly ProofPart[]; readonly disputed: number };

/** Goes through the entries of a log once: root, tiles, charters at their places, parts. */
export class LogVerification {
  readonly #reader: ProofReader;
  readonly #chain: Chain;
  readonly #checkpoint: OwnCheckpoint;
  readonly #crypto: ChainCrypto;
  readonly #parts: ProofPart[] = [];
  readonly #partNumbers: ReadonlyMap<number, readonly number[]>;
  readonly #placed: ReadonlyMap<number, string>;
  #invalidCharters = 0;

  constructor(reader: ProofReader, chain: Chain, checkpoint: OwnCheckpoint, crypto: ChainCrypto) {
    this.#reader = reader;
    this.#chain = chain;
    this.#checkpoint = checkpoint;
    this.#crypto = crypto;
    this.#partNumbers = partNumbers(reader);
    this.#placed = placedCharters(chain, checkpoint.epoch);
  }

  async run(): Promise<StepOutcome<VerifiedEntries>> {
    this.#assertTiles();
    this.#assertNothingBeyond();
    const { size, root } = this.#checkpoint;
    const { sha256 } = this.#crypto;
    const tiles = new TileComparison(this.#reader, size);
    const hash = leafHasher(sha256);
    let range = emptyRange(0);
    for (let bundle = 0; bundle < bundleCount(size); bundle++) {
      const leaves = await this.#readBundle(bundle);
      for (const [i, leaf] of leaves.entries()) await this.#verifyLeaf(range.end + i, leaf);
      const hashes = leaves.map(hash);
      this.#verifyContinued(range, hashes);
      range = extendRange(sha256, range, hashes, (level, _index, node) => tiles.onNode(level, node));
      await tiles.compare();
    }
    if (!equalBytes(rangeRoot(sha256, range), root)) throw proofInvalid("the entries do not lead to the signed root");
    await tiles.finish();
    return { value: { parts: this.#parts, disputed: this.#disputed() }, detail: this.#describe() };
  }

  /** SPEC: "exactly the tiles and bundles of the checkpoint's size" */
  #assertTiles(): void {
    const { files } = this.#reader;
    const { size } = this.#checkpoint;
    // A size that nobody's disk holds must not fill the memory either.
    if (bundleCount(size) > files.size) throw proofInvalid(`of the entries of ${size}, some are missing`);
    const expected = new Set(tilePaths(size));
    for (let index = 0; index < bundleCount(size); index++) expected.add(bundlePath(index, size));
    for (const path of expected) if (!files.has(path)) throw proofInvalid(`${path} is missing`);
    for (const path of files.keys())
      if (path.startsWith("tile/") && !expected.has(path)) throw proofInvalid(`${path} is no tile of ${size} entries`);
  }

  #assertNothingBeyond(): void {
    const { size } = this.#checkpoint;
    const charter = [...this.#placed.keys()].find((index) => index >= size);
    if (charter !== undefined)
      throw proofInvalid(
        `${CHARTERS_FILE} has a charter at index ${charter}, which is not in a log of ${size} entries`,
      );
    const part = [...this.#partNumbers.keys()].find((index) => index >= size);
    if (part !== undefined) throw proofInvalid(`there is a part of index ${part}, beyond the end of the log`);
  }

  async #readBundle(bundle: number): Promise<readonly Uint8Array[]> {
    const { size } = this.#checkpoint;
    const path = bundlePath(bundle, size);
    const leaves = decodeEntryBundle(await readProofBytes(this.#reader, path, MAX_BUNDLE_SIZE));
    if (leaves.length !== Math.min(TILE_WIDTH, size - bundle * TILE_WIDTH))
      throw proofInvalid(`${path} has ${leaves.length} entries`);
    return leaves;
  }

  async #verifyLeaf(index: number, leaf: Uint8Array): Promise<void> {
    const reading = readLeaf(leaf);
    const { epoch } = this.#checkpoint;
    if (placeOf(this.#chain, this.#placed, { epoch, index }, reading, this.#crypto) === "invalid")
      this.#invalidCharters++;
    for (const part of this.#partNumbers.get(index) ?? []) await this.#verifyPart(index, part, reading);
  }

  /** Where the size that a later epoch continued lies among these entries, their tree has the root of that. */
  #verifyContinued(before: CompactRange, hashes: readonly Uint8Array[]): void {
    const { epoch } = this.#checkpoint;
    const size = continuedAt(this.#chain, epoch)?.size ?? 0;
    if (size <= before.end || size > before.end + hashes.length) return;
    const { sha256 } = this.#crypto;
    const root = rangeRoot(sha256, extendRange(sha256, before, hashes.slice(0, size - before.end)));
    assertContinued(this.#chain, epoch, { size, root });
  }

  async #verifyPart(index: number, part: number, reading: LeafReading): Promise<void> {
    const commitment = commitmentOf(reading, part);
    if (commitment === undefined) throw proofInvalid(`the leaf at index ${index} has no part ${part}`);
    const path = `parts/${index}/${part}.part`;
    const proved = await verifyPartFile(this.#reader, path, commitment, this.#chain.id, this.#crypto.sha256);
    this.#parts.push(describePart(index, part, proved));
  }

  /** SPEC: "the entries from that size on are disputed, or all of them if it is smaller" */
  #disputed(): number {
    const { epoch, size } = this.#checkpoint;
    const continued = continuedAt(this.#chain, epoch);
    if (continued !== undefined && size < continued.size) return size;
    return Math.max(0, size - disavowedFrom(this.#chain, epoch));
  }

  #describe(): string {
    const { size } = this.#checkpoint;
    const invalid =
      this.#invalidCharters === 0 ? "" : `; ${this.#invalidCharters} invalid charters stand in it, without effect`;
    return `all ${size} entries lead to the signed root, charters stand at their places, ${this.#parts.length} parts are whole${invalid}`;
  }
}

/** The entry and number of the part that a path of a log's directory names. */
export function logPartOf(path: string): { readonly index: number; readonly part: number } | undefined {
  const [, index, number] = /^parts\/(0|[1-9][0-9]{0,15})\/(.*)\.part$/.exec(path) ?? [];
  const part = partNumber(number);
  return part === undefined || !isUnsigned(Number(index)) ? undefined : { index: Number(index), part };
}

/** The parts in the directory, by the index of their entry. */
function partNumbers({ files }: ProofReader): ReadonlyMap<number, readonly number[]> {
  const byIndex = new Map<number, number[]>();
  for (const path of files.keys()) {
    const found = logPartOf(path);
    if (found === undefined) continue;
    const numbers = byIndex.get(found.index) ?? [];
    numbers.push(found.part);
    byIndex.set(found.index, numbers);
  }
  return byIndex;
}

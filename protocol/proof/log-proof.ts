import { equalBytes } from "../bytes.ts";
import { judgeCharterLeaf, lastCharter, placedCharters } from "../charter-chain.ts";
import type { Chain, ChainCrypto } from "../charter-chain.ts";
import { readLeaf } from "../leaf/leaf.ts";
import type { LeafReading } from "../leaf/leaf.ts";
import { MAX_LEAF_SIZE } from "../limits.ts";
import { emptyRange, extendRange, rangeRoot } from "../merkle/compact-range.ts";
import { leafHasher } from "../merkle/hash.ts";
import { decodeEntryBundle, TILE_WIDTH } from "../tlog-tiles.ts";
import type { TrustedAuthority } from "../trust-file.ts";
import { commitmentOf } from "../verify-batch.ts";
import { bundleCount, bundlePath, TileComparison, tilePaths } from "./log-files.ts";
import { CHARTERS_FILE, openOwnCheckpoint, readOwner, trustOwner } from "./proof-owner.ts";
import type { OwnCheckpoint } from "./proof-owner.ts";
import { verifyPartFile } from "./proof-part.ts";
import type { ProofReader } from "./proof-reader.ts";
import type { ProofPart, ProofReport } from "./proof-report.ts";
import { ProofSteps, proofInvalid } from "./proof-steps.ts";
import type { StepOutcome } from "./proof-steps.ts";
import { readProofBytes, readProofText } from "./proof-text.ts";
import { verifyWitnesses, witnessOf } from "./proof-witnesses.ts";

export const CHECKPOINT_FILE = "checkpoint";

const README_FILE = "README.txt";
const PART_FILE = /^parts\/(0|[1-9][0-9]{0,15})\/(0|[1-9][0-9]?)\.part$/;
const MAX_BUNDLE_SIZE = TILE_WIDTH * (2 + MAX_LEAF_SIZE);

/** The steps of docs/spec/proof-directory.md, "Of a whole log". Never throws for what stands in the directory. */
export async function verifyLogProof(
  reader: ProofReader,
  trust: readonly TrustedAuthority[],
  crypto: ChainCrypto,
): Promise<ProofReport> {
  const steps = new ProofSteps();
  const chain = await steps.run("charters", () => readOwner(reader, crypto));
  if (chain === undefined) steps.skip("trust", CHARTERS_FILE);
  else await steps.run("trust", () => trustOwner(chain, trust));
  const checkpoint = await verifyCheckpoint(steps, reader, chain, crypto);
  const parts: ProofPart[] = [];
  if (chain === undefined || checkpoint === undefined)
    for (const step of ["files", "entries"]) steps.skip(step, "charters or checkpoint");
  else {
    await steps.run("files", () => checkFiles(reader, checkpoint));
    await steps.run("entries", () => new LogVerification(reader, chain, checkpoint, crypto, parts).run());
  }
  if (checkpoint === undefined) steps.skip("witnesses", "checkpoint");
  const witnesses =
    checkpoint === undefined
      ? undefined
      : await steps.run("witnesses", () => verifyWitnesses(reader, checkpoint.note, trust, crypto));
  return {
    proves: "log",
    isOk: steps.isOk,
    steps: steps.list,
    log:
      chain === undefined || checkpoint === undefined
        ? undefined
        : { name: chain.name, id: chain.id, title: lastCharter(chain).title, ...checkpoint },
    entry: undefined,
    parts,
    witnesses: witnesses ?? [],
  };
}

async function verifyCheckpoint(
  steps: ProofSteps,
  reader: ProofReader,
  chain: Chain | undefined,
  crypto: ChainCrypto,
): Promise<OwnCheckpoint | undefined> {
  if (chain !== undefined)
    return await steps.run("checkpoint", async () =>
      openOwnCheckpoint(chain, await readProofText(reader, CHECKPOINT_FILE), crypto),
    );
  steps.skip("checkpoint", "charters");
  return undefined;
}

/** Every file that belongs there is there, and no other. Which parts there are, the exporter chose. */
function checkFiles({ files }: ProofReader, { size }: OwnCheckpoint): StepOutcome<true> {
  // A size that nobody's disk holds must not fill the memory either.
  if (bundleCount(size) > files.size) throw proofInvalid(`of the entries of ${size}, some are missing`);
  const expected = new Set([CHARTERS_FILE, CHECKPOINT_FILE, ...tilePaths(size)]);
  for (let index = 0; index < bundleCount(size); index++) expected.add(bundlePath(index, size));
  for (const path of expected) if (!files.has(path)) throw proofInvalid(`${path} is missing`);
  for (const [path, { isPlain }] of files) {
    if (!isPlain) throw proofInvalid(`${path} is no plain file`);
    const isKnown = expected.has(path) || path === README_FILE || witnessOf(path) !== undefined || PART_FILE.test(path);
    if (!isKnown) throw proofInvalid(`${path} does not belong there`);
  }
  return { value: true, detail: "all that belongs there is there, and nothing else" };
}

/** Goes through the entries once: root, tiles, charters at their places, parts. */
class LogVerification {
  readonly #reader: ProofReader;
  readonly #chain: Chain;
  readonly #checkpoint: OwnCheckpoint;
  readonly #crypto: ChainCrypto;
  readonly #parts: ProofPart[];
  readonly #partNumbers: ReadonlyMap<number, readonly number[]>;
  readonly #unplaced: Map<number, string>;
  #invalidCharters = 0;

  constructor(reader: ProofReader, chain: Chain, checkpoint: OwnCheckpoint, crypto: ChainCrypto, parts: ProofPart[]) {
    this.#reader = reader;
    this.#chain = chain;
    this.#checkpoint = checkpoint;
    this.#crypto = crypto;
    this.#parts = parts;
    this.#partNumbers = partNumbers(reader);
    this.#unplaced = new Map(placedCharters(chain, checkpoint.epoch));
  }

  async run(): Promise<StepOutcome<true>> {
    const { size, root } = this.#checkpoint;
    const { sha256 } = this.#crypto;
    const tiles = new TileComparison(this.#reader, size);
    const hash = leafHasher(sha256);
    let range = emptyRange(0);
    for (let bundle = 0; bundle < bundleCount(size); bundle++) {
      const leaves = await this.#readBundle(bundle);
      for (const [i, leaf] of leaves.entries()) await this.#verifyLeaf(range.end + i, leaf);
      range = extendRange(sha256, range, leaves.map(hash), (level, _index, node) => tiles.onNode(level, node));
      await tiles.compare();
    }
    if (!equalBytes(rangeRoot(sha256, range), root)) throw proofInvalid("the entries do not lead to the signed root");
    await tiles.finish();
    this.#assertComplete();
    return { value: true, detail: this.#describe() };
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
    if (reading.status === "known" && reading.leaf.kind === "charter") this.#judgeCharter(index, reading.leaf.note);
    for (const part of this.#partNumbers.get(index) ?? []) await this.#verifyPart(index, part, reading);
  }

  #judgeCharter(index: number, note: string): void {
    const verdict = judgeCharterLeaf(this.#chain, { epoch: this.#checkpoint.epoch, index, note }, this.#crypto);
    switch (verdict.kind) {
      case "placed":
        this.#unplaced.delete(index);
        return;
      case "invalid":
        this.#invalidCharters++;
        return;
      case "disavowed":
        return;
      case "next":
      case "contradicts":
        throw proofInvalid(`a valid charter stands at index ${index} which ${CHARTERS_FILE} does not have there`);
    }
  }

  async #verifyPart(index: number, part: number, reading: LeafReading): Promise<void> {
    const commitment = commitmentOf(reading, part);
    if (commitment === undefined) throw proofInvalid(`the leaf at index ${index} has no part ${part}`);
    const { name, type, length, digest } = await verifyPartFile(
      this.#reader,
      `parts/${index}/${part}.part`,
      commitment,
      this.#chain.id,
      this.#crypto.sha256,
    );
    this.#parts.push({ index, part, name, type, length, digest });
  }

  #assertComplete(): void {
    const [missing] = this.#unplaced.keys();
    if (missing !== undefined)
      throw proofInvalid(`no charter stands at index ${missing}, where ${CHARTERS_FILE} has one`);
    const beyond = [...this.#partNumbers.keys()].find((index) => index >= this.#checkpoint.size);
    if (beyond !== undefined) throw proofInvalid(`there is a part of index ${beyond}, beyond the end of the log`);
  }

  #describe(): string {
    const { size } = this.#checkpoint;
    const invalid =
      this.#invalidCharters === 0 ? "" : `; ${this.#invalidCharters} invalid charters stand in it, without effect`;
    return `all ${size} entries lead to the signed root, charters stand at their places, ${this.#parts.length} parts are whole${invalid}`;
  }
}

/** The parts in the directory, by the index of their entry. */
function partNumbers({ files }: ProofReader): ReadonlyMap<number, readonly number[]> {
  const byIndex = new Map<number, number[]>();
  for (const path of files.keys()) {
    const [, index, part] = PART_FILE.exec(path) ?? [];
    if (index === undefined || part === undefined) continue;
    const numbers = byIndex.get(Number(index)) ?? [];
    numbers.push(Number(part));
    byIndex.set(Number(index), numbers);
  }
  return byIndex;
}

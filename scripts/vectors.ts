/**
 * Writes the vectors of the published formats: `node scripts/vectors.ts`. They are checked in, and tests only read them.
 * Nothing here imports protocol/: what is expected comes from literals, from node:crypto and from naive recursion, so
 * that a mistake of ours cannot vouch for itself.
 */
import { writeFileSync } from "node:fs";
import { approvalVectors } from "./vectors/approval.ts";
import { audienceVectors } from "./vectors/audience.ts";
import { canonicalCbor } from "./vectors/canonical-cbor.ts";
import { chainFileVectors } from "./vectors/chain-file.ts";
import { charterVectors } from "./vectors/charter.ts";
import { checkpoint } from "./vectors/checkpoint.ts";
import { cosignature } from "./vectors/cosignature.ts";
import { endorsementVectors } from "./vectors/endorsement.ts";
import { evidenceVectors } from "./vectors/evidence.ts";
import { leafVectors } from "./vectors/leaf.ts";
import { merkleTree } from "./vectors/merkle-tree.ts";
import { nameVectors } from "./vectors/names.ts";
import { note } from "./vectors/note.ts";
import { partVectors } from "./vectors/part.ts";
import { proofDirectoryVectors } from "./vectors/proof-directory.ts";
import { recordVectors } from "./vectors/record.ts";
import { receiptVectors } from "./vectors/receipt.ts";
import { statisticsVectors } from "./vectors/statistics.ts";
import { tlogProof } from "./vectors/tlog-proof.ts";
import { tlogTiles } from "./vectors/tlog-tiles.ts";
import { trustFileVectors } from "./vectors/trust-file.ts";
import { wireVectors } from "./vectors/wire.ts";

const all = [
  canonicalCbor(),
  merkleTree(),
  note(),
  checkpoint(),
  cosignature(),
  tlogProof(),
  tlogTiles(),
  leafVectors(),
  partVectors(),
  audienceVectors(),
  wireVectors(),
  nameVectors(),
  charterVectors(),
  chainFileVectors(),
  trustFileVectors(),
  receiptVectors(),
  approvalVectors(),
  endorsementVectors(),
  evidenceVectors(),
  recordVectors(),
  proofDirectoryVectors(),
  statisticsVectors(),
];

for (const vectors of all) {
  const file = new URL(`../docs/spec/vectors/${vectors.format}.json`, import.meta.url);
  writeFileSync(file, `${JSON.stringify(vectors, null, 2)}\n`);
}

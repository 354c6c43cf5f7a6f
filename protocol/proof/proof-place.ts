import { judgeCharterLeaf, placedCharters } from "../charter-chain.ts";
import type { Chain, ChainCrypto } from "../charter-chain.ts";
import type { LeafReading } from "../leaf/leaf.ts";
import { CHARTERS_FILE } from "./proof-files.ts";
import { proofInvalid } from "./proof-steps.ts";
import type { StepOutcome } from "./proof-steps.ts";

type Place = { readonly epoch: number; readonly index: number };

/** What a leaf is to the chain: the charter that has its place there, one without effect, or none of its concern. */
export type LeafPlace = "placed" | "invalid" | "disavowed" | "no charter";

/**
 * SPEC: "where the chain has a charter at this index of this epoch, the leaf is that charter: it has the same text, and its
 * own signatures make it valid there. At any other index it is not a valid charter." `placed` are the chain's places there.
 */
export function placeOf(
  chain: Chain,
  placed: ReadonlyMap<number, string>,
  { epoch, index }: Place,
  reading: LeafReading,
  crypto: ChainCrypto,
): LeafPlace {
  const place = judge(chain, { epoch, index }, reading, crypto);
  if (place !== "placed" && placed.has(index))
    throw proofInvalid(`at index ${index} stands not the charter that ${CHARTERS_FILE} has there`);
  return place;
}

export function verifyPlace(
  chain: Chain,
  place: Place,
  reading: LeafReading,
  crypto: ChainCrypto,
): StepOutcome<LeafPlace> {
  const found = placeOf(chain, placedCharters(chain, place.epoch), place, reading, crypto);
  return { value: found, detail: DETAILS[found] };
}

const DETAILS: Readonly<Record<LeafPlace, string>> = {
  placed: `it is the charter that ${CHARTERS_FILE} has there`,
  invalid: "it is a charter that is not valid, without effect",
  disavowed: "not compared, since its owner disavowed this range",
  "no charter": `${CHARTERS_FILE} has no charter there, and it is none`,
};

function judge(chain: Chain, { epoch, index }: Place, reading: LeafReading, crypto: ChainCrypto): LeafPlace {
  if (reading.status !== "known" || reading.leaf.kind !== "charter") return "no charter";
  const { kind } = judgeCharterLeaf(chain, { epoch, index, note: reading.leaf.note }, crypto);
  if (kind === "next" || kind === "contradicts")
    throw proofInvalid(`a valid charter stands at index ${index} which ${CHARTERS_FILE} does not have there`);
  return kind;
}

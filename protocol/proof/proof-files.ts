import { MAX_PART_NUMBER } from "../limits.ts";
import { isName } from "../name.ts";
import type { ProofReader } from "./proof-reader.ts";
import { proofInvalid } from "./proof-steps.ts";
import type { StepOutcome } from "./proof-steps.ts";

export const CHARTERS_FILE = "charters.txt";
export const ENTRY_PROOF_FILE = "entry.tlog-proof";
export const LEAF_FILE = "leaf.cbor";
export const CHECKPOINT_FILE = "checkpoint";

const README_FILE = "README.txt";
const WITNESS_FILE = /^witnesses\/(.*)\.txt$/;
/** May be empty: somebody chose no part, or nobody cosigned. */
const MAY_BE_EMPTY = ["parts", "witnesses"];

/** What may stand in a directory of one kind, besides README.txt and witnesses. */
export type ProofLayout = {
  readonly required: readonly string[];
  readonly isOptional: (path: string) => boolean;
};

/** SPEC: "what is required is there, and nothing else but what the table names." */
export function checkFiles(
  { files, emptyDirectories }: ProofReader,
  { required, isOptional }: ProofLayout,
): StepOutcome<true> {
  if (!files.has(ENTRY_PROOF_FILE) && !files.has(CHECKPOINT_FILE))
    throw proofInvalid(`there is neither ${ENTRY_PROOF_FILE} nor ${CHECKPOINT_FILE}`);
  for (const path of required) if (!files.has(path)) throw proofInvalid(`${path} is missing`);
  for (const [path, { isPlain }] of files) {
    if (!isPlain) throw proofInvalid(`${path} is no plain file`);
    const isNamed = required.includes(path) || path === README_FILE || witnessOf(path) !== undefined;
    if (!isNamed && !isOptional(path)) throw proofInvalid(`${path} does not belong there`);
  }
  const empty = emptyDirectories.find((path) => !MAY_BE_EMPTY.includes(path));
  if (empty !== undefined) throw proofInvalid(`the empty directory ${empty} does not belong there`);
  // People read it first, and nobody verified a word of it.
  const readme = files.has(README_FILE) ? `; ${README_FILE} proves nothing` : "";
  return { value: true, detail: `nothing is there that does not belong there${readme}` };
}

/** The authority whose chain file `path` is, `undefined` for any other path. */
export function witnessOf(path: string): string | undefined {
  const name = WITNESS_FILE.exec(path)?.[1];
  return name !== undefined && isName(name) ? name : undefined;
}

/** The number of a part as it stands in a path. */
export function partNumber(text: string | undefined): number | undefined {
  const number = text !== undefined && /^(0|[1-9][0-9]?)$/.test(text) ? Number(text) : MAX_PART_NUMBER + 1;
  return number <= MAX_PART_NUMBER ? number : undefined;
}

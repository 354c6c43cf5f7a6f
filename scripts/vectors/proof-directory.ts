import { changes } from "./proof-files.ts";
import type { Changes, Directory } from "./proof-files.ts";
import { BASES, VALID } from "./proof-valid.ts";
import type { BaseName } from "./proof-valid.ts";
import { INVALID } from "./proof-invalid.ts";
import { TRUST } from "./proof-logs.ts";

/** Cases name a whole directory and what is different in it, so that the logs stand in the file once. */
type Case = {
  readonly name: string;
  readonly of: BaseName;
  readonly trust?: string;
  readonly files: Changes;
} & Readonly<Record<string, unknown>>;

type ProofVectors = {
  readonly format: string;
  readonly source: string;
  readonly trust: string;
  readonly directories: Readonly<Record<BaseName, Directory>>;
  readonly valid: readonly Case[];
  readonly invalid: readonly Case[];
};

export function proofDirectoryVectors(): ProofVectors {
  return {
    format: "proof-directory",
    source:
      "ours; proof-directory.md. `trust` is the text of the trust file, of a case that has none that of the file. `disputed` is the " +
      "number of entries shown as disputed. Of an invalid one the first `step` that fails; later ones may fail too.",
    trust: TRUST,
    directories: BASES,
    valid: VALID.map(({ name, of, files, trust, disputed = 0, good, notJudged }) => ({
      name,
      of,
      ...(trust === undefined ? {} : { trust }),
      files: changes(BASES[of], files),
      disputed,
      cosignatures: { good, notJudged },
    })),
    invalid: INVALID.map(({ name, of, files, trust, step }) => ({
      name,
      of,
      ...(trust === undefined ? {} : { trust }),
      files: changes(BASES[of], files),
      step,
    })),
  };
}

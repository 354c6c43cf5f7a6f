import type { z } from "zod";
import type { CborMap } from "../cbor.ts";
import type { ReadBody } from "./body.ts";
import type { RecordJson } from "./json.ts";
import type { Summary } from "./summary.ts";
import type { Term } from "./term.ts";

/** What a record of one type says, once read. */
export type Reading<N extends string, B> = ReadBody<B> & {
  readonly type: N;
  readonly version: number;
  /** The parts of a line in a list, in no language yet. */
  readonly summary: Summary;
  /** What an entry is found by. */
  readonly terms: readonly Term[];
};

/**
 * A type of record is one value of this in a file of its own, and one name in the list of `index.ts`. A change that an
 * older reader would misunderstand is a new version; a new key or code is none.
 */
export type RecordType = {
  readonly name: string;
  readonly version: number;
  readonly description: string;
  /** Of the body. */
  readonly schema: z.ZodType;
  /** Strict in what it knows; throws `FormatError` (`RECORD_MALFORMED`). `refs` is the number of references. */
  read(body: CborMap, refs: number): Reading<string, unknown>;
  /** As one would write it to publish it: tests, help and documentation start from it. */
  readonly example: RecordJson;
};

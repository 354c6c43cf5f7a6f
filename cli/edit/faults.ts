import { FormatError } from "../../protocol/format-error.ts";
import { RECORD_TYPES } from "../../protocol/record/index.ts";
import { parseRecordJson, type RecordJson } from "../../protocol/record/json.ts";
import type { CliError } from "../cli-error.ts";
import { type IdOf, withIds } from "../named-authorities.ts";
import { unknownCode } from "../record-check.ts";
import { withoutNotes } from "./notes.ts";

export type Fault = FormatError | CliError;

/** A person mends some and looks again; a page of them is none that anybody reads. */
const FAULTS_MAX = 20;

/** Stands for an authority that is not known, which is a fault already. */
const NOBODY = "0".repeat(64);

/** All that is wrong with the text of a record, not only what was met first. */
export async function faultsOf(text: string, first: Fault, idOf: IdOf): Promise<readonly Fault[]> {
  const record = readable(text);
  const known = RECORD_TYPES.findLast(
    ({ name, version }) => name === record?.type && version === (record.version ?? version),
  );
  if (record === undefined || known === undefined) return [first];
  const lenient: IdOf = (name) => idOf(name).catch(() => NOBODY);
  const { malformed, unknownCodes } = known.faults(await withIds(record.type, known.version, record.body, lenient));
  const faults = [
    first,
    ...unknownCodes.map(unknownCode),
    ...malformed.map(({ path, reason }) => new FormatError("RECORD_MALFORMED", `${path}: ${reason}`, { path, reason })),
  ];
  // What was met first has the better words where two are about the same.
  const byPath = new Map(faults.toReversed().map((fault) => [fault.data?.["path"] ?? fault.message, fault]));
  return [...byPath.values()].toReversed().slice(0, FAULTS_MAX);
}

function readable(text: string): RecordJson | undefined {
  try {
    return parseRecordJson(withoutNotes(text));
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

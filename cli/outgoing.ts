import { createHash, randomBytes } from "node:crypto";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { utf8Encode } from "../protocol/bytes.ts";
import type { CborMap } from "../protocol/cbor.ts";
import { RECORD_TYPES } from "../protocol/record/index.ts";
import { parseRecordJson } from "../protocol/record/json.ts";
import { CliError } from "./cli-error.ts";
import { withoutNotes } from "./edit/notes.ts";
import { parseEntryText } from "./entry-text.ts";
import { fileError } from "./fs-error.ts";
import { MAX_PART_FILE } from "./limits.ts";
import { mediaType } from "./media-type.ts";
import { type IdOf, withIds } from "./named-authorities.ts";
import type { PartOption } from "./part-option.ts";
import { checkRecord } from "./record-check.ts";

/** A file that becomes a part. */
export type OutgoingPart = PartOption & {
  /** As its readers see it. */
  readonly name: string;
  readonly type: string;
  readonly length: number;
};

/** A record on its way to the node, with all that must be the same should it be sent again. */
export type Outgoing = {
  readonly type: string;
  readonly version: number;
  readonly body: CborMap;
  readonly refs: readonly string[];
  readonly to: readonly string[];
  readonly parts: readonly OutgoingPart[];
  /** On which personal data may go outside the area; left out where none is named. */
  readonly grounds?: readonly string[];
  /** Drawn once: whoever sends it twice publishes it once. */
  readonly key: { readonly key: string; readonly digest: string };
};

export type OutgoingInit = {
  /** Text of the record's file, its notes with it. */
  readonly text: string;
  readonly refs: readonly string[];
  readonly to: readonly string[];
  readonly parts: readonly PartOption[];
  /** Files of the draft from which it was made: before the others. */
  readonly kept?: readonly OutgoingPart[];
  readonly grounds?: readonly string[];
  /** For authorities that the record names. */
  readonly idOf: IdOf;
};

/**
 * What is to be published, checked as far as that can be done without the node: a record of a type that we know reads as
 * that type, the files are there. Throws `CliError` and `FormatError`.
 */
export async function prepareOutgoing(init: OutgoingInit): Promise<Outgoing> {
  const {
    type,
    version = newestVersion(type),
    refs: ownRefs = [],
    body: written,
  } = parseRecordJson(withoutNotes(init.text));
  const body = await withIds(type, version, written, init.idOf);
  // Positions in the body count the file's own references: others come after them.
  const refs = [...ownRefs, ...init.refs].map(parseEntryText);
  checkRecord({ type, version, body, refs });
  const parts = [...(init.kept ?? []), ...(await Promise.all(init.parts.map(describePart)))];
  const { grounds: named = [] } = init;
  const grounds = named.length === 0 ? {} : { grounds: named };
  const record = { type, version, body, refs, to: init.to, parts, ...grounds };
  const digest = createHash("sha256").update(JSON.stringify(record)).digest("hex");
  return { ...record, key: { key: `draft/${randomBytes(16).toString("hex")}`, digest } };
}

function newestVersion(type: string): number {
  return Math.max(1, ...RECORD_TYPES.filter((known) => known.name === type).map((known) => known.version));
}

async function describePart(part: PartOption): Promise<OutgoingPart> {
  const stats = await stat(part.path).catch(fileError(part.path));
  if (!stats.isFile()) throw new CliError("FILE", `${part.path} is no file`);
  if (stats.size > MAX_PART_FILE) throw new CliError("FILE", `${part.path} is larger than a part may be (1 GiB)`);
  return { ...part, name: partName(part.path), type: mediaType(part.path), length: stats.size };
}

/** The grammar of `docs/spec/part.md`. */
function partName(path: string): string {
  const name = basename(path);
  const fits = name.isWellFormed() && !/[\p{Cc}\\]/u.test(name) && utf8Encode(name).length <= 255;
  if (!fits) throw new CliError("FILE", `the name of ${path} cannot be that of a part`, "rename the file");
  return name;
}

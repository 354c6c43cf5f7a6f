import type { CborMap } from "../cbor.ts";
import { acknowledgement } from "./acknowledgement.ts";
import { alert } from "./alert.ts";
import { answer } from "./answer.ts";
import type { UnknownCode, UnknownKey } from "./body.ts";
import { closing } from "./closing.ts";
import { isKnownCode } from "./codes/tables.ts";
import { consignment } from "./consignment.ts";
import { correction } from "./correction.ts";
import type { Envelope } from "./envelope.ts";
import { formatEnvelope, parseEnvelope } from "./envelope.ts";
import { erasureReport } from "./erasure-report.ts";
import { followUp } from "./follow-up.ts";
import { handOver } from "./hand-over.ts";
import { recordMalformed } from "./malformed.ts";
import { objection } from "./objection.ts";
import { practiceNote } from "./practice-note.ts";
import { reopening } from "./reopening.ts";
import { request } from "./request.ts";
import { testReport } from "./test-report.ts";
import { update } from "./update.ts";
import { verification } from "./verification.ts";
import { withdrawal } from "./withdrawal.ts";

/** Every type of record, in every version that can be read. Whatever lists, reads, indexes or explains types loops over this. */
export const RECORD_TYPES = [
  alert,
  testReport,
  followUp,
  acknowledgement,
  request,
  answer,
  verification,
  update,
  correction,
  withdrawal,
  handOver,
  closing,
  objection,
  reopening,
  consignment,
  practiceNote,
  erasureReport,
] as const;

/** A record that this version understands. */
export type SafetyRecord = ReturnType<(typeof RECORD_TYPES)[number]["read"]> & Whole & { readonly status: "known" };

/** One that it does not: kept and shown as it stands, by those parts that every record has. */
export type ForeignRecord = Whole & {
  readonly status: "unknown-type" | "newer-version";
  readonly type: string;
  readonly version: number;
  readonly body: CborMap;
  readonly unknownKeys: readonly UnknownKey[];
  readonly unknownCodes: readonly UnknownCode[];
};

type Whole = Pick<Envelope, "refs" | "partKinds" | "grounds">;

/** A record as it was read, whether or not this program knows its type. */
export type ReadRecord = SafetyRecord | ForeignRecord;

/** What is about to be published; without a version, in the newest. */
export type RecordDraft = Pick<Envelope, "type" | "refs" | "partKinds" | "body"> &
  Partial<Pick<Envelope, "version" | "grounds">>;

/**
 * Reads the content of part 0. `partCount` is the number of parts in the leaf, part 0 included. Throws `FormatError`: those
 * of `decodeCbor`, and `RECORD_MALFORMED` with `data.path` and `data.reason`. Whoever meets that sets the one record aside;
 * the log goes on.
 */
export function readRecord(content: Uint8Array, partCount: number): ReadRecord {
  return readEnvelope(parseEnvelope(content), partCount);
}

/**
 * The content of part 0 for a draft whose type and version are known here, checked by the same reader. `FormatError`
 * (`RECORD_MALFORMED`) says where and why not.
 */
export function formatRecord(draft: RecordDraft): Uint8Array {
  const { type, refs, partKinds, body, version = newestVersion(type), grounds = [] } = draft;
  const envelope = { type, version, refs, partKinds, grounds, body, unknown: {} };
  // Before it is encoded, because here an error says where.
  const read = readEnvelope(envelope, partKinds.length + 1);
  if (read.status !== "known") return recordMalformed("type", `there is no record type ${type} in version ${version}`);
  const content = formatEnvelope(envelope);
  parseEnvelope(content);
  return content;
}

/** 1 for a type that is not known. */
function newestVersion(type: string): number {
  return Math.max(1, ...RECORD_TYPES.filter((one) => one.name === type).map((one) => one.version));
}

function readEnvelope(envelope: Envelope, partCount: number): ReadRecord {
  const { type, version, refs, body, partKinds, grounds } = envelope;
  if (partKinds.length !== partCount - 1)
    recordMalformed("parts", `${partKinds.length} kinds for ${partCount - 1} other parts`);
  const sameName = RECORD_TYPES.filter((one) => one.name === type);
  const known = sameName.find((one) => one.version === version);
  const unknownKeys = Object.entries(envelope.unknown).map(([path, value]) => ({ path, value }));
  const unknownCodes = [...unknownKinds(partKinds), ...unknownGrounds(grounds)];
  if (known === undefined) {
    const status = sameName.length === 0 ? "unknown-type" : "newer-version";
    return { status, type, version, refs, partKinds, grounds, body, unknownKeys, unknownCodes };
  }
  const read = known.read(body, refs.length);
  return {
    ...read,
    status: "known",
    refs,
    partKinds,
    grounds,
    unknownKeys: [...unknownKeys, ...read.unknownKeys],
    unknownCodes: [...unknownCodes, ...read.unknownCodes],
  };
}

function unknownKinds(partKinds: readonly string[]): readonly UnknownCode[] {
  const codes = partKinds.map((code, index) => ({ path: `parts[${index}]`, table: "part-kind", code }));
  return codes.filter(({ code }) => !isKnownCode("part-kind", code));
}

function unknownGrounds(grounds: Envelope["grounds"]): readonly UnknownCode[] {
  const codes = grounds.map(({ ground }, index) => ({
    path: `grounds[${index}]`,
    table: "transfer-ground",
    code: ground,
  }));
  return codes.filter(({ code }) => !isKnownCode("transfer-ground", code));
}

import type { CborMap, CborValue } from "../protocol/cbor.ts";
import { nearestWord } from "../protocol/nearest-word.ts";
import type { UnknownCode } from "../protocol/record/body.ts";
import { CODE_TABLES } from "../protocol/record/codes/tables.ts";
import { RECORD_TYPES } from "../protocol/record/index.ts";
import { CliError } from "./cli-error.ts";

/** Codes of a table that are named one by one; of a longer one the nearest is. */
const CODES_NAMED_MAX = 16;

export type CheckedRecord = {
  readonly type: string;
  readonly version: number;
  readonly body: CborMap;
  readonly refs: readonly string[];
};

/**
 * What a person should know of a record before it is published, and cannot be taken back: keys that nobody knows. A reader
 * keeps codes that a later version may know; who writes one that this version does not know has mistyped it. Throws
 * `CliError` for those, and `FormatError` for what is no record of its type.
 */
export function checkRecord({ type, version, body, refs }: CheckedRecord): readonly string[] {
  const known = RECORD_TYPES.find((one) => one.name === type && one.version === version);
  // That there is no such type the node says.
  if (known === undefined) return [];
  const { unknownKeys, unknownCodes } = known.read(body, refs.length);
  const [strange] = unknownCodes;
  if (strange !== undefined) throw unknownCode(strange);
  const words = [...new Set(keysOf(known.example.body))];
  return unknownKeys.map(({ path }) => {
    const near = nearestWord(path.slice(path.lastIndexOf(".") + 1), words);
    const meant = near === undefined ? "" : `; did you mean ${near}?`;
    return `${path} is no key of ${type}: readers cannot use it${meant}`;
  });
}

/** A code that its table does not have: mistyped, by whoever writes it. */
export function unknownCode({ path, table, code }: UnknownCode): CliError {
  const codes: readonly string[] = Object.entries(CODE_TABLES).find(([name]) => name === table)?.[1] ?? [];
  const near = nearestWord(code, codes);
  const meant = near === undefined ? "" : `; did you mean ${near}?`;
  const hint = codes.length > CODES_NAMED_MAX ? `entente codes ${table} lists them` : `one of ${codes.join(", ")}`;
  return new CliError("INVALID", `${path}: "${code}" is no code of the table ${table}${meant}`, hint, { path });
}

/** At whatever depth. */
function keysOf(value: CborValue): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: CborValue) => keysOf(item));
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return [];
  return Object.entries(value).flatMap(([key, item]) => [key, ...keysOf(item)]);
}

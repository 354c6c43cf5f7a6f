import { equalBytes } from "../bytes.ts";
import type { CborMap, CborValue } from "../cbor.ts";
import { encodeCbor } from "../cbor.ts";
import type { AlertBody } from "../record/alert.ts";
import { isMap } from "../record/body.ts";
import { sourceColumns } from "./source-columns.ts";

/**
 * A kind of file from which alerts come. `mark` is a column that each of its alerts has and no other kind of that system;
 * `lacks` the fields of an alert for which it has no place, so that their absence says nothing.
 */
type ImportFormat = { readonly mark: string; readonly lacks: readonly (readonly string[])[] };

const FORMATS: readonly ImportFormat[] = [
  { mark: "Alert number", lacks: [] },
  {
    mark: "caseNumber",
    lacks: [
      ["product", "portalCategory"],
      ["product", "packaging"],
      ["product", "counterfeit"],
      ["foundIn"],
      ["published"],
    ],
  },
  { mark: "RecallNumber", lacks: [] },
  {
    mark: "Recall Number",
    lacks: [
      ["product", "kind"],
      ["product", "models"],
      ["product", "barcodes"],
      ["risk", "types"],
      ["foundIn"],
      ["url"],
    ],
  },
];

/** What stands in the place of an alert that was imported before, perhaps from another kind of file. */
export type Successor = {
  readonly body: AlertBody;
  /** False where it says what `previous` says, in the form of another file. */
  readonly isNews: boolean;
};

/**
 * The alert that takes the place of `previous`. What its file has no place for is taken over; what it could say and does not
 * is gone. From a file of the same kind every change is news, since the source itself is kept.
 */
export function succeed(previous: AlertBody, next: AlertBody): Successor {
  const format = formatOf(next);
  const carried = (format?.lacks ?? []).reduce<AlertBody>((body, path) => carry(previous, body, path), next);
  const body = keepMeasures(previous, carried);
  return { body, isNews: formatOf(previous) === format || !saysTheSame(previous, body) };
}

function formatOf(body: AlertBody): ImportFormat | undefined {
  const columns = sourceColumns(body);
  return FORMATS.find(({ mark }) => columns.has(mark));
}

/** `body` with the field at `path` as `previous` has it, where it has none itself. */
function carry<M extends CborMap>(previous: M, body: M, [step = "", ...rest]: readonly string[]): M {
  const old = previous[step];
  const own = body[step];
  if (old === undefined) return body;
  if (rest.length === 0) return own === undefined ? { ...body, [step]: old } : body;
  return isMap(old) && own !== undefined && isMap(own) ? { ...body, [step]: carry(old, own, rest) } : body;
}

/** Measures that are named without saying who has to act and when are those named before, with who and when. */
function keepMeasures(previous: AlertBody, body: AlertBody): AlertBody {
  const { measures: old } = previous;
  const { measures: own } = body;
  if (old === undefined || own === undefined || own.some(isDetailed) || !old.some(isDetailed)) return body;
  return equals(old.map(nameOf).toSorted(), own.map(nameOf).toSorted()) ? { ...body, measures: old } : body;
}

type Measure = NonNullable<AlertBody["measures"]>[number];

function isDetailed({ operator, entryIntoForce }: Measure): boolean {
  return operator !== undefined || entryIntoForce !== undefined;
}

function nameOf({ category, text }: Measure): string {
  return `${category} ${text?.["en"] ?? ""}`;
}

function saysTheSame(one: AlertBody, other: AlertBody): boolean {
  return equals(content(one), content(other));
}

function content({ source: _source, updates: _updates, ...rest }: AlertBody): CborMap {
  return rest;
}

function equals(one: CborValue, other: CborValue): boolean {
  return equalBytes(encodeCbor(one), encodeCbor(other));
}

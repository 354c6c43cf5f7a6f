import { z } from "zod";
import { isMap } from "../../protocol/record/body.ts";
import { PART_KINDS } from "../../protocol/record/codes/part.ts";
import { formatPath } from "../../protocol/record/malformed.ts";
import { parseJson, toJsonValue } from "../../protocol/record/json.ts";
import { CliError } from "../cli-error.ts";
import { withoutNotes } from "../edit/notes.ts";
import { parseNames } from "../names.ts";
import type { PartOption } from "../part-option.ts";

/** A record as a program drops it: that of `publish`, and what is an option there. */
export type DroppedRecord = {
  /** Of the record alone, as `publish` reads it. */
  readonly text: string;
  /** Undefined where the record names no readers of its own. */
  readonly to: readonly string[] | undefined;
  readonly parts: readonly PartOption[];
  /** On which personal data may go outside the area. */
  readonly grounds: readonly string[];
  /** Whether it is meant although there is an alert on the same product. */
  readonly isKnown: boolean;
};

const NAMES = z.array(z.string()).min(1);
const OPTIONS = z.strictObject({
  to: NAMES.exactOptional(),
  parts: z
    .array(z.strictObject({ file: z.string(), kind: z.enum(PART_KINDS), to: NAMES.exactOptional() }))
    .exactOptional(),
  grounds: NAMES.exactOptional(),
  known: z.boolean().exactOptional(),
});

/**
 * Reads such a text. `beside`: the paths of the files that lie beside it, by name; each must be named once. Throws
 * `FormatError` and `CliError`.
 */
export function parseDroppedRecord(text: string, beside: ReadonlyMap<string, string>): DroppedRecord {
  const json = parseJson(withoutNotes(text));
  if (!isMap(json)) throw new CliError("INVALID", "it is no JSON object");
  const { to, parts, grounds, known, ...record } = json;
  const given = Object.fromEntries(
    Object.entries({ to, parts, grounds, known }).filter(([, value]) => value !== undefined),
  );
  const options = OPTIONS.safeParse(given);
  if (!options.success) {
    const [issue] = options.error.issues;
    const [key, ...keys] = issue?.path ?? [];
    const path = formatPath(
      String(key),
      keys.map((one) => (typeof one === "number" ? one : String(one))),
    );
    throw new CliError("INVALID", `${path}: ${issue?.message ?? "is wrong"}`, null, { path });
  }
  const named = options.data.parts ?? [];
  for (const name of beside.keys())
    if (!named.some(({ file }) => file === name))
      throw new CliError("INVALID", `${name} lies beside the record, and its "parts" does not name it`);
  return {
    text: JSON.stringify(toJsonValue(record)),
    to: options.data.to === undefined ? undefined : parseNames(options.data.to, '"to"'),
    parts: named.map(({ file, kind, to: readers }) => ({
      kind,
      path: pathOf(beside, file),
      ...(readers === undefined ? {} : { to: parseNames(readers, `"to" of ${file}`) }),
    })),
    grounds: options.data.grounds ?? [],
    isKnown: options.data.known === true,
  };
}

/** Only a file that lies beside it: a name never leads elsewhere. */
function pathOf(beside: ReadonlyMap<string, string>, file: string): string {
  const path = beside.get(file);
  if (path === undefined)
    throw new CliError("INVALID", `${file} is named in "parts" and does not lie beside the record`);
  return path;
}

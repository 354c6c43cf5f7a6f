import type { CborMap, CborValue } from "../cbor.ts";

type Fields = Readonly<Record<string, CborValue | undefined>>;

/** The fields that are there. */
export function present(fields: Fields): CborMap {
  const entries: [string, CborValue][] = [];
  for (const [key, value] of Object.entries(fields)) if (value !== undefined) entries.push([key, value]);
  return Object.fromEntries(entries);
}

/** As `present`; a map without any field is none. */
export function presentOrNone(fields: Fields): CborMap | undefined {
  const map = present(fields);
  return Object.keys(map).length === 0 ? undefined : map;
}

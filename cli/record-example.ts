import { RECORD_TYPES } from "../protocol/record/index.ts";

/** The names of all types of record, as `publish` takes them. */
export const RECORD_TYPE_NAMES: readonly string[] = [...new Set(RECORD_TYPES.map(({ name }) => name))];

/** The example of the newest version of a type, as one would write it to publish it; undefined for what is no type. */
export function recordExample(name: string): readonly string[] | undefined {
  const example = RECORD_TYPES.findLast((type) => type.name === name)?.example;
  return example === undefined ? undefined : JSON.stringify(example, null, 2).split("\n");
}

import { readLeaf } from "../../protocol/leaf/leaf.ts";
import type { RecordLeaf } from "../../protocol/leaf/record.ts";
import { sectionOf } from "../../protocol/policy/section.ts";
import type { Core } from "../core.ts";
import type { Entries, NamedLog } from "../entries.ts";

/** Leaves read in one go. */
const PAGE = 4_096;

/** A record of ours, and to which audiences it has something, and personal data among that. */
export type AddressedRecord = {
  readonly index: number;
  readonly audiences: ReadonlySet<number>;
  readonly personal: ReadonlySet<number>;
};

/** Our records below `size` that have something for an audience that matters, oldest first. */
export async function* recordsFor(
  core: Core,
  entries: Entries,
  matters: (audience: number) => boolean,
  size: number,
): AsyncGenerator<AddressedRecord> {
  const [log] = entries.logs();
  for (let from = 0; log !== undefined && from < size; from += PAGE) {
    for (const [offset, bytes] of (await log.store.readLeaves(from, Math.min(size, from + PAGE))).entries()) {
      const reading = readLeaf(bytes);
      if (reading.status !== "known" || reading.leaf.kind !== "record") continue;
      const { leaf } = reading;
      if (!leaf.parts.some(({ audience }) => matters(audience))) continue;
      const index = from + offset;
      yield {
        index,
        audiences: new Set(leaf.parts.map(({ audience }) => audience)),
        personal: await personalAudiences(core, entries, log, index, leaf),
      };
    }
  }
}

/** Audiences of what may be personal data: of a record that cannot be read, or a kind that is not known, everything may. */
async function personalAudiences(
  core: Core,
  entries: Entries,
  log: NamedLog,
  index: number,
  leaf: RecordLeaf,
): Promise<ReadonlySet<number>> {
  const found = new Set<number>();
  if (leaf.parts.length === 1) return found;
  const record = await entries.record(log, index, leaf);
  const kinds = typeof record === "string" ? [] : record.partKinds;
  for (const [part, { audience }] of leaf.parts.entries()) {
    const section = sectionOf(kinds[part - 1] ?? "");
    if (part === 0 || (section !== undefined && section !== "personal")) continue;
    if ((await core.ownErased.mark(index, part)) === undefined) found.add(audience);
  }
  return found;
}

import { utf8Decode, utf8Encode } from "../../protocol/bytes.ts";
import type { DisclosedBy } from "../../protocol/policy/disclose.ts";
import type { Disk, DiskWrite } from "../disk.ts";
import { logKey } from "../keyspace.ts";

/** Written with a record: by what the readers of each of its parts were chosen, which its leaf does not say. */
export function writeDisclosedBy(log: number, index: number, by: readonly DisclosedBy[]): DiskWrite {
  return { key: logKey("disclosedBy", log, index), value: utf8Encode(JSON.stringify(by)) };
}

/** Nothing of what was not published here, or came back from others after a restore. */
export async function readDisclosedBy(disk: Disk, log: number, index: number): Promise<readonly DisclosedBy[]> {
  const value = await disk.get(logKey("disclosedBy", log, index));
  if (value === undefined) return [];
  const by: readonly DisclosedBy[] = JSON.parse(utf8Decode(value));
  return by;
}

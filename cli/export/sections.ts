import type { EntryDetail, EntryPart } from "../../node/service.ts";
import { decodeUtf8 } from "../../protocol/utf8.ts";
import { MAX_EXPORTED_PART } from "../limits.ts";
import type { LocalClient } from "../local-client.ts";

/** What a part beside the record says: its text, with its name and type, which stand in it too. */
export type Section = {
  readonly part: number;
  readonly kind: string;
  readonly name: string;
  readonly type: string;
  readonly content: string;
};

/** The texts among the parts beside the record that are held here. Pictures and other files are for `fetch`. */
export async function readSections(
  client: Pick<LocalClient, "readPart">,
  { entry, details }: EntryDetail,
): Promise<readonly Section[]> {
  const sections: Section[] = [];
  for (const { part, kind } of details.filter(isText)) {
    const { name, type, content } = await client.readPart(entry, part);
    const pieces: Uint8Array[] = [];
    for await (const piece of content) pieces.push(piece);
    const bytes = Buffer.concat(pieces);
    const text = decodeUtf8(bytes, 0, bytes.length);
    if (text !== undefined) sections.push({ part, kind, name, type, content: text });
  }
  return sections;
}

function isText({ part, state, type, length }: EntryPart): boolean {
  const isReadable = type === "application/json" || type?.startsWith("text/") === true;
  return part > 0 && state === "held" && isReadable && (length ?? 0) <= MAX_EXPORTED_PART;
}

/** An entry of which the parts beside the record only say that they are there: their names are as confidential as they are. */
export function withoutSections(entry: EntryDetail): EntryDetail {
  const details = entry.details.map((part) =>
    part.part === 0 ? part : { ...part, name: null, type: null, length: null, readers: null, looksLike: null },
  );
  return { ...entry, details };
}

export function heldSections({ details }: EntryDetail): number {
  return details.filter(({ part, state }) => part > 0 && state === "held").length;
}

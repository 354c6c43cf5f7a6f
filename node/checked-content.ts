import { ServiceError } from "./service.ts";
import { contradictingType, SNIFFED_BYTES } from "./sniffed-type.ts";

/**
 * The content as it comes, of which nothing passes before its beginning was compared with the type that is claimed. Throws
 * `INVALID` where they contradict each other: its readers would take it for something that it is not.
 */
export async function* checkedContent(
  { name, type }: { readonly name: string; readonly type: string },
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] | undefined = [];
  let length = 0;
  const release = async (): Promise<readonly Uint8Array[]> => {
    const pieces = held ?? [];
    held = undefined;
    await check(name, type, Buffer.concat(pieces).subarray(0, SNIFFED_BYTES));
    return pieces;
  };
  for await (const piece of content) {
    if (held === undefined) {
      yield piece;
      continue;
    }
    held.push(piece);
    length += piece.length;
    if (length >= SNIFFED_BYTES) yield* await release();
  }
  if (held !== undefined) yield* await release();
}

async function check(name: string, type: string, beginning: Uint8Array): Promise<void> {
  const seen = await contradictingType(type, beginning);
  // Who claims nothing deceives nobody.
  if (seen === undefined || type === "application/octet-stream") return;
  throw new ServiceError(
    "INVALID",
    `${name} is claimed to be ${type}, and looks like ${seen}`,
    "give the file the ending of what it is, or .bin, which claims nothing",
  );
}

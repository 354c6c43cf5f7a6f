import { Buffer } from "node:buffer";
import { MEMBER_LIST_MEDIA_TYPE } from "../../protocol/audience.ts";
import type { Prng } from "./prng.ts";

const MARK = /simulated-part-([0-9a-f]{16})-/g;
/** Every piece of a content of so many bytes has a mark in it. */
const MARK_EVERY = 1024;
/** Bytes of a part before the media type: owner, salt, header length, heads of the map and its first entries. */
const LIST_HEAD_BYTES = 32 + 32 + 2 + 20;

type Readers = { readonly owner: string; readonly readers: ReadonlySet<string> };

/**
 * Who may have which part. Contents are marked, all over, so that bytes tell what they are wherever they turn up; member
 * lists tell it by themselves. Of a text (bytes as Latin-1) the book says whether somebody must not have it.
 */
export class PartBook {
  readonly #prng: Prng;
  readonly #readers = new Map<string, Readers>();
  /** Ids as they stand in member lists, by name. */
  readonly #ids: ReadonlyMap<string, string>;

  constructor(prng: Prng, ids: ReadonlyMap<string, Uint8Array>) {
    this.#prng = prng;
    this.#ids = new Map([...ids].map(([name, id]) => [name, latin1(id)]));
  }

  /** A mark for a new part. */
  register(owner: string, readers: readonly string[]): string {
    const number = Buffer.from(this.#prng.bytes(8)).toString("hex");
    this.#readers.set(number, { owner, readers: new Set(readers) });
    return `simulated-part-${number}-`;
  }

  /** Content of a part, its mark in every piece of it. */
  content(mark: string, length: number): Uint8Array {
    const piece = mark.padEnd(MARK_EVERY, "x");
    return Buffer.from(piece.repeat(Math.ceil(length / MARK_EVERY)).slice(0, Math.max(length, mark.length)));
  }

  /** What `holder` must not have of this, if anything. */
  trespass(text: string, holder: string): string | undefined {
    for (const [mark, number = ""] of text.matchAll(MARK)) {
      const known = this.#readers.get(number);
      if (known !== undefined && known.owner !== holder && !known.readers.has(holder))
        return `${mark} of ${known.owner}`;
    }
    return this.#foreignList(text, holder);
  }

  /** Whether there is any part in this. */
  hasPart(text: string): boolean {
    return text.includes("simulated-part-") || text.includes(MEMBER_LIST_MEDIA_TYPE);
  }

  #foreignList(text: string, holder: string): string | undefined {
    const id = this.#ids.get(holder) ?? "";
    for (let at = text.indexOf(MEMBER_LIST_MEDIA_TYPE); at >= 0; at = text.indexOf(MEMBER_LIST_MEDIA_TYPE, at + 1)) {
      const owner = text.slice(Math.max(0, at - LIST_HEAD_BYTES), at);
      const list = text.slice(at, at + MEMBER_LIST_MEDIA_TYPE.length + listLength(text, at));
      if (!owner.includes(id) && !list.includes(id)) return "a member list";
    }
    return undefined;
  }
}

/** Bytes from the end of the media type to the end of the list; its length is the last entry of the part's header. */
function listLength(text: string, at: number): number {
  const head = at + MEMBER_LIST_MEDIA_TYPE.length + "flength".length;
  const [first = 0, second = 0, third = 0] = [0, 1, 2].map((offset) => text.charCodeAt(head + offset));
  const length = first < 24 ? first : first === 24 ? second : second * 256 + third;
  return length + "flength".length + 3;
}

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

import { array, bytes, NULL, seeded, text, uint } from "./cbor.ts";
import type { Item } from "./cbor.ts";
import { hex } from "./tools.ts";

export const ID = seeded("wire id", 32);
export const OTHER = seeded("wire other id", 32);
export const INSTANCE = seeded("wire instance", 16);
export const HASHES = [seeded("wire hash 0", 32), seeded("wire hash 1", 32)];
export const LEAF = seeded("wire leaf", 55);
export const PART = seeded("wire part", 96);
export const NOTE = "nvwa.nl\n1201\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— nvwa.nl AAAAAAAA\n";
export const CHARTER = "entente charter v1\nauthority nvwa.nl\n\n— nvwa.nl/root/1 AAAAAAAA\n";
export const COSIGNATURE = "— nvwa.nl/witness AAAAAAAA";
export const LARGEST = Number.MAX_SAFE_INTEGER;

export type Fields = Readonly<Record<string, Item>>;

export const [ID_HEX, OTHER_HEX] = [hex(ID), hex(OTHER)];
export const id = bytes(ID);
export const zero = uint(0);
export const repeat = (count: number, item: Item): Item => array(...Array.from({ length: count }, () => item));
export const log = (owner: Uint8Array, ...rest: readonly Item[]): Item => array(bytes(owner), zero, ...rest);

/** `fields` with some put in place of others or left out (`undefined`), their order kept. */
export function but(fields: Fields, changes: Readonly<Record<string, Item | undefined>>): Fields {
  const entries = Object.entries({ ...fields, ...changes });
  return Object.fromEntries(entries.filter((entry): entry is [string, Item] => entry[1] !== undefined));
}

/** Frames with keys that we do not know cannot be made again from what we read. */
export const FORGETS = { formats: false };

export const HELLO: Fields = {
  id,
  held: NULL,
  chain: array(array(zero, zero, text(CHARTER))),
  starts: uint(7),
  charters: uint(1),
  features: array(),
  instance: bytes(INSTANCE),
};
export const HELLO_JSON = {
  features: [],
  id: ID_HEX,
  chain: [{ epoch: 0, index: 0, note: CHARTER }],
  charters: 1,
  instance: hex(INSTANCE),
  starts: 7,
  held: null,
};

/** Digests of evidence files. */
export const DIGESTS = [seeded("wire evidence 0", 32), seeded("wire evidence 1", 32)];

export const COMPARE: Fields = { checkpoints: array(log(ID, text(NOTE)), log(OTHER, text(NOTE))) };
export const COMPARE_JSON = {
  checkpoints: [
    { id: ID_HEX, epoch: 0, note: NOTE },
    { id: OTHER_HEX, epoch: 0, note: NOTE },
  ],
};

export type Bad = readonly [string, string, Fields];

/** Each field of `fields` left out in turn, and each in turn made null. */
export function everyField(kind: string, fields: Fields, optional: readonly string[] = []): Bad[] {
  const absent = Object.keys(fields).filter((key) => !optional.includes(key));
  return [
    ...absent.map((key): Bad => [`${kind} without ${key}`, kind, but(fields, { [key]: undefined })]),
    ...Object.keys(fields)
      .filter((key) => key !== "held")
      .map((key): Bad => [`${kind} with ${key} null`, kind, but(fields, { [key]: NULL })]),
  ];
}

export const short = bytes(ID.subarray(1));

import type { CborMap, CborValue } from "../cbor.ts";
import type { ChainEntry } from "../charter-chain.ts";
import { MAX_FEATURE_NAME, MAX_FEATURES } from "../limits.ts";
import { formatChain, readChain } from "./chain.ts";
import { readId, wireShape } from "./fields.ts";
import { tagged } from "./message.ts";

/**
 * The first request of a stream, and its answer: who is there.
 *
 *     {"id": h'1e0f…', "held": null, "chain": [[0, 0, "entente charter v1\n…"]], "starts": 7, "charters": 1,
 *      "features": [], "instance": h'…16'}
 */
export type Hello = {
  /** Names of additions that the sender knows. */
  readonly features: readonly string[];
  /** Id of the sender's authority. */
  readonly id: Uint8Array;
  /** Its charters from serial 0 on, at least one; as many as fit. */
  readonly chain: readonly ChainEntry[];
  /** How many the whole chain has. */
  readonly charters: number;
  /** 16 random bytes of this run of the sender. */
  readonly instance: Uint8Array;
  /** How often it was started with these keys. */
  readonly starts: number;
  /** The newest checkpoint of the receiver's log below which the sender holds all; `null` if it holds nothing of it. */
  readonly held?: string | null;
  /** The newest that the sender was shown by the receiver's authority before this connection. */
  readonly seen?: SeenInstance;
  /** In an answer, and only there. */
  readonly admitted?: boolean;
};

export type SeenInstance = { readonly instance: Uint8Array; readonly starts: number };

const INSTANCE_SIZE = 16;

export const hello = {
  kind: "hello",
  request: tagged("hello", { read: readHello, format: formatHello }),
  answer: tagged("hello", {
    read: (body: CborMap): Hello => ({
      ...readHello(body),
      admitted: wireShape.boolean(body["admitted"], "admitted"),
    }),
    format: ({ admitted, ...value }: Hello): CborMap => ({
      ...formatHello(value),
      ...(admitted === undefined ? {} : { admitted }),
    }),
  }),
} as const;

function readHello(body: CborMap): Hello {
  const chain = readChain(body["chain"], 1);
  const { held, seen } = body;
  return {
    features: wireShape.array(body["features"], "the features", 0, MAX_FEATURES).map(readFeature),
    id: readId(body["id"]),
    chain,
    charters: wireShape.integer(body["charters"], "the number of charters", chain.length),
    instance: readInstance(body["instance"]),
    starts: readStarts(body["starts"]),
    ...(held === undefined ? {} : { held: held === null ? null : wireShape.text(held, "the checkpoint held") }),
    ...(seen === undefined ? {} : { seen: readSeen(seen) }),
  };
}

function formatHello({ features, id, chain, charters, instance, starts, held, seen }: Hello): CborMap {
  return {
    features,
    id,
    chain: formatChain(chain),
    charters,
    instance,
    starts,
    ...(held === undefined ? {} : { held }),
    ...(seen === undefined ? {} : { seen: [seen.instance, seen.starts] }),
  };
}

function readFeature(value: CborValue): string {
  const feature = wireShape.text(value, "a feature");
  const isShort = [...feature].length <= MAX_FEATURE_NAME;
  return isShort ? feature : wireShape.fail(`a feature of more than ${MAX_FEATURE_NAME} characters`);
}

function readSeen(value: CborValue): SeenInstance {
  const [instance, starts] = wireShape.array(value, "what was seen", 2, 2);
  return { instance: readInstance(instance), starts: readStarts(starts) };
}

function readInstance(value: CborValue | undefined): Uint8Array {
  return wireShape.bytes(value, "an instance", INSTANCE_SIZE);
}

function readStarts(value: CborValue | undefined): number {
  return wireShape.integer(value, "the number of starts");
}

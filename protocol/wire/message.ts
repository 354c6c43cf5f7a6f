import type { CborMap } from "../cbor.ts";

/**
 * The body of a request or of an answer: `read` takes a decoded map for it or throws `WIRE_MALFORMED`, ignoring keys that
 * it does not know; `format` makes the map. Byte strings stay views of the frame.
 */
export interface Body<T> {
  read(body: CborMap): T;
  format(value: T): CborMap;
}

/** A message of the exchange: its kind, and what it carries as a request, as an answer, or as either. */
export interface Message {
  readonly kind: string;
  readonly request?: Body<object>;
  readonly answer?: Body<object>;
}

export type Tagged<K extends string, T> = { readonly kind: K } & T;

/** A body that says what it is, so that requests, and answers, can be told apart by their `kind`. */
export function tagged<K extends string, T extends object>(kind: K, body: Body<T>): Body<Tagged<K, T>> {
  return {
    read: (map) => ({ kind, ...body.read(map) }),
    format: (value) => body.format(value),
  };
}

import { TransportError } from "../transport.ts";

const REASONS: readonly (readonly [code: string, words: string])[] = [
  ["EADDRINUSE", "another program listens there"],
  ["EACCES", "this user may not listen on that port"],
  ["EADDRNOTAVAIL", "this machine does not have that address"],
];

/** What to tell of a node that cannot listen. libp2p's own message is a list of stack traces. */
export function listenError(error: unknown, listen: readonly string[]): TransportError {
  const message = error instanceof Error ? error.message : String(error);
  const reason = REASONS.find(([code]) => message.includes(code))?.[1] ?? message.split("\n", 1)[0];
  return new TransportError("LISTEN_FAILED", `cannot listen on ${listen.join(", ")}: ${reason}`);
}

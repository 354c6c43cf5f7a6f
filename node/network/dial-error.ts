import { oneLine } from "../one-line.ts";
import { TransportError } from "../transport.ts";

/** What systems and resolvers say, in words; the rest is told as libp2p has it. */
const CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused, nothing listens there",
  ECONNRESET: "the connection was cut as it was opened",
  ETIMEDOUT: "no answer",
  EHOSTUNREACH: "no way to this host",
  ENETUNREACH: "no way to this network",
  ENOTFOUND: "no such host name",
  EAI_AGAIN: "the host name cannot be looked up now",
};

/**
 * What to tell of a dial that failed: the cause, then the address, once. libp2p keeps of a failed handshake only the
 * message, so that Noise's own words are what tells a wrong key from a broken line.
 */
export function dialError(error: unknown, address: string, signal: AbortSignal): TransportError {
  const reason = error instanceof Error ? error.message : String(error);
  if (reason.includes("does not match expected remote identity key"))
    return new TransportError("WRONG_PEER", `another node than the one expected answers at ${address}`);
  if (signal.aborted) return new TransportError("DIAL_FAILED", `no answer in time: ${address}`);
  const [code = ""] = /\bE[A-Z_]{4,}\b/.exec(reason) ?? [];
  return new TransportError("DIAL_FAILED", `${CAUSES[code] ?? oneLine(reason)}: ${address}`);
}

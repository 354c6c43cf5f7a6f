import { TransportError } from "../transport.ts";

/**
 * What to tell of a dial that failed. libp2p keeps of a failed handshake only the message, so that Noise's own words are
 * what tells a wrong key from a broken line.
 */
export function dialError(error: unknown, address: string, signal: AbortSignal): TransportError {
  const reason = error instanceof Error ? error.message : String(error);
  if (reason.includes("does not match expected remote identity key")) {
    return new TransportError("WRONG_PEER", `another node than the one expected answers at ${address}: ${reason}`);
  }
  if (signal.aborted) return new TransportError("DIAL_FAILED", `no connection to ${address}: given up waiting`);
  return new TransportError("DIAL_FAILED", `no connection to ${address}: ${reason}`);
}

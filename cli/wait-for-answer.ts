import { setTimeout as delay } from "node:timers/promises";
import type { PeerStatus } from "../node/service.ts";
import type { LocalClient } from "./local-client.ts";

/** A dial, a handshake and a hello, from Europe to China and on a slow day. */
const PATIENCE_MS = 4_000;
const POLL_MS = 200;

/** A first attempt that fails is not yet an answer. */
const UNDECIDED: readonly PeerStatus["state"][] = ["connecting", "unreachable"];

/** The state of a peer just added, once it has answered, or after a few seconds. */
export async function waitForAnswer(client: Pick<LocalClient, "peers">, peer: PeerStatus): Promise<PeerStatus> {
  const until = Date.now() + PATIENCE_MS;
  let latest = peer;
  while (UNDECIDED.includes(latest.state) && Date.now() < until) {
    await delay(POLL_MS);
    latest = (await client.peers()).find(({ id }) => id === peer.id) ?? latest;
  }
  return latest;
}

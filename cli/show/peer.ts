import type { PeerStatus } from "../../node/service.ts";
import { formatTime, orDash, table } from "../text.ts";

/** One peer a line. */
export function peerTable(peers: readonly PeerStatus[]): string[] {
  const rows = peers.map((peer) => [
    peer.name,
    peer.country,
    peer.state,
    `${peer.held} of ${peer.seen}`,
    peer.lastSeen === null ? "never" : formatTime(peer.lastSeen),
    whyText(peer),
  ]);
  return table(["peer", "country", "is", "entries held", "last seen", "why"], rows);
}

/** What a person should know of it: that its log is contested, and why it is not connected. */
function whyText({ contested, reason }: PeerStatus): string {
  const contestedText = contested ? ["contested (entente evidence list)"] : [];
  return orDash([...contestedText, ...(reason === null ? [] : [reason])].join("; "));
}

/** Whether the two have added each other, and what to do where they have not. */
export function mutualTrust({ name, state, reason }: PeerStatus): string {
  switch (state) {
    case "connected":
      return `connected: ${name} and this authority have added each other`;
    case "not-admitted":
      return `${name} has not added this authority yet: send them what entente charter export prints`;
    case "no-address":
      return `no address of ${name} is known: entente peer set-address ${name} ADDRESS, or wait until they connect`;
    case "unreachable":
      return `${name} cannot be reached yet${reason === null ? "" : ` (${reason})`}: the node goes on trying`;
    case "connecting":
      return `connecting to ${name}: entente status shows whether they have added this authority too`;
  }
}

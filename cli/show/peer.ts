import type { Lag, PeerStatus } from "../../node/service.ts";
import { formatDuration, formatTime, orDash, table } from "../text.ts";

/** One peer a line. */
export function peerTable(peers: readonly PeerStatus[]): string[] {
  const rows = peers.map((peer) => [
    peer.name,
    peer.country,
    peer.state,
    lagText(`${peer.held} of ${peer.seen}`, peer.lag),
    lagText(String(peer.witnessed.size), peer.witnessed),
    peer.lastSeen === null ? "never" : formatTime(peer.lastSeen),
    whyText(peer),
  ]);
  return table(["peer", "country", "is", "entries held", "ours cosigned", "last seen", "why"], rows);
}

/** `5 of 7 (2 behind, 31 s)` */
function lagText(text: string, { entries, seconds }: Lag): string {
  return entries === 0 ? text : `${text} (${entries} behind, ${formatDuration(seconds)})`;
}

/** What a person should know of it: that its log is contested, and why it is not connected. */
function whyText({ contested, reason }: PeerStatus): string {
  const contestedText = contested ? ["contested (entente evidence list)"] : [];
  return orDash([...contestedText, ...(reason === null ? [] : [reason])].join("; "));
}

/** Whether the two have added each other, and what to do where they have not. */
export function mutualTrust({ name, state, reason, addedUsBefore }: PeerStatus): string {
  switch (state) {
    case "connected":
      return `connected: ${name} and this authority have added each other`;
    case "not-admitted":
      if (addedUsBefore) return `${reason ?? name}: call them`;
      return `${name} has not added this authority yet: send them what entente charter export prints`;
    case "no-address":
      return `no address of ${name} is known: entente peer set-address ${name} ADDRESS, or wait until they connect`;
    case "unreachable":
      return `${name} cannot be reached yet${reason === null ? "" : ` (${reason})`}: the node goes on trying`;
    case "connecting":
      return `connecting to ${name}: entente status shows whether they have added this authority too`;
  }
}

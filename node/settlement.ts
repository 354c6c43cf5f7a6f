/**
 * When may this node sign? Before its first signature or cosignature after a start, a node that trusts any peer asks its
 * direct peers how far its log was; it signs when half of them, at least one, have answered and none knows more than we
 * do, or when a person decides. Pure: who asks and who stores is elsewhere.
 */
export type Settlement =
  | { readonly state: "ready" }
  | { readonly state: "asking"; readonly answered: ReadonlySet<string>; readonly needed: number }
  /** Peers, and our own heads file, know entries that our store lost: they are taken back up to this size. */
  | { readonly state: "recovering"; readonly size: number }
  /** A person must decide. */
  | { readonly state: "held"; readonly reason: string };

/** What one peer said of our log, measured against our store and our heads file. */
export type HeadReport = {
  readonly peer: string;
  /** Size of the checkpoint that the peer holds, 0 for none. */
  readonly size: number;
  /** For a size within our store: whether our tree had that root at that size. */
  readonly agrees: boolean;
  readonly storeSize: number;
  /** Size in the heads file. */
  readonly fileSize: number;
};

export function beginSettlement(peers: number, storeSize: number, fileSize: number): Settlement {
  if (peers > 0) return { state: "asking", answered: new Set(), needed: Math.max(1, Math.ceil(peers / 2)) };
  if (fileSize > storeSize) return { state: "held", reason: restoredAlone(storeSize, fileSize) };
  return { state: "ready" };
}

export function settle(settlement: Settlement, report: HeadReport): Settlement {
  const { size, agrees, storeSize, fileSize, peer } = report;
  if (size <= storeSize && !agrees) {
    return {
      state: "held",
      reason: `${peer} holds another history of our log at size ${size}: its signature is ours, its entries are not`,
    };
  }
  if (size > storeSize && size > fileSize) {
    return {
      state: "held",
      reason: `${peer} holds ${size} entries of our log, more than this node ever signed (${Math.max(storeSize, fileSize)}): the key was used elsewhere, or store and keys were both put back from a backup`,
    };
  }
  if (size > storeSize)
    return settlement.state === "held" ? settlement : { state: "recovering", size: Math.max(size, fileSize) };
  if (settlement.state !== "asking") return settlement;
  const answered = new Set(settlement.answered).add(peer);
  if (answered.size < settlement.needed) return { ...settlement, answered };
  if (fileSize > storeSize) return { state: "held", reason: restoredAlone(storeSize, fileSize) };
  return { state: "ready" };
}

/** Entries were taken back: enough? */
export function recovered(settlement: Settlement, storeSize: number): Settlement {
  return settlement.state === "recovering" && storeSize >= settlement.size ? { state: "ready" } : settlement;
}

function restoredAlone(storeSize: number, fileSize: number): string {
  return `the store holds ${storeSize} of the ${fileSize} entries that were signed: it was put back from a backup, and no peer that answered holds the rest`;
}

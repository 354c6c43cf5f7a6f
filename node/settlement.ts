/**
 * When may this node sign? Before its first signature or cosignature after a start, a node that trusts any peer asks its
 * direct peers how far its log was; it signs when half of them, at least one, have answered and none knows more than we
 * do, or when a person decides. Pure: who asks and who stores is elsewhere.
 */
export type Settlement =
  | { readonly state: "ready" }
  | ({ readonly state: "asking" } & Answers)
  /** Peers, and our own heads file, know entries that our store lost: they are taken back up to this size. */
  | ({ readonly state: "recovering"; readonly size: number } & Answers)
  /** A person must decide. `answers` where only entries are missing: who has them may still come. */
  | { readonly state: "held"; readonly reason: string; readonly answers: Answers | undefined };

type Answers = {
  /** Size that each admitted peer holds of our log, by name. */
  readonly answered: ReadonlyMap<string, number>;
  readonly needed: number;
};

/** How many authorities may be asked. */
export type PeerCount = {
  readonly trusted: number;
  /** Of those: with whom there ever was a connection. The others can only know of our log through somebody else. */
  readonly direct: number;
};

/** How far our log is and was. */
export type OwnSizes = {
  readonly storeSize: number;
  /** Size in the heads file. */
  readonly fileSize: number;
};

/** What one peer said of our log, measured against our store and our heads file. */
export type HeadReport = OwnSizes & {
  readonly peer: string;
  /** Size of the checkpoint that the peer holds, 0 for none. */
  readonly size: number;
  /** For a size within our store: whether our tree had that root at that size. */
  readonly agrees: boolean;
  /** By a peer that is trusted and proved to be it: only then is it an answer. */
  readonly admitted: boolean;
};

export function beginSettlement(peers: PeerCount, sizes: OwnSizes): Settlement {
  return judge({ answered: new Map(), needed: neededOf(peers) }, sizes);
}

export function settle(settlement: Settlement, report: HeadReport): Settlement {
  const { size, agrees, storeSize, fileSize, peer, admitted } = report;
  if (size <= storeSize && !agrees) {
    return held(`${peer} holds another history of our log at size ${size}: its signature is ours, its entries are not`);
  }
  if (size > storeSize && size > fileSize) {
    return held(
      `${peer} holds ${size} entries of our log, more than this node ever signed (${Math.max(storeSize, fileSize)}): the key was used elsewhere, or store and keys were both put back from a backup`,
    );
  }
  if (!admitted) return settlement;
  // A node that signs already asks nobody, unless it turns out that entries are missing.
  if (settlement.state === "ready")
    return size > storeSize ? judge({ answered: new Map([[peer, size]]), needed: 1 }, report) : settlement;
  const answers = answersOf(settlement);
  if (answers === undefined) return settlement;
  return judge({ ...answers, answered: new Map(answers.answered).set(peer, size) }, report);
}

/** Entries were taken back: enough? */
export function recovered(settlement: Settlement, sizes: OwnSizes): Settlement {
  const answers = answersOf(settlement);
  return answers === undefined ? settlement : judge(answers, sizes);
}

/** Others are trusted now, by name: what was answered by those that still are counts. */
export function peersChanged(
  settlement: Settlement,
  peers: readonly string[],
  count: PeerCount,
  sizes: OwnSizes,
): Settlement {
  const answers = answersOf(settlement);
  if (answers === undefined) return settlement;
  const answered = new Map([...answers.answered].filter(([peer]) => peers.includes(peer)));
  return judge({ answered, needed: neededOf(count) }, sizes);
}

function judge(answers: Answers, { storeSize, fileSize }: OwnSizes): Settlement {
  const { answered, needed } = answers;
  const isEnough = answered.size >= needed;
  if (storeSize >= fileSize) return isEnough ? { state: "ready" } : { state: "asking", ...answers };
  if ([...answered.values()].some((size) => size > storeSize))
    return { state: "recovering", size: fileSize, ...answers };
  if (!isEnough) return { state: "asking", ...answers };
  const reason = `the store holds ${storeSize} of the ${fileSize} entries that were signed: it was put back from a backup, and no peer that answered holds the rest`;
  return { state: "held", reason, answers };
}

/** SPEC: half of the direct ones, at least one where anybody is trusted. */
function neededOf({ trusted, direct }: PeerCount): number {
  return trusted === 0 ? 0 : Math.max(1, Math.ceil(direct / 2));
}

function answersOf(settlement: Settlement): Answers | undefined {
  switch (settlement.state) {
    case "ready":
      return undefined;
    case "held":
      return settlement.answers;
    case "asking":
    case "recovering":
      return { answered: settlement.answered, needed: settlement.needed };
  }
}

function held(reason: string): Settlement {
  return { state: "held", reason, answers: undefined };
}

import type { CaseGraph, CaseNode, RecordOf } from "./graph.ts";

type HandOver = CaseNode<RecordOf<"hand-over">>;

/** Time in which one authority has the case: from the root, or from an acceptance, which ends those before it. */
type Tenure = { readonly author: string; readonly from: CaseNode; readonly before: readonly Tenure[] };

/** An acceptance, and a cancellation of the same offer that its author could not know of. */
type Doubt = { readonly accept: CaseNode; readonly cancel: CaseNode };

export type Offer = { readonly node: HandOver; readonly to: string; readonly state: OfferState };
type OfferState = "open" | "accepted" | "refused" | "cancelled";

/** All times in which somebody had the case, from all that is here. */
export type Tenures = { readonly all: readonly Tenure[]; readonly doubts: readonly Doubt[] };

export type HandOvers = Tenures & {
  /** Those who have it now; more than one authority is contested. */
  readonly last: readonly Tenure[];
  readonly offers: readonly Offer[];
};

type Made = {
  readonly node: HandOver;
  readonly to: string;
  readonly under: readonly Tenure[];
  readonly replies: HandOver[];
};

/** Who has the case: docs/spec/case.md, "Who has it". */
export function handOversOf(graph: CaseGraph, root: CaseNode, hasEffect: (node: CaseNode) => boolean): HandOvers {
  const all: Tenure[] = [{ author: root.author, from: root, before: [] }];
  const doubts: Doubt[] = [];
  const made = new Map<CaseNode, Made>();
  // Causes first: whatever an act depends on is judged before it.
  for (const node of graph.of("hand-over").filter(hasEffect)) {
    const { step, to, offer: position } = node.record.body;
    if (step === "offer") {
      const under = heldBy(graph, { all, doubts }, node);
      if (under.length > 0 && to !== undefined) made.set(node, { node, to, under, replies: [] });
      continue;
    }
    const at = graph.at(node, position);
    const offer = at === undefined ? undefined : made.get(at);
    if (offer === undefined || node.author !== (step === "cancel" ? offer.node.author : offer.to)) continue;
    if (offer.replies.some((reply) => graph.follows(node, reply))) continue;
    doubts.push(...doubtsOf(offer, node));
    offer.replies.push(node);
    if (step === "accept") all.push({ author: node.author, from: node, before: offer.under });
  }
  const offers = [...made.values()].map(({ node, to, replies }) => ({ node, to, state: stateOf(replies) }));
  return { all, doubts, offers, last: lastOf(all, doubts) };
}

/** Whether the author of an act had the case, by what it had seen. */
export function isHeldBy(graph: CaseGraph, tenures: Tenures, act: CaseNode): boolean {
  return heldBy(graph, tenures, act).length > 0;
}

/** The tenures of its author under which an act stands: several where an authority got back what others had at once. */
function heldBy(graph: CaseGraph, { all, doubts }: Tenures, act: CaseNode): readonly Tenure[] {
  const seen = all.filter(({ from }) => graph.follows(act, from));
  const seenDoubts = doubts.filter(({ accept, cancel }) => graph.follows(act, accept) && graph.follows(act, cancel));
  return lastOf(seen, seenDoubts).filter(({ author }) => author === act.author);
}

/** Those from which none leads on. */
function lastOf(tenures: readonly Tenure[], doubts: readonly Doubt[]): readonly Tenure[] {
  const doubtful = new Set(doubts.map(({ accept }) => accept));
  const left = new Set(tenures.filter(({ from }) => !doubtful.has(from)).flatMap(({ before }) => before));
  return tenures.filter((tenure) => !left.has(tenure));
}

/** `reply` follows none of those before it, so what says the contrary is concurrent with it. */
function doubtsOf({ replies }: Made, reply: HandOver): readonly Doubt[] {
  const { step } = reply.record.body;
  if (step === "accept") return withStep(replies, "cancel").map((cancel) => ({ accept: reply, cancel }));
  return step === "cancel" ? withStep(replies, "accept").map((accept) => ({ accept, cancel: reply })) : [];
}

function withStep(replies: readonly HandOver[], step: string): readonly HandOver[] {
  return replies.filter(({ record }) => record.body.step === step);
}

function stateOf(replies: readonly HandOver[]): OfferState {
  if (withStep(replies, "accept").length > 0) return "accepted";
  if (withStep(replies, "refuse").length > 0) return "refused";
  return withStep(replies, "cancel").length > 0 ? "cancelled" : "open";
}

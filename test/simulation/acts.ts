import type { CaseDetail } from "../../node/case-types.ts";
import type { Prng } from "./prng.ts";

/** An act in a case: type and body of the record. */
export type PlannedAct = { readonly type: string; readonly body: Record<string, unknown> };

const TEXT = { en: "text" };

/** Most look and find nothing; who finds takes a measure (DOMAIN, "Follow-up"). */
const OUTCOMES = [
  "not-found",
  "not-found",
  "not-found",
  "measure-taken",
  "measure-taken",
  "no-measure",
  "other",
] as const;

/**
 * One act of `me` in a case as it sees it: whatever the case asks for, and sometimes what it does not. `position` of an
 * entry among the references of the record; `ids` of authorities by name.
 */
export function planAct(
  found: CaseDetail,
  me: string,
  prng: Prng,
  position: (entry: string) => number,
  ids: ReadonlyMap<string, string>,
): PlannedAct | undefined {
  const about = prng.pick(found.acts).entry;
  const mine = found.acts.filter(({ author }) => author === me);
  const own = mine.length === 0 ? undefined : prng.pick(mine).entry;
  const other = prng.pick([...ids.keys()].filter((name) => name !== me));
  const inCase = { case: 0 };
  const kinds: readonly (() => PlannedAct | undefined)[] = [
    () => act("acknowledgement", { ...inCase }),
    () => followUp(prng, position(found.alert)),
    () => followUp(prng, position(found.alert)),
    () => act("request", { ...inCase, kind: "traceability", to: [ids.get(other) ?? ""], question: TEXT }),
    () => {
      const request = found.requests.find(({ to, state }) => to === me && state === "open");
      return request === undefined
        ? undefined
        : act("answer", { ...inCase, request: position(request.request), outcome: prng.pick(["complete", "partial"]) });
    },
    () => {
      const { measures } = found;
      if (measures.length === 0) return undefined;
      const { entry, index } = prng.pick(measures);
      const result = prng.chance(0.7) ? "worked" : "failed";
      return act("verification", {
        ...inCase,
        measure: { entry: position(entry), index },
        result,
        method: "factory-check",
      });
    },
    () => act("hand-over", { ...inCase, step: "offer", to: ids.get(other) ?? "" }),
    () => {
      const offer = found.offers.find(({ to, state }) => to === me && state === "open");
      const step = prng.chance(0.7) ? "accept" : "refuse";
      return offer === undefined ? undefined : act("hand-over", { ...inCase, step, offer: position(offer.offer) });
    },
    () => act("closing", { ...inCase, outcome: "measures-verified", reason: TEXT }),
    () => act("objection", { ...inCase, to: position(about), ground: "other", reason: TEXT }),
    () =>
      found.status === "closed" ? act("reopening", { ...inCase, reason: "new-finding", finding: TEXT }) : undefined,
    () => (own === undefined ? undefined : act("withdrawal", { ...inCase, of: position(own), reason: "error" })),
    () =>
      own === undefined ? undefined : act("update", { ...inCase, of: position(own), text: TEXT, foundIn: ["NL"] }),
    () => (own === undefined ? undefined : act("correction", { ...inCase, of: position(own), text: TEXT })),
  ];
  return prng.pick(kinds)();
}

function followUp(prng: Prng, answers: number): PlannedAct {
  const outcome = prng.pick(OUTCOMES);
  return act("follow-up", {
    answers,
    outcome,
    ...(outcome === "measure-taken" ? { measures: [{ category: "withdrawal", obligation: "compulsory" }] } : {}),
    ...(outcome === "no-measure" ? { reason: TEXT } : {}),
  });
}

function act(type: string, body: Record<string, unknown>): PlannedAct {
  return { type, body };
}

import fc from "fast-check";
import { expect, it } from "vitest";
import type { CborMap } from "../../protocol/cbor.ts";
import { toHex } from "../../protocol/bytes.ts";
import { type CaseEntry, entryKey } from "../../protocol/case/entry.ts";
import type { CaseNode } from "../../protocol/case/graph.ts";
import { CaseBuilder, caseText, idOf } from "../support/case-builder.ts";

const AUTHORS = ["A", "B", "C", "D"];
const TEXT = { en: "text" };

/** One step of a random history: who, what, and how much of it the author had seen (a share of what the others did). */
type Step = { readonly author: number; readonly kind: number; readonly pick: number; readonly lag: number };

const steps = fc.array(fc.record({ author: fc.nat(3), kind: fc.nat(15), pick: fc.nat(50), lag: fc.nat(4) }), {
  minLength: 1,
  maxLength: 25,
});

/** `seen[0]` is the root, `seen[1]` what the act is about. */
function bodyOf(
  kind: number,
  about: CaseEntry,
  pick: number,
  names: readonly string[],
): readonly [string, CborMap] | undefined {
  const { type } = about.record;
  const to = idOf(names[pick % names.length] ?? "A");
  switch (kind) {
    case 0:
      return ["acknowledgement", { case: 0 }];
    case 1:
      return ["request", { case: 0, kind: "information", to: [to], question: TEXT }];
    case 2:
      return type === "request"
        ? [
            "answer",
            { case: 0, request: 1, outcome: pick % 2 === 0 ? "complete" : "more-information-needed", question: TEXT },
          ]
        : undefined;
    case 3:
      return ["hand-over", { case: 0, step: "offer", to }];
    case 4:
    case 5:
      return type === "hand-over"
        ? ["hand-over", { case: 0, step: kind === 4 ? "accept" : "cancel", offer: 1 }]
        : undefined;
    case 6:
      return ["closing", { case: 0, outcome: "other", reason: TEXT }];
    case 7:
      return ["reopening", { case: 0, reason: "new-finding", finding: TEXT }];
    case 8:
      return ["objection", { case: 0, to: 1, ground: "other", reason: TEXT }];
    case 9:
      return ["withdrawal", { case: 0, of: 1, reason: "error" }];
    case 10:
      return [
        "follow-up",
        { answers: 0, outcome: "measure-taken", measures: [{ category: "recall", obligation: "voluntary" }] },
      ];
    case 11:
      return [
        "verification",
        { case: 0, method: "test", result: pick % 3 === 0 ? "failed" : "worked", measure: { entry: 1, index: 0 } },
      ];
    case 12:
      return ["alert", { updates: 1, notification: "non-serious-risk", product: {}, risk: {} }];
    case 13:
      return type === "hand-over" ? ["hand-over", { case: 0, step: "refuse", offer: 1 }] : undefined;
    default:
      return ["update", { case: 0, of: 1, text: TEXT, measures: [{ category: "seizure", obligation: "compulsory" }] }];
  }
}

function historyOf(plan: readonly Step[], names: readonly string[] = AUTHORS): CaseBuilder {
  const made = new CaseBuilder();
  made.alert(names[0] ?? "A");
  for (const step of plan) act(made, names[step.author] ?? "A", step, names);
  return made;
}

function act(made: CaseBuilder, name: string, { kind, pick, lag }: Step, names: readonly string[]): void {
  const [root] = made.entries;
  const known = made.entries.slice(0, Math.max(1, made.entries.length - lag));
  const about = known[pick % known.length];
  if (root === undefined || about === undefined) return;
  const done = bodyOf(kind, about, pick, names);
  if (done === undefined) return;
  const [type, body] = done;
  // An alert continues only one of the same author, else it is a case of its own.
  if (type === "alert" && toHex(about.ref.id) !== idOf(name)) return;
  if (about === root) made.add(name, type, [root], toRoot(body));
  else made.add(name, type, [root, about], body);
}

/** Where the act is about the root itself, position 1 is position 0. */
function toRoot(body: CborMap): CborMap {
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => {
      if (["of", "to", "offer", "request", "updates"].includes(key) && value === 1) return [key, 0];
      return key === "measure" ? [key, { entry: 0, index: 0 }] : [key, value];
    }),
  );
}

it("the order in which entries came makes no difference", () => {
  fc.assert(
    fc.property(steps, fc.integer(), (plan, seed) => {
      const made = historyOf(plan);
      const shuffled = [...made.entries]
        .map((entry, at) => ({ entry, at: (Math.imul(at + 1, seed | 1) >>> 3) % 997 }))
        .sort((a, b) => a.at - b.at)
        .map(({ entry }) => entry);
      expect(caseText(made.fold(AUTHORS, shuffled))).toBe(caseText(made.fold(AUTHORS)));
    }),
  );
});

it("who holds the same part of a case sees the same, whatever else there is", () => {
  fc.assert(
    fc.property(steps, fc.array(fc.boolean(), { maxLength: 25 }), (plan, holds) => {
      const made = historyOf(plan);
      const held = made.entries.filter((_, at) => at === 0 || holds[at] !== false);
      expect(caseText(made.fold(AUTHORS, held))).toBe(caseText(made.fold(AUTHORS, held.toReversed())));
    }),
  );
});

it("which ids authorities have decides nothing", () => {
  fc.assert(
    fc.property(steps, fc.shuffledSubarray(AUTHORS, { minLength: AUTHORS.length }), (plan, names) => {
      expect(meaning(historyOf(plan, names), names)).toEqual(meaning(historyOf(plan), AUTHORS));
    }),
  );
});

/** What a case says, without the order in which it is shown: entries by when they were made, authorities by their part. */
function meaning(made: CaseBuilder, names: readonly string[]): unknown {
  const folded = made.fold(names);
  const places = new Map(made.entries.map((entry, at) => [entryKey(entry.ref), at]));
  const parts = new Map(names.map((name, at) => [idOf(name), `authority ${at}`]));
  const entry = (node: CaseNode): number => places.get(node.key) ?? -1;
  const who = (id: string): string => parts.get(id) ?? id;
  const set = (values: readonly unknown[]): readonly string[] => values.map((one) => JSON.stringify(one)).sort();
  return {
    alert: entry(folded.alert),
    heads: set(folded.graph.heads().map(entry)),
    status: folded.status,
    owners: set(folded.owners.map(who)),
    offers: set(folded.offers.map(({ node, to, state }) => [entry(node), who(to), state])),
    requests: set(folded.requests.map(({ request, to, state }) => [entry(request), who(to), state])),
    objections: set(folded.objections.map(({ objection, isOpen }) => [entry(objection), isOpen])),
    measures: set(folded.measures.map(({ entry: by, index, state }) => [entry(by), index, state])),
    closings: set(folded.closings.map(entry)),
    contests: set(folded.contests.map(({ kind, acts }) => [kind, set(acts.map(entry))])),
    duties: set(folded.duties.map(({ kind, who: owing, about }) => [kind, who(owing), entry(about)])),
    parties: set(folded.parties.map(({ id, state, followUp }) => [who(id), state, followUp && entry(followUp)])),
  };
}

it("who never had the case gives it to nobody, says no other alert, and neither closes nor withdraws it", () => {
  const insiders = AUTHORS.slice(0, 3);
  fc.assert(
    fc.property(steps, steps, (plan, strange) => {
      const made = historyOf(
        plan.map((step) => ({ ...step, author: step.author % insiders.length })),
        insiders,
      );
      const before = made.fold(AUTHORS);
      for (const step of strange) act(made, "D", step, insiders);
      const after = made.fold(AUTHORS);
      expect(after.owners).toEqual(before.owners);
      expect(after.alert.key).toBe(before.alert.key);
      // Anybody may reopen what is closed, in full sight of the closing.
      expect(before.status === "closed" ? ["closed", "open"] : [before.status]).toContain(after.status);
    }),
  );
});

it("a closing is undone only by a reopening whose author had seen it", () => {
  fc.assert(
    fc.property(steps, (plan) => {
      const made = historyOf(plan);
      const { graph, closings, owners } = made.fold(AUTHORS);
      expect(owners.length).toBeGreaterThan(0);
      for (const closing of graph.of("closing")) {
        if (closings.includes(closing)) continue;
        const earlier = made.entries.filter((entry) => {
          const node = graph.nodes.find(({ key }) => key === entryKey(entry.ref));
          return node !== undefined && !graph.follows(node, closing);
        });
        const before = made.fold(AUTHORS, earlier);
        const after = before.graph.nodes.find(({ key }) => key === closing.key);
        const stood = before.closings.some(({ key }) => key === after?.key);
        const undone =
          graph.of("reopening").some((one) => graph.follows(one, closing)) ||
          graph.of("withdrawal").some((one) => graph.follows(one, closing));
        expect(!stood || undone).toBe(true);
      }
    }),
  );
});

it("causes stand before what follows them", () => {
  fc.assert(
    fc.property(steps, (plan) => {
      const { graph } = historyOf(plan).fold();
      for (const [at, node] of graph.nodes.entries())
        for (const later of graph.nodes.slice(at)) expect(graph.follows(node, later)).toBe(false);
    }),
  );
});

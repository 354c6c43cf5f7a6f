import { createHash } from "node:crypto";
import type { CborMap } from "../../protocol/cbor.ts";
import { type CaseEntry, type EntryKey, entryKey } from "../../protocol/case/entry.ts";
import { type Case, foldCase } from "../../protocol/case/fold.ts";
import type { CaseNode } from "../../protocol/case/graph.ts";
import type { Reference } from "../../protocol/name.ts";
import { formatRecord, readRecord } from "../../protocol/record/index.ts";
import { toHex } from "../../protocol/bytes.ts";

/** Ids of authorities in a test: `A` is 64 times the digit of its letter. */
export function idOf(author: string): string {
  return toHex(new Uint8Array(32).fill(author.charCodeAt(0)));
}

/** What authorities did in one case, each act with what its author had seen. */
export class CaseBuilder {
  readonly entries: CaseEntry[] = [];
  readonly #sizes = new Map<string, number>();

  /** The alert with which it begins. */
  alert(author: string, more: CborMap = {}): CaseEntry {
    return this.add(author, "alert", [], { notification: "serious-risk", product: {}, risk: {}, ...more });
  }

  /** `seen`: the references; the body's positions count in it. */
  add(author: string, type: string, seen: readonly CaseEntry[], body: CborMap): CaseEntry {
    const refs = seen.map(({ ref }) => ref);
    const content = formatRecord({ type, refs, partKinds: [], body });
    const record = readRecord(content, 1);
    if (record.status !== "known") throw new Error(`${type} is not known`);
    const index = this.#sizes.get(author) ?? 0;
    this.#sizes.set(author, index + 1);
    const leafHash = createHash("sha256").update(`${author} ${index}`).update(content).digest();
    const ref: Reference = { id: new Uint8Array(32).fill(author.charCodeAt(0)), epoch: 0, index, leafHash };
    const entry = { ref, record };
    this.entries.push(entry);
    return entry;
  }

  fold(addressees: readonly string[] = [], entries: readonly CaseEntry[] = this.entries): Case {
    const [root] = this.entries;
    const folded = root === undefined ? undefined : foldCase(entryKey(root.ref), entries, addressees.map(idOf));
    if (folded === undefined) throw new Error("no case");
    return folded;
  }
}

/** Everything that a case says, as text that can be compared. */
export function caseText(folded: Case): string {
  const key = (node: CaseNode | undefined): EntryKey | null => node?.key ?? null;
  return JSON.stringify({
    alert: key(folded.alert),
    nodes: folded.graph.nodes.map(key),
    heads: folded.graph.heads().map(key),
    status: folded.status,
    owners: folded.owners,
    offers: folded.offers.map(({ node, to, state }) => [key(node), to, state]),
    requests: folded.requests.map(({ request, to, state, answers }) => [key(request), to, state, answers.map(key)]),
    objections: folded.objections.map(({ objection, isOpen }) => [key(objection), isOpen]),
    measures: folded.measures.map(({ entry, index, state }) => [key(entry), index, state]),
    closings: folded.closings.map(key),
    contests: folded.contests.map(({ kind, acts }) => [kind, acts.map(key)]),
    duties: folded.duties.map(({ kind, who, about }) => [kind, who, key(about)]),
    parties: folded.parties.map(({ id, state, followUp, acts }) => [id, state, key(followUp), acts.map(key)]),
  });
}

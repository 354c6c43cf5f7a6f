import { toHex } from "../bytes.ts";
import type { Reference } from "../name.ts";
import type { SafetyRecord } from "../record/index.ts";
import { type CaseEntry, type EntryKey, entryKey } from "./entry.ts";
import { count, has, join, type Past, pastsOf } from "./past.ts";

/** An entry of a case with its place in the order of showing. */
export type CaseNode<R extends SafetyRecord = SafetyRecord> = {
  readonly key: EntryKey;
  /** Id of the authority, in hex. */
  readonly author: string;
  readonly ref: Reference;
  readonly record: R;
  readonly position: number;
};

/** A record of one type. */
export type RecordOf<T extends SafetyRecord["type"]> = Extract<SafetyRecord, { readonly type: T }>;

type Vertex = {
  readonly key: EntryKey;
  readonly author: string;
  readonly entry: CaseEntry;
  /** Columns of the entries that its record names, by position; `undefined` of those that are not here. */
  readonly named: readonly (number | undefined)[];
};

/**
 * The entries of one case and who had seen what: docs/spec/case.md, "What an author had seen". The order in which the
 * entries are handed in makes no difference.
 */
export class CaseGraph {
  /** By the size of their past, then by id, epoch and index: causes stand before what follows them. */
  readonly nodes: readonly CaseNode[];
  readonly #pasts: readonly Past[];
  readonly #columns: readonly number[];
  /** By position of the node, then of the reference. */
  readonly #named: readonly (readonly (CaseNode | undefined)[])[];
  readonly #lastOf: ReadonlyMap<string, CaseNode>;

  constructor(entries: readonly CaseEntry[]) {
    const vertices = verticesOf(entries);
    const pasts = pastsOf(directOf(vertices));
    // An entry in its own past, which only colluding logs can make, says nothing.
    const sound = vertices
      .map((vertex, column) => ({ vertex, column, past: pasts[column] ?? new Uint32Array(0) }))
      .filter(({ past, column }) => !has(past, column))
      .map((one) => ({ ...one, seen: count(one.past) }));
    sound.sort((a, b) => a.seen - b.seen || compareRefs(a.vertex.entry.ref, b.vertex.entry.ref));
    this.nodes = sound.map(({ vertex: { key, author, entry } }, position) => ({ key, author, ...entry, position }));
    this.#pasts = sound.map(({ past }) => past);
    this.#columns = sound.map(({ column }) => column);
    const byColumn = new Map(this.nodes.map((node, at) => [this.#columns[at], node]));
    this.#named = sound.map(({ vertex }) => vertex.named.map((column) => byColumn.get(column)));
    this.#lastOf = new Map(this.nodes.map((node) => [node.author, node]));
  }

  /** Whether the author of `later` had seen `earlier`. */
  follows(later: CaseNode, earlier: CaseNode): boolean {
    const past = this.#pasts[later.position];
    const column = this.#columns[earlier.position];
    return past !== undefined && column !== undefined && has(past, column);
  }

  areConcurrent(a: CaseNode, b: CaseNode): boolean {
    return a !== b && !this.follows(a, b) && !this.follows(b, a);
  }

  /** Tells whether the author of any of these had seen an entry. */
  seenByAny(later: readonly CaseNode[]): (earlier: CaseNode) => boolean {
    const all = new Uint32Array(this.#pasts[0]?.length ?? 0);
    for (const { position } of later) join(all, this.#pasts[position] ?? all);
    return ({ position }) => has(all, this.#columns[position] ?? 0);
  }

  /** Whether an authority has done anything since it saw `node`. */
  isTakenUp(author: string, node: CaseNode): boolean {
    // Each act of an authority follows those before it.
    const last = this.#lastOf.get(author);
    return last !== undefined && this.follows(last, node);
  }

  /** The entry of the case that stands at a position of a record's `refs`, if it is here. */
  at(node: CaseNode, position: number | undefined): CaseNode | undefined {
    return position === undefined ? undefined : this.#named[node.position]?.[position];
  }

  of<T extends SafetyRecord["type"]>(type: T): readonly CaseNode<RecordOf<T>>[] {
    return this.nodes.filter((node): node is CaseNode<RecordOf<T>> => node.record.type === type);
  }

  /** What no other entry follows: what a new act refers to, the newest last. */
  heads(): readonly CaseNode[] {
    const isSeen = this.seenByAny(this.nodes);
    return this.nodes.filter((node) => !isSeen(node));
  }
}

export function compareRefs(a: Reference, b: Reference): number {
  return (
    compareText(toHex(a.id), toHex(b.id)) ||
    a.epoch - b.epoch ||
    a.index - b.index ||
    compareText(toHex(a.leafHash), toHex(b.leafHash))
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Each entry once. */
function verticesOf(entries: readonly CaseEntry[]): readonly Vertex[] {
  const unique = new Map(entries.map((entry) => [entryKey(entry.ref), entry]));
  const columns = new Map([...unique.keys()].map((key, column) => [key, column]));
  return [...unique].map(([key, entry]) => ({
    key,
    author: toHex(entry.ref.id),
    entry,
    named: entry.record.refs.map((ref) => columns.get(entryKey(ref))),
  }));
}

/** What each names, and the entry of the same authority before it. */
function directOf(vertices: readonly Vertex[]): readonly (readonly number[])[] {
  const before = previousOwn(vertices);
  return vertices.map(({ named }, column) =>
    [...named, before.get(column)].filter((one): one is number => one !== undefined),
  );
}

/** By column: that of the entry of the same authority before it in the case. */
function previousOwn(vertices: readonly Vertex[]): ReadonlyMap<number, number> {
  const sorted = vertices.map((vertex, column) => ({ vertex, column }));
  sorted.sort((a, b) => compareRefs(a.vertex.entry.ref, b.vertex.entry.ref));
  const previous = new Map<number, number>();
  for (const [place, { vertex, column }] of sorted.entries()) {
    const before = sorted[place - 1];
    if (before?.vertex.author === vertex.author) previous.set(column, before.column);
  }
  return previous;
}

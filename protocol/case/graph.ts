import { toHex } from "../bytes.ts";
import type { Reference } from "../name.ts";
import type { SafetyRecord } from "../record/index.ts";
import { type CaseEntry, type EntryKey, entryKey } from "./entry.ts";

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
  readonly past: Uint32Array;
};

/**
 * The entries of one case and who had seen what: docs/spec/case.md, "What an author had seen". The order in which the
 * entries are handed in makes no difference.
 */
export class CaseGraph {
  /** By the size of their past, then by id, epoch and index: causes stand before what follows them. */
  readonly nodes: readonly CaseNode[];
  readonly #byKey: ReadonlyMap<EntryKey, CaseNode>;
  readonly #pasts: readonly Uint32Array[];
  readonly #columns: readonly number[];

  constructor(entries: readonly CaseEntry[]) {
    const vertices = close(entries);
    // An entry in its own past, which only colluding logs can make, says nothing.
    const sound = vertices
      .map((vertex, column) => ({ vertex, column, seen: count(vertex.past) }))
      .filter(({ vertex, column }) => !has(vertex.past, column));
    sound.sort((a, b) => a.seen - b.seen || compareRefs(a.vertex.entry.ref, b.vertex.entry.ref));
    this.nodes = sound.map(({ vertex: { key, author, entry } }, position) => ({ key, author, ...entry, position }));
    this.#byKey = new Map(this.nodes.map((node) => [node.key, node]));
    this.#pasts = sound.map(({ vertex }) => vertex.past);
    this.#columns = sound.map(({ column }) => column);
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

  /** The entry of the case that stands at a position of a record's `refs`, if it is here. */
  at(node: CaseNode, position: number | undefined): CaseNode | undefined {
    const ref = position === undefined ? undefined : node.record.refs[position];
    return ref === undefined ? undefined : this.#byKey.get(entryKey(ref));
  }

  of<T extends SafetyRecord["type"]>(type: T): readonly CaseNode<RecordOf<T>>[] {
    return this.nodes.filter((node): node is CaseNode<RecordOf<T>> => node.record.type === type);
  }

  /** What no other entry follows: what a new act refers to, the newest last. */
  heads(): readonly CaseNode[] {
    return this.nodes.filter((node) => !this.nodes.some((other) => this.follows(other, node)));
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

/** Each entry once, with everything that its author had seen: the transitive closure, as one bit for each entry. */
function close(entries: readonly CaseEntry[]): readonly Vertex[] {
  const unique = new Map(entries.map((entry) => [entryKey(entry.ref), entry]));
  const keys = [...unique.keys()];
  const columns = new Map(keys.map((key, column) => [key, column]));
  const vertices = [...unique].map(([key, entry]) => ({
    key,
    author: toHex(entry.ref.id),
    entry,
    past: new Uint32Array(Math.ceil(unique.size / 32)),
  }));
  const before = previousOwn(vertices, columns);
  const direct = vertices.map(({ entry }, column) => {
    const seen = entry.record.refs.map((ref) => columns.get(entryKey(ref)));
    return [...seen, before.get(column)].filter((one) => one !== undefined);
  });
  for (let changed = true; changed;) {
    changed = false;
    for (const [column, vertex] of vertices.entries())
      for (const next of direct[column] ?? []) changed = take(vertex.past, next, vertices[next]?.past) || changed;
  }
  return vertices;
}

/** By entry: the one of the same authority before it in the case. */
function previousOwn(vertices: readonly Vertex[], columns: ReadonlyMap<EntryKey, number>): ReadonlyMap<number, number> {
  const previous = new Map<number, number>();
  const sorted = [...vertices].sort((a, b) => compareRefs(a.entry.ref, b.entry.ref));
  for (const [place, vertex] of sorted.entries()) {
    const before = sorted[place - 1];
    const column = columns.get(vertex.key);
    const other = before?.author === vertex.author ? columns.get(before.key) : undefined;
    if (column !== undefined && other !== undefined) previous.set(column, other);
  }
  return previous;
}

/** Adds an entry and its past. Whether anything was new. */
function take(past: Uint32Array, column: number, more: Uint32Array | undefined): boolean {
  let isNew = !has(past, column);
  set(past, column);
  for (const [word, bits] of (more ?? []).entries()) {
    const mine = past[word] ?? 0;
    const both = (mine | bits) >>> 0;
    if (both !== mine) {
      past[word] = both;
      isNew = true;
    }
  }
  return isNew;
}

function has(bits: Uint32Array, at: number): boolean {
  return (((bits[at >>> 5] ?? 0) >>> (at & 31)) & 1) === 1;
}

function set(bits: Uint32Array, at: number): void {
  bits[at >>> 5] = ((bits[at >>> 5] ?? 0) | (1 << (at & 31))) >>> 0;
}

function count(bits: Uint32Array): number {
  let ones = 0;
  for (let word of bits) for (; word !== 0; word &= word - 1) ones++;
  return ones;
}

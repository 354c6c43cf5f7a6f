/** Everything that each of some acts had seen: one bit for each of them. */
export type Past = Uint32Array;

/**
 * The transitive closure of who had seen whom directly, both by their number. Acts that had all seen each other, which
 * only colluding logs can make, share one past in which each of them stands; that is why they are looked for (Tarjan's
 * strongly connected components): each act is looked at once, in whatever order a peer made them come.
 */
export function pastsOf(direct: readonly (readonly number[])[]): readonly Past[] {
  const walk = new Walk(direct);
  for (const start of direct.keys()) walk.from(start);
  return direct.map((_, at) => walk.pasts.get(at) ?? new Uint32Array(0));
}

class Walk {
  readonly pasts = new Map<number, Past>();
  readonly #direct: readonly (readonly number[])[];
  /** In which place each was found. */
  readonly #found = new Map<number, number>();
  /** The earliest found of those that each is known to have seen and whose past is open still. */
  readonly #earliest = new Map<number, number>();
  /** Found, and their past is open still. */
  readonly #open: number[] = [];

  constructor(direct: readonly (readonly number[])[]) {
    this.#direct = direct;
  }

  from(start: number): void {
    if (this.#found.has(start)) return;
    const path = [this.#enter(start)];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = this.#direct[top.at]?.[top.next++];
      if (next === undefined) {
        path.pop();
        this.#leave(top.at, path.at(-1)?.at);
      } else if (!this.#found.has(next)) path.push(this.#enter(next));
      else if (!this.pasts.has(next)) this.#lower(top.at, this.#found.get(next));
    }
  }

  #enter(at: number): { readonly at: number; next: number } {
    this.#earliest.set(at, this.#found.size);
    this.#found.set(at, this.#found.size);
    this.#open.push(at);
    return { at, next: 0 };
  }

  #leave(at: number, by: number | undefined): void {
    const earliest = this.#earliest.get(at);
    if (earliest === this.#found.get(at)) this.#closeWith(at);
    else if (by !== undefined) this.#lower(by, earliest);
  }

  #lower(at: number, to = Number.POSITIVE_INFINITY): void {
    this.#earliest.set(at, Math.min(this.#earliest.get(at) ?? to, to));
  }

  /** All that were found since this one have seen each other. */
  #closeWith(first: number): void {
    const ring = this.#open.splice(this.#open.lastIndexOf(first));
    const past = new Uint32Array(Math.ceil(this.#direct.length / 32));
    for (const one of ring) for (const seen of this.#direct[one] ?? []) take(past, seen, this.pasts.get(seen));
    for (const one of ring) this.pasts.set(one, past);
  }
}

/** Adds an act and its past. What is there already came with its past. */
function take(past: Past, at: number, more: Past | undefined): void {
  if (has(past, at)) return;
  past[at >>> 5] = ((past[at >>> 5] ?? 0) | (1 << (at & 31))) >>> 0;
  if (more !== undefined) join(past, more);
}

/** Adds what stands in another past. */
export function join(past: Past, more: Past): void {
  for (let word = 0; word < more.length; word++) past[word] = ((past[word] ?? 0) | (more[word] ?? 0)) >>> 0;
}

export function has(past: Past, at: number): boolean {
  return (((past[at >>> 5] ?? 0) >>> (at & 31)) & 1) === 1;
}

export function count(past: Past): number {
  let ones = 0;
  for (let word of past) for (; word !== 0; word &= word - 1) ones++;
  return ones;
}

import { fromHex, toBase64 } from "../../protocol/bytes.ts";
import { emptyRange, extendRange, rangeRoot } from "../../protocol/merkle/compact-range.ts";
import type { DiskWrite } from "../../node/disk.ts";
import { sha256 } from "../../keys/sha256.ts";
import { latin1, type PartBook } from "./part-book.ts";
import type { SimNode } from "./sim-node.ts";
import type { TrustGraph } from "./trust-graph.ts";
import { missingMarks, openStored, storedHashes } from "./stored-logs.ts";

/** The dash that begins a signature line, as Latin-1. */
const DASH = "\u00e2\u0080\u0094";

const HARMLESS_ENDS =
  /^(the connection (ended|was closed|was reset)|the far end (closed the connection|dropped the stream)|the stream was dropped at this end|opening was given up|the connection is closed|nothing was heard for too long|no hello came|this node stops|another connection to this peer is kept|the store is whole again; greeting anew|trust was withdrawn)$/;

/** An entry that a node said it has durably. */
export type Acknowledged = { readonly owner: string; readonly index: number; readonly leafHash: string };

export type SafetyInit = {
  readonly book: PartBook;
  readonly names: readonly string[];
  /** By name; may be filled later. */
  readonly nodes: ReadonlyMap<string, SimNode>;
  readonly trust: TrustGraph;
};

/**
 * What must hold at every moment, whatever the network, the disks and the clocks do: nobody has what is not for him, no
 * log has two histories, no witness cosigns what it could lose, and nothing acknowledged is lost.
 */
export class Safety {
  readonly violations: string[] = [];
  readonly #book: PartBook;
  readonly #nodes: ReadonlyMap<string, SimNode>;
  readonly #trust: TrustGraph;
  readonly #checkpoints: RegExp;
  /** Roots that left a node, by origin and size. */
  readonly #roots = new Map<string, Map<number, string>>();
  /** Largest sizes that left a node under its cosignature, by witness and origin. */
  readonly #cosigned = new Map<string, Map<string, number>>();
  #acknowledged: Acknowledged[] = [];

  constructor({ book, names, nodes, trust }: SafetyInit) {
    this.#book = book;
    this.#nodes = nodes;
    this.#trust = trust;
    const origins = names.map((name) => name.replace(".", "\\.")).join("|");
    this.#checkpoints = new RegExp(
      `(${origins})\\n([0-9]+)\\n([A-Za-z0-9+/=]{44})\\n\\n((?:${DASH} [^\\n]+\\n)+)`,
      "g",
    );
  }

  onFrame(from: string, to: string, frame: Uint8Array): void {
    const text = latin1(frame);
    const trespass = this.#book.trespass(text, to);
    if (trespass !== undefined) this.violate(`${from} sends ${trespass} to ${to}`);
    if (!this.#trust.trusts(from, to) && this.#book.hasPart(text))
      this.violate(`${from} sends parts to ${to}, whom it does not trust`);
    for (const [, origin = "", size = "", root = "", lines = ""] of text.matchAll(this.#checkpoints)) {
      if (!this.#trust.trusts(from, to))
        this.violate(`${from} shows ${to}, whom it does not trust, a checkpoint of ${origin}`);
      this.#seeRoot(from, origin, Number(size), root);
      if (lines.includes(`${DASH} ${from}/witness `)) this.#seeCosignature(from, origin, Number(size), root);
    }
  }

  onWrite(node: SimNode, writes: readonly DiskWrite[]): void {
    for (const { value } of writes) if (value !== undefined) this.#checkHolding(node, value);
  }

  /** A node logged an error. One that was put back from a backup may ask a person, and does so with an error. */
  onFault(node: SimNode, what: string): void {
    if (!(node.wasRestored && what.startsWith("nothing is signed"))) this.violate(`${node.name}: ${what}`);
  }

  /** On a line that was never hostile a session ends for what lines and people do, not because a node accuses another. */
  onSessionEnd(node: SimNode, peer: string, reason: string): void {
    if (!HARMLESS_ENDS.test(reason) && !(node.mayFail && reason === "the disk is full"))
      this.violate(`${node.name} ends a session with ${peer}: ${reason}`);
  }

  acknowledge(entry: Acknowledged): void {
    this.#acknowledged.push(entry);
  }

  /** What a node had only in the store that is about to be put back from a backup is lost, and nobody can know of it. */
  forgive(node: SimNode): void {
    this.#acknowledged = this.#acknowledged.filter(
      ({ owner, index }) => owner !== node.name || index < node.announcedSize,
    );
  }

  /** Looks through a node's disk once more, at the end. */
  async checkAll(node: SimNode): Promise<void> {
    for (const value of node.drive.values()) this.#checkHolding(node, value);
    await this.checkLogs(node);
  }

  /** All logs of a node, after a crash. */
  async checkLogs(node: SimNode): Promise<void> {
    for (const owner of this.#nodes.values()) await this.#checkLog(node, owner);
  }

  violate(what: string): void {
    if (!this.violations.includes(what)) this.violations.push(what);
  }

  #checkHolding(node: SimNode, value: Uint8Array): void {
    const trespass = this.#book.trespass(latin1(value), node.name);
    if (trespass !== undefined) this.violate(`${node.name} has ${trespass} on its disk`);
  }

  #seeRoot(from: string, origin: string, size: number, root: string): void {
    const roots = this.#roots.get(origin) ?? new Map<number, string>();
    this.#roots.set(origin, roots);
    const known = roots.get(size);
    if (known !== undefined && known !== root) this.violate(`${from} shows a second root of ${origin} at size ${size}`);
    roots.set(size, known ?? root);
  }

  #seeCosignature(witness: string, origin: string, size: number, root: string): void {
    const sizes = this.#cosigned.get(witness) ?? new Map<string, number>();
    this.#cosigned.set(witness, sizes);
    if ((sizes.get(origin) ?? 0) < size) sizes.set(origin, size);
    const [node, owner] = [this.#nodes.get(witness), this.#nodes.get(origin)];
    if (node === undefined || owner === undefined) return;
    const disk = node.drive.durable();
    const check = async (): Promise<void> => {
      const store = await openStored(disk, owner.authority);
      const holds = store.head.size >= size && toBase64(await store.rootAt(size)) === root;
      if (!holds) this.violate(`${witness} cosigns ${origin} at size ${size}, of which it could lose entries`);
    };
    check().catch((error: unknown) => this.violate(`${witness} cosigns ${origin} at size ${size}: ${String(error)}`));
  }

  async #checkLog(node: SimNode, owner: SimNode): Promise<void> {
    const store = await openStored(node.drive.instant(), owner.authority);
    const hashes = await storedHashes(store);
    const what = `${node.name}'s copy of ${owner.name}, ${hashes.length} entries,`;
    this.#checkRoots(what, owner.name, hashes);
    for (const { owner: name, index, leafHash } of this.#acknowledged) {
      if (name !== owner.name) continue;
      const held = hashes[index];
      if (held !== undefined && held !== leafHash)
        this.violate(`${what} has another entry than the one acknowledged at ${index}`);
      if (held === undefined && node === owner && !owner.wasRestored)
        this.violate(`${what} lost the entry acknowledged at ${index}`);
    }
    const marks = await missingMarks(node.drive.instant(), store);
    if (marks !== store.head.missing)
      this.violate(`${what} counts ${store.head.missing} missing parts and has marked ${marks}`);
    const cosigned = this.#cosigned.get(node.name)?.get(owner.name) ?? 0;
    if (!node.wasRestored && hashes.length < cosigned) this.violate(`${what} was cosigned at size ${cosigned}`);
  }

  /** Every root that anybody was ever shown must be that of this tree, as far as it goes. */
  #checkRoots(what: string, origin: string, hashes: readonly string[]): void {
    const roots = [...(this.#roots.get(origin) ?? [])].sort(([a], [b]) => a - b);
    let range = emptyRange(0);
    for (const [size, root] of roots) {
      if (size > hashes.length) break;
      range = extendRange(
        sha256,
        range,
        hashes.slice(range.end, size).map((hash) => fromHex(hash)),
      );
      if (toBase64(rangeRoot(sha256, range)) !== root)
        return this.violate(`${what} has not the root that was shown at size ${size}`);
    }
  }
}

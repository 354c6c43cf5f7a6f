import { equalBytes } from "../protocol/bytes.ts";
import type { LeafReading } from "../protocol/leaf/leaf.ts";
import { leafHash } from "../protocol/merkle/hash.ts";
import { chunkCount } from "../protocol/part.ts";
import { type CheckedDisk, describeKey } from "./checked-disk.ts";
import type { Core } from "./core.ts";
import { damagedBlocks } from "./damaged-leaves.ts";
import { damagedParts } from "./damaged-parts.ts";
import { DiskError } from "./disk.ts";
import type { Entries, NamedLog } from "./entries.ts";
import { bytesKey, logKey, numberKey, numberOfKey, prefixRange } from "./keyspace.ts";
import { SCRUB_WAIT_MS } from "./limits.ts";
import type { Progress, ScrubFinding, ScrubReport } from "./service.ts";
import { searchAnew } from "./search/anew.ts";
import { StoredLogVerifier } from "./stored-log.ts";

export type ScrubberInit = {
  readonly core: Core;
  readonly entries: Entries;
  readonly disk: CheckedDisk;
};

/** Damaged, and wanted from peers. */
type Wanted = { readonly what: string; readonly isHere: () => Promise<boolean> };

/** Re-verifies all that is stored, mends what can be mended, and names the rest. */
export class Scrubber {
  readonly #init: ScrubberInit;
  readonly #findings: ScrubFinding[] = [];
  readonly #wanted: Wanted[] = [];
  readonly #onProgress: (progress: Progress) => void;
  #values = 0;
  #entries = 0;

  constructor(init: ScrubberInit, onProgress: (progress: Progress) => void) {
    this.#init = init;
    this.#onProgress = onProgress;
  }

  async run(): Promise<ScrubReport> {
    await this.#scrubValues();
    const logs = this.#init.entries.logs();
    for (const log of logs) await this.#scrubLeaves(log);
    // Parts are judged by the leaves.
    await this.#wait();
    for (const log of logs) await this.#scrubParts(log);
    await this.#scrubStaged();
    await this.#wait();
    for (const { what, isHere } of this.#wanted)
      this.#findings.push({ what, state: (await isHere()) ? "fetched" : "wanted" });
    for (const log of logs) await this.#verify(log);
    return { values: this.#values, entries: this.#entries, findings: this.#findings };
  }

  async #scrubValues(): Promise<void> {
    const damages = this.#init.disk.scrub(() => {
      this.#values += 1;
      this.#onProgress({ done: this.#values, total: this.#values, what: "values" });
    });
    for await (const { key, isRepaired } of damages)
      this.#findings.push({ what: describeKey(key), state: isRepaired ? "mended" : "lost" });
  }

  async #scrubLeaves(log: NamedLog): Promise<void> {
    const { core, disk } = this.#init;
    const { store } = log;
    const blocks = damagedBlocks(disk, core.init.crypto.sha256, store, this.#counter(log, "entries read"));
    for await (const { from, to, isRight } of blocks) {
      let isMended = false;
      void core.repairs.want(store, from, to, isRight).then(() => (isMended = true));
      const what = `leaves of ${log.name} from ${from} to ${to - 1}`;
      this.#wanted.push({ what, isHere: () => Promise.resolve(isMended) });
    }
    this.#entries += store.head.size;
  }

  async #scrubParts(log: NamedLog): Promise<void> {
    const { core, disk } = this.#init;
    const { store } = log;
    const common = { disk, sha256: core.init.crypto.sha256, store, parts: core.parts };
    const isOurs = (index: number, leaf: LeafReading, part: number): Promise<boolean> =>
      isAddressedToUs(log, index, leaf, part);
    let found = 0;
    for await (const { parts, writes } of damagedParts(
      { ...common, isOurs },
      this.#counter(log, "parts of entries read"),
    )) {
      await store.inTurn(() => {
        const { head } = store;
        const anew = parts.map(({ index }) => searchAnew(store, index));
        return store.commit(head, { ...head, missing: head.missing + parts.length }, [], [...writes, ...anew]);
      });
      found += parts.length;
      for (const { index, part } of parts) {
        const mark = logKey("missing", store.number, index, part);
        const isHere = async (): Promise<boolean> => (await disk.get(mark)) === undefined;
        // Also what a person once fetched, and would not come by itself.
        const large = log.mirror === undefined ? undefined : await core.parts.large(store.number, index, part);
        if (log.mirror !== undefined && large !== undefined)
          await core.wantPart(log.mirror, index, part, large.held, chunkCount(large.size));
        this.#wanted.push({ what: `part ${part} of ${log.name}:${index}`, isHere });
      }
    }
    if (found > 0) await core.askAgain(store);
  }

  /** Parts that people took in and did not publish yet: nobody else has them. */
  async #scrubStaged(): Promise<void> {
    const { core, disk } = this.#init;
    const { sha256 } = core.init.crypto;
    for await (const [key] of disk.scan(prefixRange(bytesKey("staged")))) {
      const number = numberOfKey(key);
      const staged = await core.parts.staged(number);
      if (staged?.large === undefined) continue;
      for (let chunk = 0; chunk < chunkCount(staged.size); chunk++) {
        const bytes = await disk.get(numberKey("chunk", staged.large, chunk));
        const hash = staged.hashes.subarray(32 * chunk, 32 * chunk + 32);
        if (bytes !== undefined && equalBytes(leafHash(sha256, bytes), hash)) continue;
        this.#findings.push({ what: `the part ${number} that waits to be published`, state: "lost" });
        break;
      }
    }
  }

  /** That all of it leads to the signed root: charters, signatures, and what is above the leaves. */
  async #verify({ name, store, mirror }: NamedLog): Promise<void> {
    const { core } = this.#init;
    const chain = mirror === undefined ? core.ownChain : mirror.chain;
    const note = mirror === undefined ? core.ownLog.announced.checkpoint : (mirror.reached?.note ?? "");
    if (note === "") return;
    try {
      const verifier = new StoredLogVerifier(core.init.crypto, store, core.parts, chain);
      const { problems } = await verifier.verify(note, (done, total) =>
        this.#onProgress({ done, total, what: `entries of ${name} verified` }),
      );
      for (const problem of problems) this.#findings.push({ what: `${name}: ${problem}`, state: "lost" });
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      this.#findings.push({ what: `${name}: ${error.message}`, state: "lost" });
    }
  }

  /** Until all that is wanted came, or for a while nothing more. */
  async #wait(): Promise<void> {
    const { core } = this.#init;
    let end = core.clock.now() + SCRUB_WAIT_MS;
    let left = Infinity;
    while (core.clock.now() < end) {
      const open = await this.#open();
      if (open === 0) return;
      if (open < left) end = core.clock.now() + SCRUB_WAIT_MS;
      left = open;
      this.#onProgress({ done: this.#wanted.length - open, total: this.#wanted.length, what: "repairs" });
      await new Promise<void>((resolve) => core.clock.after(WAIT_STEP_MS, resolve));
    }
  }

  async #open(): Promise<number> {
    let open = 0;
    for (const { isHere } of this.#wanted) if (!(await isHere())) open += 1;
    return open;
  }

  #counter({ name, store }: NamedLog, what: string): (count: number) => void {
    let done = 0;
    return (count) => this.#onProgress({ done: (done += count), total: store.head.size, what: `${what} (${name})` });
  }
}

/** Between two looks at what came. */
const WAIT_STEP_MS = 100;

async function isAddressedToUs({ mirror }: NamedLog, index: number, leaf: LeafReading, part: number): Promise<boolean> {
  if (mirror === undefined) return true;
  if (leaf.status !== "known") return false;
  // Its list may be what is damaged: our tag says it too.
  if (leaf.leaf.kind === "audience") return mirror.audiences.learn(mirror.chain, index, leaf.leaf, undefined).mine;
  if (leaf.leaf.kind !== "record") return false;
  const audience = leaf.leaf.parts[part]?.audience;
  if (audience === undefined || audience >= index) return false;
  return (await mirror.audiences.get(mirror.chain, audience)).mine;
}

import type { Chain } from "../protocol/charter-chain.ts";
import type { AudienceLeaf, LeafReading } from "../protocol/leaf/leaf.ts";
import type { VerifiedBatch } from "../protocol/verify-batch.ts";
import type { DiskWrite } from "./disk.ts";
import { logKey } from "./keyspace.ts";
import type { Run } from "./log-store.ts";
import { missingMark } from "./missing-mark.ts";
import type { AudienceJudge } from "./reader-audiences.ts";

export type BatchSorterInit = {
  /** Number of the log in the store. */
  readonly log: number;
  readonly audiences: AudienceJudge;
  /** The owner's chain as far as it is known now. */
  readonly chain: () => Chain;
  readonly onAlarm: (text: string) => void;
};

/** Decides what of a verified batch is stored: every leaf, and exactly the parts that are addressed to us. */
export class BatchSorter {
  readonly #init: BatchSorterInit;

  constructor(init: BatchSorterInit) {
    this.#init = init;
  }

  /** The run to store, and marks for the parts that are addressed to us and did not come. */
  async sort(batch: VerifiedBatch): Promise<{ readonly run: Run; readonly missing: DiskWrite[] }> {
    const { log, onAlarm } = this.#init;
    const control: number[] = [];
    const missing: DiskWrite[] = [];
    const parts: VerifiedBatch["parts"][number][] = [];
    let at = 0;
    for (let offset = 0; offset < batch.readings.length; offset++) {
      const index = batch.from + offset;
      const reading = batch.readings[offset];
      if (reading?.status !== "known" || reading.leaf.kind !== "record") control.push(offset);
      const count = partCount(reading);
      const list =
        reading?.status === "known" && reading.leaf.kind === "audience"
          ? this.#learnAudience(batch, reading.leaf, index, at, offset)
          : undefined;
      for (let part = 0; part < count; part++) {
        const came = batch.parts[at];
        const here = came !== undefined && came.offset === offset && came.part === part ? came : undefined;
        if (here !== undefined) at += 1;
        const mine = list ?? (await this.#addressed(reading, part, index));
        if (mine && here !== undefined) parts.push(here);
        else if (mine) missing.push({ key: logKey("missing", log, index, part), value: missingMark(reading, part) });
        else if (here !== undefined)
          onAlarm(`part ${part} of entry ${index} came although it is not addressed to us; it was dropped`);
      }
    }
    return { run: { from: batch.from, leaves: batch.leaves, parts, control, nodes: batch.nodes }, missing };
  }

  #learnAudience(batch: VerifiedBatch, leaf: AudienceLeaf, index: number, at: number, offset: number): boolean {
    const came = batch.parts[at];
    const list = came !== undefined && came.offset === offset && came.part === 0 ? came.bytes : undefined;
    const audience = this.#init.audiences.learn(batch.next.chain, index, leaf, list);
    if (audience.alarm !== undefined) this.#init.onAlarm(audience.alarm);
    return audience.mine;
  }

  async #addressed(reading: LeafReading | undefined, part: number, index: number): Promise<boolean> {
    if (reading?.status !== "known" || reading.leaf.kind !== "record") return false;
    const audience = reading.leaf.parts[part]?.audience;
    // SPEC: each `audience` must be the index of an earlier, known audience leaf.
    if (audience === undefined || audience >= index) return false;
    const { audiences, chain } = this.#init;
    const known = audiences.peek(audience) ?? (await audiences.get(chain(), audience));
    return known.mine;
  }
}

function partCount(reading: LeafReading | undefined): number {
  if (reading?.status !== "known") return 0;
  if (reading.leaf.kind === "record") return reading.leaf.parts.length;
  return reading.leaf.kind === "audience" ? 1 : 0;
}

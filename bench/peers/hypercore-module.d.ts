/** What we use of Hypercore 11, which brings no types. */
declare module "hypercore" {
  import type { Duplex } from "node:stream";

  export default class Hypercore {
    constructor(storage: string, key?: Uint8Array);
    readonly key: Uint8Array;
    /** The inner core. */
    readonly core: { audit(options: { dryRun: boolean }): Promise<Audit> };
    ready(): Promise<void>;
    append(blocks: Uint8Array | readonly Uint8Array[]): Promise<unknown>;
    has(start: number, end: number): Promise<boolean>;
    get(index: number): Promise<Uint8Array>;
    download(range: { start: number; end: number }): { done(): Promise<void> };
    createReadStream(range: { start: number; end: number }): AsyncIterable<Uint8Array>;
    replicate(isInitiator: boolean): Duplex;
    close(): Promise<void>;
  }

  type Audit = {
    readonly blocks: number;
    readonly corrupt: boolean;
    readonly droppedBlocks: number;
    readonly droppedTreeNodes: number;
  };
}

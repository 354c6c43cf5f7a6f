import { toHex } from "../../protocol/bytes.ts";
import { Core } from "../../node/core.ts";
import type { DiskWrite } from "../../node/disk.ts";
import { Entries } from "../../node/entries.ts";
import { CheckedDisk, describeKey } from "../../node/checked-disk.ts";
import { failStop } from "../../node/fail-stop.ts";
import { DEFAULT_FETCH } from "../../node/fetch-policy.ts";
import { HeadsFile } from "../../node/heads-file.ts";
import { ReaderPolicy } from "../../node/policy/part-readers.ts";
import { PolicyStore } from "../../node/policy/policy-store.ts";
import { Publisher } from "../../node/publisher.ts";
import { openSpace } from "../support/space.ts";
import { type Authority, CRYPTO } from "./authority.ts";
import type { Prng } from "./prng.ts";
import type { Trace } from "./trace.ts";
import { type Timeline, VirtualClock } from "./virtual-clock.ts";
import { type CrashKind, Drive, type DriveImage } from "./virtual-disk.ts";
import type { VirtualNetwork } from "./virtual-network.ts";
import type { VirtualTransport } from "./virtual-transport.ts";

/** Clocks are wrong by up to a day. */
const CLOCK_ERROR_MS = 86_400_000;

export type SimNodeInit = {
  readonly authority: Authority;
  /** How many times slower than a good disk its disk is; by the seed unless given. */
  readonly slowness?: number;
  readonly timeline: Timeline;
  readonly network: VirtualNetwork;
  readonly prng: Prng;
  readonly trace: Trace;
  readonly onWrite: (node: SimNode, writes: readonly DiskWrite[]) => void;
  /** The node is down and its disk is what it will start from. */
  readonly onDown: (node: SimNode) => void;
  readonly onFault: (node: SimNode, what: string) => void;
  readonly onAlarm: (node: SimNode, what: string) => void;
  readonly onSessionEnd: (node: SimNode, peer: string, reason: string) => void;
};

export type Backup = { readonly store: DriveImage; readonly headsFile: Uint8Array | undefined };

/** One life of a node: from a start to a stop or a crash. */
export type Life = {
  readonly core: Core;
  readonly publisher: Publisher;
};

/** The machine of one authority: its disk stays, its lives come and go. */
export class SimNode {
  readonly authority: Authority;
  readonly drive = new Drive();
  readonly #init: SimNodeInit;
  #clock: VirtualClock | undefined;
  #transport: VirtualTransport | undefined;
  #life: Life | undefined;
  #starts = 0;
  /** Whether something was put back from a backup, at any time: the store alone, or the file beside the keys too. */
  restored: "nothing" | "store" | "everything" = "nothing";
  /** Whether the disk was full in this life: then it may fail, if it loses nothing. */
  #wasFull = false;

  constructor(init: SimNodeInit) {
    this.#init = init;
    this.authority = init.authority;
  }

  get name(): string {
    return this.authority.name;
  }

  get id(): string {
    return toHex(this.authority.chain.id);
  }

  /** The present life, once it is ready to be talked to. */
  get life(): Life | undefined {
    return this.#life;
  }

  /** Started, or about to be. */
  get isUp(): boolean {
    return this.#clock !== undefined;
  }

  start(): void {
    if (this.isUp) return;
    const { timeline, prng, network, trace } = this.#init;
    const life = prng.fork(`life ${this.#starts++}`);
    const clock = new VirtualClock(timeline, life.int(-CLOCK_ERROR_MS, CLOCK_ERROR_MS));
    const transport = network.transport(this.name, this.authority.keys.node.publicKey);
    [this.#clock, this.#transport] = [clock, transport];
    this.#wasFull = this.drive.isFull;
    trace.note(this.name, "starts");
    this.#begin(clock, transport, life).catch((error: unknown) =>
      this.#fault(clock, `does not start: ${textOf(error)}`),
    );
  }

  crash(kind: CrashKind): void {
    if (!this.isUp) return;
    this.#init.trace.note(this.name, `crashes (${kind})`);
    this.#end(kind);
  }

  /** Stops in good order. */
  async stop(): Promise<void> {
    const [life, clock] = [this.#life, this.#clock];
    if (life === undefined) return this.crash("kill");
    this.#init.trace.note(this.name, "stops");
    this.#life = undefined;
    await life.core.stop();
    await life.core.init.disk.close();
    if (this.#clock !== clock) return;
    this.#end("kill");
  }

  /** The disk fills up; what fails then fails rightly, and whoever runs the node starts it again. */
  fillDisk(): void {
    this.#init.trace.note(this.name, "has a full disk");
    this.drive.isFull = true;
    this.#wasFull = true;
  }

  get mayFail(): boolean {
    return this.#wasFull;
  }

  /** How far the own log was, as the file beside the keys says. */
  get announcedSize(): number {
    const line = new RegExp(`^head ${this.id}/0 ([0-9]+) `, "m").exec(
      Buffer.from(this.drive.headsFile ?? []).toString(),
    );
    return Number(line?.[1] ?? 0);
  }

  get wasRestored(): boolean {
    return this.restored !== "nothing";
  }

  /** Puts back a backup; of the store alone, so that the file beside the keys is that of today, or of everything. */
  restore({ store, headsFile }: Backup, what: "store" | "everything"): void {
    this.#init.trace.note(this.name, `has ${what === "store" ? "its store" : "all its files"} put back from a backup`);
    this.restored = what;
    this.drive.restore(store);
    if (what === "everything") this.drive.headsFile = headsFile;
  }

  backup(): Backup {
    return { store: this.drive.image(), headsFile: this.drive.headsFile };
  }

  async #begin(clock: VirtualClock, transport: VirtualTransport, prng: Prng): Promise<void> {
    const { timeline, trace, slowness, onWrite, onSessionEnd, onAlarm } = this.#init;
    const mounted = this.drive.mount({
      timeline,
      prng: prng.fork("disk"),
      slowness: slowness ?? (prng.chance(0.3) ? prng.between(1, 30) : 1),
      onWrite: (writes) => onWrite(this, writes),
    });
    const sound = failStop(mounted, (error) => this.#fault(clock, `the disk failed: ${error.message}`));
    const disk = new CheckedDisk(sound, (key) => this.#fault(clock, `a stored value is damaged: ${describeKey(key)}`));
    const heads = await HeadsFile.open(mounted.file());
    const log = trace.logger(this.name, {
      onError: (what) => this.#fault(clock, what),
      onLine: (fields, message) => {
        if (message === "session ended") onSessionEnd(this, String(fields["peer"]), String(fields["reason"]));
        if (message === "alarm") onAlarm(this, `${String(fields["log"])}: ${String(fields["alarm"])}`);
      },
    });
    const bytes = prng.fork("random");
    const random = (length: number): Uint8Array => bytes.bytes(length);
    const { keys, chain } = this.authority;
    const space = await openSpace({ log, clock });
    const core = await Core.open(
      { disk, heads, clock, random, transport, keys, crypto: CRYPTO, fetch: DEFAULT_FETCH, log, space },
      chain.id,
      0,
    );
    const entries = new Entries(core);
    const policy = new ReaderPolicy(core, entries, await PolicyStore.open(disk));
    const publisher = await Publisher.open(core, entries, policy);
    await core.start();
    this.#life = { core, publisher };
  }

  /** Of a life that is over nothing more is heard. */
  #fault(clock: VirtualClock, what: string): void {
    if (this.#clock !== clock) return;
    if (!this.mayFail) return this.#init.onFault(this, what);
    this.#init.timeline.after(0, () => {
      if (this.#clock === clock) this.crash("kill");
    });
  }

  #end(kind: CrashKind): void {
    this.#clock?.stop();
    this.#transport?.vanish(kind === "power");
    [this.#clock, this.#transport, this.#life] = [undefined, undefined, undefined];
    this.drive.crash(kind, this.#init.prng);
    this.#init.onDown(this);
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

import { toBase64, fromBase64, utf8Decode, utf8Encode } from "../protocol/bytes.ts";
import { DiskError } from "./disk.ts";

/** A small file that is replaced whole and durably. */
export interface ReplacedFile {
  read(): Promise<Uint8Array | undefined>;
  /** Resolves when the new content is durable. */
  replace(content: Uint8Array): Promise<void>;
}

/** Logs that have a line: what a slot of the file holds, with room for long numbers. */
const HEADS_MAX = 400;
/** More starts than this at once are nobody's: what a peer says is not believed. */
const STARTS_JUMP_MAX = 2 ** 20;

export type KnownHead = { readonly size: number; readonly root: Uint8Array };

/**
 * How far our own log was, and every log that we cosigned, each in its newest epoch: a file beside the keys, so that a
 * store that was put back from a backup is noticed. A head is recorded here after the store has it and before it, or a cosignature of it, leaves
 * the node.
 *
 *     entente heads v1
 *     starts 7
 *     head <log: id in hex, slash, epoch> <size> <root in base64>
 */
export class HeadsFile {
  readonly #file: ReplacedFile;
  readonly #heads: Map<string, KnownHead>;
  #starts: number;
  #writing: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  private constructor(file: ReplacedFile, starts: number, heads: Map<string, KnownHead>) {
    this.#file = file;
    this.#starts = starts;
    this.#heads = heads;
  }

  /** Reads the file and counts this start, durably. */
  static async open(file: ReplacedFile): Promise<HeadsFile> {
    const content = await file.read();
    const { starts, heads } =
      content === undefined ? { starts: 0, heads: new Map<string, KnownHead>() } : parse(utf8Decode(content));
    const opened = new HeadsFile(file, starts + 1, heads);
    await opened.#flush();
    return opened;
  }

  /** How often this node was started with these keys, this time included. */
  get starts(): number {
    return this.#starts;
  }

  get(log: string): KnownHead | undefined {
    return this.#heads.get(log);
  }

  /** Whether a peer may have seen this start of our keys. */
  isPlausible(starts: number): boolean {
    return Number.isSafeInteger(starts) && starts <= this.#starts + STARTS_JUMP_MAX;
  }

  /** After a restore, the counter goes above what peers have seen. */
  async raiseStarts(above: number): Promise<void> {
    if (above < this.#starts || !this.isPlausible(above)) return;
    this.#starts = above + 1;
    await this.#flush();
  }

  /**
   * Resolves when the head is in the file durably, or with `false` if there is no room for another log. A smaller head
   * than the recorded one changes nothing, nor does one of an earlier epoch.
   */
  async record(log: string, head: KnownHead): Promise<boolean> {
    const known = this.#heads.get(log);
    if (known === undefined && !this.#makeRoom(log)) return false;
    if (known === undefined || known.size < head.size) this.#heads.set(log, head);
    await this.#flush();
    return true;
  }

  /** Of a log that is not followed any more nothing is kept. */
  async forget(id: string): Promise<void> {
    for (const log of this.#heads.keys()) if (idOf(log) === id) this.#heads.delete(log);
    await this.#flush();
  }

  /** A later epoch takes the line of an earlier one. */
  #makeRoom(log: string): boolean {
    const before = [...this.#heads.keys()].find((other) => idOf(other) === idOf(log));
    if (before === undefined) return this.#heads.size < HEADS_MAX;
    if (epochOf(before) > epochOf(log)) return false;
    this.#heads.delete(before);
    return true;
  }

  /** Writes at most one file at a time; all that came in meanwhile shares the next write. */
  #flush(): Promise<void> {
    if (this.#writing === undefined) {
      this.#writing = this.#file.replace(utf8Encode(format(this.#starts, this.#heads))).finally(() => {
        this.#writing = undefined;
      });
      return this.#writing;
    }
    this.#next ??= this.#writing
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.#flush();
      });
    return this.#next;
  }
}

function idOf(log: string): string {
  return log.slice(0, log.indexOf("/"));
}

function epochOf(log: string): number {
  return Number(log.slice(log.indexOf("/") + 1));
}

const FIRST_LINE = "entente heads v1";

function format(starts: number, heads: ReadonlyMap<string, KnownHead>): string {
  const lines = [FIRST_LINE, `starts ${starts}`];
  for (const [log, head] of heads) lines.push(`head ${log} ${head.size} ${toBase64(head.root)}`);
  return `${lines.join("\n")}\n`;
}

function parse(text: string): { starts: number; heads: Map<string, KnownHead> } {
  const lines = text.split("\n");
  const starts = /^starts ([0-9]{1,16})$/.exec(lines[1] ?? "");
  if (lines[0] !== FIRST_LINE || starts === null || lines.at(-1) !== "")
    throw new DiskError("CORRUPT", "the heads file is not readable");
  const heads = new Map<string, KnownHead>();
  for (const line of lines.slice(2, -1)) {
    const match = /^head ([0-9a-f]{64}\/[0-9]{1,16}) ([0-9]{1,16}) ([A-Za-z0-9+/=]{44})$/.exec(line);
    const [, log, size, root] = match ?? [];
    if (log === undefined || size === undefined || root === undefined)
      throw new DiskError("CORRUPT", "the heads file is not readable");
    heads.set(log, { size: Number(size), root: fromBase64(root) });
  }
  const numbers = [Number(starts[1]), ...[...heads].flatMap(([log, { size }]) => [epochOf(log), size])];
  if (!numbers.every(Number.isSafeInteger)) throw new DiskError("CORRUPT", "the heads file is not readable");
  return { starts: Number(starts[1]), heads };
}

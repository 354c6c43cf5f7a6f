import { toBase64, fromBase64, utf8Decode, utf8Encode } from "../protocol/bytes.ts";
import { DiskError } from "./disk.ts";

/** A small file that is replaced whole and durably. */
export interface ReplacedFile {
  read(): Promise<Uint8Array | undefined>;
  /** Resolves when the new content is durable. */
  replace(content: Uint8Array): Promise<void>;
}

export type KnownHead = { readonly size: number; readonly root: Uint8Array };

/**
 * How far our own log was, and every log that we cosigned: a file beside the keys, so that a store that was put back
 * from a backup is noticed. A head is recorded here after the store has it and before it, or a cosignature of it, leaves
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

  /** After a restore, the counter goes above what peers have seen. */
  async raiseStarts(above: number): Promise<void> {
    if (above < this.#starts) return;
    this.#starts = above + 1;
    await this.#flush();
  }

  /** Resolves when the head is in the file durably. A smaller head than the recorded one changes nothing. */
  async record(log: string, head: KnownHead): Promise<void> {
    const known = this.#heads.get(log);
    if (known === undefined || known.size < head.size) this.#heads.set(log, head);
    await this.#flush();
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

const FIRST_LINE = "entente heads v1";

function format(starts: number, heads: ReadonlyMap<string, KnownHead>): string {
  const lines = [FIRST_LINE, `starts ${starts}`];
  for (const [log, head] of heads) lines.push(`head ${log} ${head.size} ${toBase64(head.root)}`);
  return `${lines.join("\n")}\n`;
}

function parse(text: string): { starts: number; heads: Map<string, KnownHead> } {
  const lines = text.split("\n");
  const starts = /^starts ([0-9]{1,15})$/.exec(lines[1] ?? "");
  if (lines[0] !== FIRST_LINE || starts === null || lines.at(-1) !== "")
    throw new DiskError("CORRUPT", "the heads file is not readable");
  const heads = new Map<string, KnownHead>();
  for (const line of lines.slice(2, -1)) {
    const match = /^head ([0-9a-f]{64}\/[0-9]{1,15}) ([0-9]{1,15}) ([A-Za-z0-9+/=]{44})$/.exec(line);
    const [, log, size, root] = match ?? [];
    if (log === undefined || size === undefined || root === undefined)
      throw new DiskError("CORRUPT", "the heads file is not readable");
    heads.set(log, { size: Number(size), root: fromBase64(root) });
  }
  return { starts: Number(starts[1]), heads };
}

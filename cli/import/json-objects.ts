import { createReadStream } from "node:fs";
import { MAX_RECORD_SIZE } from "../../protocol/limits.ts";
import { decodeUtf8 } from "../../protocol/utf8.ts";
import { CliError } from "../cli-error.ts";
import { fileError } from "../fs-error.ts";
import { MAX_IMPORT_FILE } from "../limits.ts";

/** An object of the list, and the line on which it begins; or why it cannot be read. */
export type JsonObject =
  | { readonly line: number; readonly object: Readonly<Record<string, unknown>>; readonly problem?: never }
  | { readonly line: number; readonly object?: never; readonly problem: string };

/**
 * The objects of a list in a JSON file in UTF-8, one after another, so that no more than one is in memory. A bad object says
 * why, and the others go on. A file that is no list of objects is a `CliError` (`FILE`) with its line, where that shows.
 */
export async function* readJsonObjects(path: string): AsyncGenerator<JsonObject> {
  const cutter = new ObjectCutter(path);
  const file = createReadStream(path);
  try {
    for await (const chunk of file) yield* cutter.take(chunk);
    cutter.end();
  } catch (error) {
    fileError(path)(error);
  } finally {
    file.destroy();
  }
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;
const LF = 0x0a;

const SPACES: ReadonlySet<number> = new Set([0x20, 0x09, LF, 0x0d]);
/** Of UTF-8; only at the very beginning. */
const MARK: readonly number[] = [0xef, 0xbb, 0xbf];

/** Cuts by brackets and quotation marks alone; these bytes stand for nothing else in UTF-8. */
class ObjectCutter {
  readonly #path: string;
  #line = 1;
  #bytes = 0;
  /** Brackets and braces that are open, the list's own included. */
  #depth = 0;
  #state: "before" | "inside" | "after" = "before";
  #isText = false;
  #isEscaped = false;
  /** A comma or the end must come next, or an object. */
  #expects: "any" | "object" | "comma" = "any";
  #start = 1;
  #held: Buffer[] = [];
  #size = 0;

  constructor(path: string) {
    this.#path = path;
  }

  *take(chunk: Buffer): Generator<JsonObject> {
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (++this.#bytes > MAX_IMPORT_FILE) this.#refuse(`the file is longer than ${MAX_IMPORT_FILE} bytes`);
      if (byte === LF) this.#line++;
      const before = this.#depth;
      this.#step(byte);
      if (before === 1 && this.#depth === 2) from = at;
      if (before === 2 && this.#depth === 1) {
        this.#hold(chunk.subarray(from, at + 1));
        yield this.#cut();
      }
    }
    if (this.#depth > 1) this.#hold(chunk.subarray(from));
  }

  end(): void {
    if (this.#state !== "after") this.#refuse("the file ends before its list does");
  }

  #step(byte: number): void {
    if (this.#depth > 1) this.#stepInside(byte);
    else if (this.#depth === 1) this.#stepBetween(byte);
    else this.#stepOutside(byte);
  }

  #stepInside(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (this.#isText && byte === BACKSLASH) this.#isEscaped = true;
    else if (byte === QUOTE) this.#isText = !this.#isText;
    else if (!this.#isText && (byte === OPEN_MAP || byte === OPEN_LIST)) this.#depth++;
    else if (!this.#isText && (byte === CLOSE_MAP || byte === CLOSE_LIST)) this.#depth--;
  }

  #stepBetween(byte: number): void {
    if (SPACES.has(byte)) return;
    if (byte === CLOSE_LIST && this.#expects !== "object") {
      this.#depth = 0;
      this.#state = "after";
    } else if (byte === OPEN_MAP && this.#expects !== "comma") {
      this.#depth = 2;
      this.#start = this.#line;
      this.#expects = "comma";
    } else if (byte === COMMA && this.#expects === "comma") this.#expects = "object";
    else this.#refuse("not a list of objects");
  }

  #stepOutside(byte: number): void {
    if (SPACES.has(byte) || (this.#bytes <= MARK.length && byte === MARK[this.#bytes - 1])) return;
    if (this.#state !== "before" || byte !== OPEN_LIST) this.#refuse("not one list of objects");
    this.#depth = 1;
    this.#state = "inside";
  }

  /** What is longer than any record is not held. */
  #hold(piece: Buffer): void {
    this.#size += piece.length;
    if (this.#size <= MAX_RECORD_SIZE) this.#held.push(piece);
    else this.#held = [];
  }

  #cut(): JsonObject {
    const [line, size, bytes] = [this.#start, this.#size, Buffer.concat(this.#held)];
    this.#held = [];
    this.#size = 0;
    if (size > MAX_RECORD_SIZE) return { line, problem: `longer than the ${MAX_RECORD_SIZE} bytes of a record` };
    const text = decodeUtf8(bytes, 0, bytes.length);
    return text === undefined ? { line, problem: "not UTF-8" } : parse(line, text);
  }

  #refuse(reason: string): never {
    throw new CliError(
      "FILE",
      `${this.#path}, line ${this.#line}: ${reason}`,
      "what stands before it went in; get the file anew, and repeat the import",
    );
  }
}

function parse(line: number, text: string): JsonObject {
  try {
    const object: Readonly<Record<string, unknown>> = JSON.parse(text);
    return { line, object };
  } catch (error) {
    return { line, problem: `not JSON: ${error instanceof Error ? error.message : "unreadable"}` };
  }
}

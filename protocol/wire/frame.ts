import type { CborMap, CborValue } from "../cbor.ts";
import { cborSize, decodeCbor, encodeCbor } from "../cbor.ts";
import { FormatError } from "../format-error.ts";
import { MAX_FRAME_SIZE, MAX_HELLO_SIZE } from "../limits.ts";
import { wireShape } from "./fields.ts";
import type { Body } from "./message.ts";
import { MESSAGES } from "./messages.ts";

type Known = (typeof MESSAGES)[number];

/** What may be asked: `{ kind: "chunk", id, epoch, index, part, chunk }`. */
export type Request = RequestOf<Known>;

/** What may be answered: `{ kind: "chunk", bytes, proof }`. */
export type Answer = AnswerOf<Known>;

/**
 * A request as it came. Of an unknown kind, `request` is undefined; of a known kind with another body than it should
 * have, too, and `malformed` says why.
 */
export type DecodedRequest = {
  readonly n: number;
  readonly kind: string;
  readonly request: Request | undefined;
  readonly malformed: string | undefined;
};

export type DecodedAnswer = {
  readonly n: number;
  /** Whether it is the final frame of the answer. */
  readonly last: boolean;
  readonly answer: Answer;
};

/**
 * Reads a frame of an ask stream (`docs/spec/exchange.md`), its length prefix taken off:
 *
 *     83 02 686368617274657273 a2 626964 5820… 6466726f6d 03        [2, "charters", {"id": h'…', "from": 3}]
 *
 * Throws `FormatError` where the stream must be reset: `WIRE_MALFORMED`, or what `decodeCbor` throws.
 */
export function decodeRequest(frame: Uint8Array): DecodedRequest {
  const [number, name, body] = decodeFrame(frame, 3);
  const [n, kind, map] = [readNumber(number), readKind(name), wireShape.map(body, "a body")];
  assertSize(kind, frame.length);
  const known = REQUESTS.get(kind);
  const read = known === undefined ? undefined : tryRead(known, map);
  if (typeof read === "string") return { n, kind, request: undefined, malformed: read };
  return { n, kind, request: read, malformed: undefined };
}

/** `WIRE_MALFORMED` for a request that the other end would refuse. */
export function encodeRequest(n: number, request: Request): Uint8Array {
  return encodeFrame(request.kind, [readNumber(n), request.kind, formatBody(REQUESTS, request)]);
}

/**
 * Reads a frame of an answer:
 *
 *     84 19 0141 f5 67 6e6f7468696e67 a0        [321, true, "nothing", {}]
 *
 * Throws `FormatError` for whatever is not exactly one, an answer of unknown kind included: it answers nothing that we asked.
 */
export function decodeAnswer(frame: Uint8Array): DecodedAnswer {
  const [number, last, name, body] = decodeFrame(frame, 4);
  const [n, kind, map] = [readNumber(number), readKind(name), wireShape.map(body, "a body")];
  assertSize(kind, frame.length);
  const known = ANSWERS.get(kind) ?? wireShape.fail("an answer of a kind that we do not know");
  return { n, last: wireShape.boolean(last, "whether it is the last"), answer: known.read(map) };
}

/** `WIRE_MALFORMED` for an answer that the other end would refuse. */
export function encodeAnswer(n: number, last: boolean, answer: Answer): Uint8Array {
  return encodeFrame(answer.kind, [readNumber(n), last, answer.kind, formatBody(ANSWERS, answer)]);
}

/** Bytes of the frame of a request, as it is or too large, without encoding it. */
export function requestSize(n: number, request: Request): number {
  return cborSize([n, request.kind, REQUESTS.get(request.kind)?.format(request) ?? {}]);
}

/** Bytes of the frame of an answer, as it is or too large, without encoding it. */
export function answerSize(n: number, answer: Answer): number {
  return cborSize([n, true, answer.kind, ANSWERS.get(answer.kind)?.format(answer) ?? {}]);
}

type RequestOf<M> = M extends { readonly request: Body<infer T> } ? T : never;
type AnswerOf<M> = M extends { readonly answer: Body<infer T> } ? T : never;

/** Each under the kind with which it tags what it reads, so that `format` is only ever given what is its own. */
const REQUESTS: ReadonlyMap<string, Body<Request>> = new Map(
  MESSAGES.flatMap((message) => ("request" in message ? [[message.kind, message.request]] : [])),
);
const ANSWERS: ReadonlyMap<string, Body<Answer>> = new Map(
  MESSAGES.flatMap((message) => ("answer" in message ? [[message.kind, message.answer]] : [])),
);

function decodeFrame(frame: Uint8Array, length: number): readonly CborValue[] {
  assertSize("", frame.length);
  return wireShape.array(decodeCbor(frame), "a frame", length, length);
}

function encodeFrame(kind: string, frame: readonly CborValue[]): Uint8Array {
  const bytes = encodeCbor(frame);
  assertSize(kind, bytes.length);
  return bytes;
}

/** What it makes is read at once: what the other end would find malformed must not leave us. */
function formatBody<T extends { readonly kind: string }>(known: ReadonlyMap<string, Body<T>>, value: T): CborMap {
  const message = known.get(value.kind) ?? wireShape.fail(`no message of kind ${value.kind}`);
  const body = message.format(value);
  message.read(body);
  return body;
}

/** The request, or what is wrong with its body. */
function tryRead(known: Body<Request>, body: CborMap): Request | string {
  try {
    return known.read(body);
  } catch (error) {
    if (error instanceof FormatError) return error.message;
    throw error;
  }
}

function readNumber(value: CborValue | undefined): number {
  return wireShape.integer(value, "the number of a request", 1);
}

function readKind(value: CborValue | undefined): string {
  const kind = wireShape.text(value, "a kind");
  return /^[a-z][a-z-]{0,31}$/.test(kind) ? kind : wireShape.fail("not a kind");
}

function assertSize(kind: string, size: number): void {
  const max = kind === "hello" ? MAX_HELLO_SIZE : MAX_FRAME_SIZE;
  if (size > max) wireShape.fail(`a frame of ${size} bytes, where ${max} are allowed`);
}

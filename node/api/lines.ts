import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type { FastifyReply } from "fastify";
import { API_DATA_BYTES, API_PROGRESS_MS } from "../limits.ts";
import type { Progress, ProofFile } from "../service.ts";
import type { Failure } from "./failure.ts";

/**
 * What takes long is answered by JSON lines (`application/x-ndjson`). The last one is a result or an error; an answer
 * that ends otherwise was cut off.
 *
 *     {"progress":{"done":2048,"total":100000,"what":"entries"}}
 *     {"file":{"path":"leaf.cbor"}}
 *     {"data":"g2ZyZWNvcmQa…"}
 *     {"result":{"files":5}}
 *     {"error":{"code":"NOT_FOUND","message":"no entry nvwa.nl:12 here","hint":null}}
 */
export type ApiLine =
  | { readonly progress: Progress }
  | { readonly file: { readonly path: string } }
  | { readonly data: string }
  | { readonly result: unknown }
  | { readonly error: Failure };

/** Answers with `lines`. What fails before the first of them is thrown, and so has the HTTP status of its error. */
export async function sendLines(
  reply: FastifyReply,
  lines: AsyncGenerator<ApiLine>,
  toFailure: (error: unknown) => Failure,
): Promise<FastifyReply> {
  const first = await lines.next();
  return reply.type("application/x-ndjson").send(Readable.from(serialize(first, lines, toFailure)));
}

/** `run`, with its progress as often as an eye can follow, however often it tells of it. */
export async function* progressLines(
  run: (onProgress: (progress: Progress) => void) => Promise<unknown>,
): AsyncGenerator<ApiLine> {
  let latest: Progress | undefined;
  let isDone = false;
  let news = Promise.withResolvers<void>();
  const work = run((progress) => {
    latest = progress;
    news.resolve();
  });
  const done = work
    .catch(() => undefined)
    .then(() => {
      isDone = true;
      news.resolve();
    });
  for (;;) {
    await news.promise;
    if (isDone) break;
    news = Promise.withResolvers();
    if (latest !== undefined) yield { progress: latest };
    await Promise.race([done, delay(API_PROGRESS_MS, undefined, { ref: false })]);
    if (isDone) break;
  }
  yield { result: await work };
}

/** Each file as its path, and then its bytes; consecutive pieces with one path are one file. */
export async function* proofLines(pieces: AsyncIterable<ProofFile>): AsyncGenerator<ApiLine> {
  let files = 0;
  let current: string | undefined;
  for await (const { path, bytes } of pieces) {
    if (path !== current) {
      yield { file: { path } };
      files++;
      current = path;
    }
    for (let at = 0; at < bytes.length; at += API_DATA_BYTES) {
      yield { data: Buffer.from(bytes.subarray(at, at + API_DATA_BYTES)).toString("base64") };
    }
  }
  yield { result: { files } };
}

async function* serialize(
  first: IteratorResult<ApiLine>,
  rest: AsyncGenerator<ApiLine>,
  toFailure: (error: unknown) => Failure,
): AsyncGenerator<string> {
  try {
    if (first.done !== true) yield format(first.value);
    for await (const line of rest) yield format(line);
  } catch (error) {
    yield format({ error: toFailure(error) });
  } finally {
    // A client that went away before the first line was taken.
    await rest.return(undefined);
  }
}

function format(line: ApiLine): string {
  return `${JSON.stringify(line)}\n`;
}

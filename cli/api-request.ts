import { Agent, request as httpRequest } from "node:http";
import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { CliError, isCliErrorCode } from "./cli-error.ts";
import { fsCode } from "./fs-error.ts";

/** What every request needs. `whenDown` says why nobody answers. */
export type ApiTarget = {
  readonly socketPath: string;
  readonly token: string;
  readonly whenDown: () => Promise<CliError>;
};

export type ApiBody = { readonly json: unknown } | { readonly content: Readable; readonly length: number };

/** One request of the node's local API (docs/spec/local-api.md). */
export type ApiRequest = {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: ApiBody;
  /** Aborted, it ends the request with an error. */
  readonly signal?: AbortSignal;
};

/** Waiting connections do not keep the process alive. */
const agent = new Agent({ keepAlive: true });

/** The answer, once its head is here. An error of the node is thrown as the `CliError` that it describes. */
export async function sendRequest(target: ApiTarget, request: ApiRequest): Promise<IncomingMessage> {
  const answer = await exchange(target, request);
  if (answer.statusCode !== undefined && answer.statusCode < 300) return answer;
  throw describedError(await readJson(target, answer));
}

/** The whole answer as JSON. */
export async function requestJson(target: ApiTarget, request: ApiRequest): Promise<unknown> {
  return await readJson(target, await sendRequest(target, request));
}

/** The whole answer as it is. */
export async function requestBytes(target: ApiTarget, request: ApiRequest): Promise<Uint8Array> {
  return await readBytes(target, await sendRequest(target, request));
}

/** The lines of an answer, each an object; throws the error that the last one describes, and where the answer is cut off. */
export async function* requestLines(
  target: ApiTarget,
  request: ApiRequest,
): AsyncGenerator<Readonly<Record<string, unknown>>> {
  for await (const text of splitLines(target, await sendRequest(target, request))) {
    const line = parseObject(text);
    if ("error" in line) throw describedError(line["error"]);
    yield line;
    if ("result" in line) return;
  }
  throw lost();
}

/** The error that `{code, message, hint}` describes. A code from a newer node is an error all the same. */
function describedError(failure: unknown): CliError {
  const { code, message, hint } = parseObjectValue(failure);
  const known = isCliErrorCode(code) ? code : "REFUSED";
  return new CliError(
    known,
    typeof message === "string" ? message : "the node refused",
    typeof hint === "string" ? hint : null,
  );
}

/** The connection ended before the answer did. */
export function lost(): CliError {
  return new CliError("NODE_DOWN", "the node went away before it had answered", "entente status");
}

async function exchange(target: ApiTarget, { method, path, body, signal }: ApiRequest): Promise<IncomingMessage> {
  const options: RequestOptions = {
    agent,
    socketPath: target.socketPath,
    method,
    path,
    headers: { authorization: `Bearer ${target.token}` },
    ...(signal === undefined ? {} : { signal }),
  };
  const answer = Promise.withResolvers<IncomingMessage>();
  const outgoing = httpRequest(options);
  outgoing.on("response", answer.resolve).on("error", answer.reject);
  try {
    if (body === undefined) outgoing.end();
    else if ("json" in body) outgoing.setHeader("content-type", "application/json").end(JSON.stringify(body.json));
    else {
      outgoing.setHeader("content-type", "application/octet-stream").setHeader("content-length", body.length);
      return await upload(body.content, outgoing, answer.promise);
    }
    return await answer.promise;
  } catch (error) {
    throw await connectionError(target, error);
  }
}

/** A refusal may come before everything is sent: then it is the answer, and the rest stays here. */
async function upload(
  content: Readable,
  outgoing: ClientRequest,
  answer: Promise<IncomingMessage>,
): Promise<IncomingMessage> {
  const incoming = await Promise.race([answer, pipeline(content, outgoing).then(() => answer)]);
  if (!outgoing.writableFinished) incoming.once("close", () => outgoing.destroy());
  return incoming;
}

async function connectionError(target: ApiTarget, error: unknown): Promise<unknown> {
  switch (fsCode(error)) {
    case "ENOENT":
    case "ECONNREFUSED":
      return await target.whenDown();
    case "EACCES":
      return new CliError("NODE_DOWN", `no permission for ${target.socketPath}`, "run this as the user of the node");
    case "ECONNRESET":
    case "EPIPE":
    case "ERR_STREAM_PREMATURE_CLOSE":
      return lost();
    case undefined:
    default:
      return error;
  }
}

async function readJson(target: ApiTarget, answer: IncomingMessage): Promise<unknown> {
  const value: unknown = JSON.parse((await readBytes(target, answer)).toString("utf8"));
  return value;
}

async function readBytes(target: ApiTarget, answer: IncomingMessage): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  try {
    for await (const piece of answer) pieces.push(piece);
  } catch (error) {
    throw await connectionError(target, error);
  }
  return Buffer.concat(pieces);
}

async function* splitLines(target: ApiTarget, answer: IncomingMessage): AsyncGenerator<string> {
  let pieces: string[] = [];
  answer.setEncoding("utf8");
  try {
    for await (const text of answer) {
      const [head = "", ...tail] = String(text).split("\n");
      pieces.push(head);
      for (const next of tail) {
        yield pieces.join("");
        pieces = [next];
      }
    }
  } catch (error) {
    throw await connectionError(target, error);
  }
}

function parseObject(line: string): Readonly<Record<string, unknown>> {
  return parseObjectValue(JSON.parse(line));
}

function parseObjectValue(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

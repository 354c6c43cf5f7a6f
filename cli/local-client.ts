import type { Readable } from "node:stream";
import type { EraseInput, RetentionInput } from "../node/erasure-types.ts";
import type {
  EvidenceStatus,
  EvidenceVote,
  GrantInput,
  NodeService,
  Progress,
  PublishInput,
  Published,
  SigningDecision,
  Status,
} from "../node/service.ts";
import { lost, requestBytes, requestJson, requestLines, sendRequest } from "./api-request.ts";
import type { ApiRequest, ApiTarget } from "./api-request.ts";

/** A piece of a proof directory: where a file begins, and what it holds. */
export type ProofPiece = { readonly file: { readonly path: string } } | { readonly data: Uint8Array };

type OnProgress = (progress: Progress) => void;

/** What the service offers, as its operator: the token says who acts. */
export type LocalClient = Pick<
  NodeService,
  | "status"
  | "logs"
  | "exportCharter"
  | "showCharter"
  | "previewPeer"
  | "setPeerAddresses"
  | "peers"
  | "peer"
  | "pendingPeers"
  | "examinePeer"
  | "preview"
  | "keyState"
  | "list"
  | "show"
  | "thread"
  | "search"
  | "related"
  | "readPart"
  | "fetchPart"
  | "completeness"
  | "explain"
  | "verifyLog"
  | "backUp"
  | "scrub"
  | "addOperator"
  | "evidence"
  | "evidenceOf"
  | "evidenceFile"
  | "cases"
  | "caseOf"
  | "caseDigest"
  | "indicators"
  | "arrivals"
  | "erasures"
  | "holds"
  | "policy"
  | "readHeldPart"
> & {
  erase(input: EraseInput): ReturnType<NodeService["erase"]>;
  retain(input: RetentionInput, onProgress: OnProgress): ReturnType<NodeService["retain"]>;
  addHold(entry: string, reason: string): ReturnType<NodeService["addHold"]>;
  removeHold(entry: string): ReturnType<NodeService["removeHold"]>;
  decideEvidence(digest: string, vote: EvidenceVote): Promise<EvidenceStatus>;
  addPeer(chainFile: string, addresses: readonly string[]): ReturnType<NodeService["addPeer"]>;
  setPolicy(file: unknown): ReturnType<NodeService["setPolicy"]>;
  grant(input: GrantInput): ReturnType<NodeService["grant"]>;
  removePeer(nameOrId: string): ReturnType<NodeService["removePeer"]>;
  stage(
    input: { readonly name: string; readonly type: string; readonly length: number },
    content: Readable,
  ): ReturnType<NodeService["stage"]>;
  publish(input: PublishInput): Promise<Published>;
  settle(decision: SigningDecision): Promise<Status>;
  proveEntry(entry: string, parts: readonly number[] | null): AsyncIterable<ProofPiece>;
  proveLog(name: string, withParts: boolean): AsyncIterable<ProofPiece>;
  stop(): Promise<void>;
};

/** The running node over its socket, route by route (docs/spec/local-api.md). Throws `CliError`. */
export function createLocalClient(target: ApiTarget): LocalClient {
  const get = <T>(path: string): Promise<T> => json(target, { method: "GET", path });
  const post = <T>(path: string, body?: unknown): Promise<T> =>
    json(target, { method: "POST", path, ...(body === undefined ? {} : { body: { json: body } }) });
  return {
    status: () => get("/v1/status"),
    settle: (decision) => post("/v1/settle", { decision }),
    stop: async () => {
      await post("/v1/stop");
    },
    addOperator: (name) => post("/v1/operators", { name }),
    showCharter: () => get("/v1/charter"),
    exportCharter: async () => (await get<{ chainFile: string }>("/v1/charter/chain")).chainFile,

    peers: () => get("/v1/peers"),
    pendingPeers: () => get("/v1/pending-peers"),
    peer: (peer) => get(url`/v1/peers/${peer}`),
    examinePeer: (peer) => get(url`/v1/peers/${peer}/examination`),
    previewPeer: (chainFile) => post("/v1/peers/preview", { chainFile }),
    addPeer: (chainFile, addresses) => post("/v1/peers", { chainFile, addresses }),
    removePeer: (peer) => json(target, { method: "DELETE", path: url`/v1/peers/${peer}` }),
    setPeerAddresses: (peer, addresses) =>
      json(target, { method: "PUT", path: url`/v1/peers/${peer}/addresses`, body: { json: { addresses } } }),

    publish: (input) => post("/v1/entries", input),
    preview: (input) => post("/v1/entries/preview", input),
    keyState: (keys) => post("/v1/keys", { keys }),
    stage: ({ name, type, length }, content) =>
      json(target, { method: "POST", path: withQuery("/v1/parts", { name, type }), body: { content, length } }),

    grant: (input) => post("/v1/grants", input),
    policy: () => get("/v1/policy"),
    setPolicy: (file) => json(target, { method: "PUT", path: "/v1/policy", body: { json: file } }),

    erase: (input) => post("/v1/erasures", input),
    erasures: () => get("/v1/erasures"),
    retain: (input, onProgress) => withProgress(target, "/v1/retention", onProgress, input),
    holds: () => get("/v1/holds"),
    addHold: (entry, reason) =>
      json(target, { method: "PUT", path: url`/v1/holds/${entry}`, body: { json: { reason } } }),
    removeHold: async (entry) => {
      await json(target, { method: "DELETE", path: url`/v1/holds/${entry}` });
    },
    readHeldPart: (entry, part) => readPart(target, url`/v1/holds/${entry}/parts/${part}`),

    arrivals: (query, signal) => json(target, { method: "POST", path: "/v1/arrivals", body: { json: query }, signal }),
    list: ({ limit, ...query }) => get(withQuery("/v1/entries", { ...query, limit: String(limit) })),
    show: (entry, language) => get(inLanguage(url`/v1/entries/${entry}`, language)),
    thread: (entry, language) => get(inLanguage(url`/v1/entries/${entry}/thread`, language)),
    search: ({ limit, kind, ...query }) => get(withQuery("/v1/search", { ...query, limit: String(limit) }, { kind })),
    related: (entry, { limit, ...query }) =>
      get(withQuery(url`/v1/entries/${entry}/related`, { ...query, limit: String(limit) })),
    explain: (entry, authority) => get(withQuery(url`/v1/entries/${entry}/delivery`, { to: authority })),
    readPart: (entry, part) => readPart(target, url`/v1/entries/${entry}/parts/${part}`),
    fetchPart: (entry, part, onProgress) =>
      withProgress(target, url`/v1/entries/${entry}/parts/${part}/fetch`, onProgress),

    evidence: () => get("/v1/evidence"),
    evidenceOf: (digest) => get(url`/v1/evidence/${digest}`),
    evidenceFile: (digest) => requestBytes(target, { method: "GET", path: url`/v1/evidence/${digest}/file` }),
    decideEvidence: (digest, vote) => post(url`/v1/evidence/${digest}/decision`, vote),

    cases: ({ limit, mine, ...query }) =>
      get(withQuery("/v1/cases", { ...query, mine: String(mine), limit: String(limit) })),
    caseOf: (entry, language) => get(inLanguage(url`/v1/cases/${entry}`, language)),
    indicators: (period, onProgress) => withProgress(target, "/v1/indicators", onProgress, period),
    caseDigest: (entry, authority) => get(withQuery(url`/v1/cases/${entry}/digest`, { with: authority })),

    logs: () => get("/v1/logs"),
    completeness: (log, onProgress) => withProgress(target, url`/v1/logs/${log}/completeness`, onProgress),
    verifyLog: (log, onProgress) => withProgress(target, url`/v1/logs/${log}/verify`, onProgress),
    scrub: (onProgress) => withProgress(target, "/v1/scrub", onProgress),
    backUp: (directory, onProgress) => withProgress(target, "/v1/backup", onProgress, { directory }),
    proveEntry: (entry, parts) =>
      proofPieces(target, withQuery(url`/v1/entries/${entry}/proof`, parts === null ? {} : { parts: parts.join(",") })),
    proveLog: (log, withParts) =>
      proofPieces(target, withQuery(url`/v1/logs/${log}/proof`, { parts: withParts ? "all" : "none" })),
  };
}

/** The node is ours and of our version: what it answers has the type that its service declares. */
async function json<T>(target: ApiTarget, request: ApiRequest): Promise<T> {
  return (await requestJson(target, request)) as T;
}

async function withProgress<T>(target: ApiTarget, path: string, onProgress: OnProgress, body?: unknown): Promise<T> {
  const request: ApiRequest = { method: "POST", path, ...(body === undefined ? {} : { body: { json: body } }) };
  for await (const line of requestLines(target, request)) {
    if ("result" in line) return line["result"] as T;
    if ("progress" in line) onProgress(line["progress"] as Progress);
  }
  throw lost();
}

async function* proofPieces(target: ApiTarget, path: string): AsyncGenerator<ProofPiece> {
  for await (const line of requestLines(target, { method: "GET", path })) {
    if ("file" in line) yield { file: line["file"] as { path: string } };
    if (typeof line["data"] === "string") yield { data: Buffer.from(line["data"], "base64") };
  }
}

async function readPart(target: ApiTarget, path: string): ReturnType<NodeService["readPart"]> {
  const answer = await sendRequest(target, { method: "GET", path });
  const {
    "content-type": type = "application/octet-stream",
    "content-length": length,
    "entente-part-name": name,
  } = answer.headers;
  return { name: decodeURIComponent(String(name ?? "")), type, length: Number(length), content: answer };
}

/** A path whose values are escaped. */
function url(pieces: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return String.raw({ raw: pieces }, ...values.map((value) => encodeURIComponent(value)));
}

function inLanguage(path: string, language: string | undefined): string {
  return language === undefined ? path : withQuery(path, { lang: language });
}

/** `lists`: names that stand once for each of their values. */
function withQuery(
  path: string,
  query: Readonly<Record<string, string>>,
  lists: Readonly<Record<string, readonly string[]>> = {},
): string {
  const parameters = new URLSearchParams(query);
  for (const [name, values] of Object.entries(lists)) for (const value of values) parameters.append(name, value);
  const text = parameters.toString();
  return text === "" ? path : `${path}?${text}`;
}

import fastify from "fastify";
import type { FastifyInstance } from "fastify";
import { MAX_API_BODY, MAX_API_PATH_ELEMENT } from "../limits.ts";
import type { Logger } from "../logger.ts";
import type { NodeService } from "../service.ts";
import { ApiError } from "./api-error.ts";
import { authorize } from "./authorize.ts";
import { httpStatus, toFailure } from "./failure.ts";
import { ROUTES } from "./routes.ts";
import { prepareSocket, protectSocket } from "./socket.ts";

export type LocalApiInit = {
  readonly service: NodeService;
  readonly socketPath: string;
  readonly log: Logger;
  /** Called once the answer to `POST /v1/stop` is on its way. */
  readonly stop: () => void;
};

export type LocalApi = {
  /** Ends every request; resolves when the socket is gone. */
  close(): Promise<void>;
};

/**
 * Offers `service` to the operators of this authority, as HTTP on a socket (docs/spec/local-api.md). Throws
 * `SocketError` where it cannot listen.
 */
export async function createLocalApi(init: LocalApiInit): Promise<LocalApi> {
  const api = fastify({
    bodyLimit: MAX_API_BODY,
    // A kept-alive connection of a script must not delay the end.
    forceCloseConnections: true,
    routerOptions: { maxParamLength: MAX_API_PATH_ELEMENT },
  });
  takeOnlyJsonAndBytes(api);
  answerErrors(api, init.log);
  logRequests(api, init.log);
  api.decorateRequest("operator", "");
  api.addHook("onRequest", (request) => authorize(init.service, request));
  for (const register of ROUTES) register(api, { ...init, toFailure: (error) => toFailure(error, init.log) });
  await prepareSocket(init.socketPath);
  await api.listen({ path: init.socketPath });
  await protectSocket(init.socketPath);
  return { close: () => api.close() };
}

/** Bytes are left in the request, for the route to stream. */
function takeOnlyJsonAndBytes(api: FastifyInstance): void {
  api.removeContentTypeParser("text/plain");
  api.addContentTypeParser("application/octet-stream", (_request, _payload, done) => done(null));
}

function answerErrors(api: FastifyInstance, log: Logger): void {
  api.setErrorHandler((error, _request, reply) => {
    const failure = toFailure(error, log);
    if (failure.code === "UNAUTHORISED") reply.header("www-authenticate", "Bearer");
    return reply.code(httpStatus(failure.code)).send(failure);
  });
  api.setNotFoundHandler(() => {
    throw new ApiError(
      "NO_SUCH_ROUTE",
      "this node's local API has no such route",
      "see docs/spec/local-api.md of its version",
    );
  });
}

function logRequests(api: FastifyInstance, log: Logger): void {
  api.addHook("onResponse", async (request, reply) => {
    const { method, operator } = request;
    const route = request.routeOptions.url ?? null;
    log.debug(
      { method, route, operator, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      "local request",
    );
  });
}

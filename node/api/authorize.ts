import type { FastifyRequest } from "fastify";
import { MAX_API_TOKEN } from "../limits.ts";
import type { NodeService } from "../service.ts";
import { ApiError } from "./api-error.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Whose token came with the request; set before any route runs. */
    operator: string;
  }
}

const BEARER = /^Bearer ([\x21-\x7e]+)$/;

/** Sets `request.operator`, or throws `UNAUTHORISED`. Runs before a body is read. */
export async function authorize(service: Pick<NodeService, "operatorOf">, request: FastifyRequest): Promise<void> {
  const token = BEARER.exec(request.headers.authorization ?? "")?.[1];
  if (token === undefined || token.length > MAX_API_TOKEN) throw refused("no operator's token came with the request");
  const operator = await service.operatorOf(token);
  if (operator === undefined) throw refused("this node knows no operator with that token");
  request.operator = operator;
}

function refused(message: string): ApiError {
  return new ApiError("UNAUTHORISED", message, "name your token file with --token-file or ENTENTE_TOKEN_FILE");
}

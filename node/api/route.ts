import type { FastifyInstance } from "fastify";
import type { NodeService } from "../service.ts";
import type { Failure } from "./failure.ts";

export type RouteContext = {
  readonly service: NodeService;
  readonly stop: () => void;
  readonly toFailure: (error: unknown) => Failure;
};

/** Adds the routes of one area. */
export type RegisterRoutes = (api: FastifyInstance, context: RouteContext) => void;

import { z } from "zod";
import { read } from "../read.ts";
import type { RegisterRoutes } from "../route.ts";

const SETTLE = z.strictObject({ decision: z.enum(["alone", "take-back", "fork"]) });

export const nodeRoutes: RegisterRoutes = (api, { service, stop }) => {
  api.get("/v1/status", () => service.status());

  api.get("/v1/metrics", async (_request, reply) =>
    reply.type("text/plain; version=0.0.4; charset=utf-8").send(await service.metrics()),
  );

  api.post("/v1/settle", (request) => service.settle(read(SETTLE, request.body).decision, request.operator));

  api.post("/v1/stop", (_request, reply) => {
    // Stopping closes this very connection: first the answer.
    reply.raw.once("close", stop);
    return reply.code(202).send({ stopping: true });
  });
};

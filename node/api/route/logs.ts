import { progressLines, sendLines } from "../lines.ts";
import type { RegisterRoutes } from "../route.ts";

type OneLog = { Params: { log: string } };

export const logRoutes: RegisterRoutes = (api, { service, toFailure }) => {
  api.get("/v1/logs", () => service.logs());

  api.post<OneLog>("/v1/logs/:log/completeness", (request, reply) =>
    sendLines(
      reply,
      progressLines((onProgress) => service.completeness(request.params.log, onProgress)),
      toFailure,
    ),
  );

  api.post<OneLog>("/v1/logs/:log/verify", (request, reply) =>
    sendLines(
      reply,
      progressLines((onProgress) => service.verifyLog(request.params.log, onProgress)),
      toFailure,
    ),
  );
};

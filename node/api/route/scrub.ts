import { progressLines, sendLines } from "../lines.ts";
import type { RegisterRoutes } from "../route.ts";

export const scrubRoutes: RegisterRoutes = (api, { service, toFailure }) => {
  api.post("/v1/scrub", (_request, reply) =>
    sendLines(
      reply,
      progressLines((onProgress) => service.scrub(onProgress)),
      toFailure,
    ),
  );
};

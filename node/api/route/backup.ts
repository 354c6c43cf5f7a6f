import { z } from "zod";
import { MAX_API_PATH } from "../../limits.ts";
import { progressLines, sendLines } from "../lines.ts";
import { read } from "../read.ts";
import type { RegisterRoutes } from "../route.ts";

const BACKUP = z.strictObject({ directory: z.string().max(MAX_API_PATH).startsWith("/", "not an absolute path") });

export const backupRoutes: RegisterRoutes = (api, { service, toFailure }) => {
  api.post("/v1/backup", (request, reply) => {
    const { directory } = read(BACKUP, request.body);
    return sendLines(
      reply,
      progressLines((onProgress) => service.backUp(directory, onProgress)),
      toFailure,
    );
  });
};

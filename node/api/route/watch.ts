import { z } from "zod";
import { WATCH_LOGS_MAX } from "../../limits.ts";
import { LANGUAGE, read } from "../read.ts";
import type { RegisterRoutes } from "../route.ts";

const WATCH = z.strictObject({
  cursor: z
    .record(z.string().max(96), z.int().min(0))
    .refine((cursor) => Object.keys(cursor).length <= WATCH_LOGS_MAX, "names too many logs")
    .nullable(),
  lang: LANGUAGE.optional(),
});

export const watchRoutes: RegisterRoutes = (api, { service }) => {
  api.post("/v1/watch", (request) => service.watch(read(WATCH, request.body)));
};

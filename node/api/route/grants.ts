import { z } from "zod";
import { MAX_AUDIENCE_MEMBERS } from "../../../protocol/limits.ts";
import { read } from "../read.ts";
import type { RegisterRoutes } from "../route.ts";

const GRANT = z.strictObject({
  to: z.array(z.string().max(64)).max(MAX_AUDIENCE_MEMBERS),
  like: z.string().max(64),
  approved: z.boolean(),
  preview: z.boolean(),
});

export const grantRoutes: RegisterRoutes = (api, { service }) => {
  api.post("/v1/grants", (request) => service.grant(read(GRANT, request.body), request.operator));
};

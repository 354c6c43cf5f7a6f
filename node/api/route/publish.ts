import { z } from "zod";
import { MAX_API_KEYS } from "../../limits.ts";
import type { PublishInput } from "../../service.ts";
import { read } from "../read.ts";
import type { RegisterRoutes } from "../route.ts";

// What the fields mean, and how long lists may be, the service judges: here only their shape.
const NAMES = z.array(z.string());
const PART = z.strictObject({ kind: z.string(), to: NAMES.exactOptional(), staged: z.string() });
const KEY = z.strictObject({ key: z.string(), digest: z.string(), replaces: z.string().exactOptional() });
const PUBLISH: z.ZodType<PublishInput> = z.strictObject({
  type: z.string(),
  version: z.int(),
  body: z.unknown(),
  refs: NAMES,
  to: NAMES,
  parts: z.array(PART),
  grounds: z.array(z.string()).exactOptional(),
  key: KEY.exactOptional(),
});
const KEYS = z.strictObject({ keys: z.array(z.string()).max(MAX_API_KEYS) });

export const publishRoutes: RegisterRoutes = (api, { service }) => {
  api.post("/v1/entries", (request) => service.publish(read(PUBLISH, request.body), request.operator));

  api.post("/v1/entries/preview", (request) => service.preview(read(PUBLISH, request.body)));

  api.post("/v1/keys", (request) => service.keyState(read(KEYS, request.body).keys));
};

import { z } from "zod";
import { MAX_API_LIST } from "../../limits.ts";
import { LANGUAGE, read } from "../read.ts";
import type { RegisterRoutes } from "../route.ts";

const LIST = z.strictObject({
  log: z.string().exactOptional(),
  type: z.string().exactOptional(),
  limit: z.coerce.number().int().min(1).max(MAX_API_LIST),
  before: z.string().exactOptional(),
  lang: LANGUAGE.exactOptional(),
});

const ONE = z.strictObject({ lang: LANGUAGE.exactOptional() });

const DELIVERY = z.strictObject({ to: z.string() });

type OneEntry = { Params: { entry: string } };

export const entryRoutes: RegisterRoutes = (api, { service }) => {
  api.get("/v1/entries", (request) => service.list(read(LIST, request.query)));

  api.get<OneEntry>("/v1/entries/:entry", (request) =>
    service.show(request.params.entry, read(ONE, request.query).lang),
  );

  api.get<OneEntry>("/v1/entries/:entry/delivery", (request) =>
    service.explain(request.params.entry, read(DELIVERY, request.query).to),
  );

  api.get<OneEntry>("/v1/entries/:entry/thread", (request) =>
    service.thread(request.params.entry, read(ONE, request.query).lang),
  );
};

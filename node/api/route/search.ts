import { z } from "zod";
import { SEARCH_RESULTS_MAX } from "../../limits.ts";
import { LANGUAGE, read } from "../read.ts";
import type { RegisterRoutes } from "../route.ts";

const LIMIT = z.coerce.number().int().min(1).max(SEARCH_RESULTS_MAX);

const SEARCH = z.strictObject({
  q: z.string().default(""),
  type: z.string().exactOptional(),
  from: z.string().exactOptional(),
  // One that stands once in a query is no list.
  kind: z.union([z.string().transform((one) => [one]), z.array(z.string())]).default([]),
  limit: LIMIT,
  lang: LANGUAGE.exactOptional(),
});

const RELATED = z.strictObject({ limit: LIMIT, lang: LANGUAGE.exactOptional() });

export const searchRoutes: RegisterRoutes = (api, { service }) => {
  api.get("/v1/search", (request) => service.search(read(SEARCH, request.query)));

  api.get<{ Params: { entry: string } }>("/v1/entries/:entry/related", (request) =>
    service.related(request.params.entry, read(RELATED, request.query)),
  );
};

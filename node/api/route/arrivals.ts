import { z } from "zod";
import { MAX_API_LIST } from "../../limits.ts";
import { LANGUAGE, read } from "../read.ts";
import type { RegisterRoutes } from "../route.ts";

const SEEN = z.strictObject({
  after: z.array(z.string()).max(MAX_API_LIST).exactOptional(),
  lang: LANGUAGE.exactOptional(),
});

export const arrivalRoutes: RegisterRoutes = (api, { service }) => {
  api.post("/v1/arrivals", (request, reply) => {
    // Who went away waits no longer.
    const gone = new AbortController();
    reply.raw.once("close", () => gone.abort());
    return service.arrivals(read(SEEN, request.body), gone.signal);
  });
};

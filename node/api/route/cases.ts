import { z } from "zod";
import { MAX_API_LIST } from "../../limits.ts";
import { progressLines, sendLines } from "../lines.ts";
import { LANGUAGE, read } from "../read.ts";
import type { RegisterRoutes } from "../route.ts";

const LIST = z.strictObject({
  status: z.enum(["open", "closed", "withdrawn"]).exactOptional(),
  mine: z
    .enum(["true", "false"])
    .default("false")
    .transform((text) => text === "true"),
  limit: z.coerce.number().int().min(1).max(MAX_API_LIST),
  lang: LANGUAGE.exactOptional(),
});

const DAY = z.string().regex(/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/, "not a day such as 2026-03-09");
const PERIOD = z.strictObject({ from: DAY.exactOptional(), until: DAY.exactOptional() });
const ONE = z.strictObject({ lang: LANGUAGE.exactOptional() });

const WITH = z.strictObject({ with: z.string() });

type OneCase = { Params: { entry: string } };

export const caseRoutes: RegisterRoutes = (api, { service, toFailure }) => {
  api.get("/v1/cases", (request) => service.cases(read(LIST, request.query)));

  api.post("/v1/indicators", (request, reply) =>
    sendLines(
      reply,
      progressLines((onProgress) => service.indicators(read(PERIOD, request.body), onProgress)),
      toFailure,
    ),
  );

  api.get<OneCase>("/v1/cases/:entry", (request) =>
    service.caseOf(request.params.entry, read(ONE, request.query).lang),
  );

  api.get<OneCase>("/v1/cases/:entry/digest", (request) =>
    service.caseDigest(request.params.entry, read(WITH, request.query).with),
  );
};

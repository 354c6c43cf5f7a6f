import { z } from "zod";
import { MAX_API_REASON } from "../../limits.ts";
import { read } from "../read.ts";
import type { RegisterRoutes } from "../route.ts";

const DECISION = z.strictObject({
  decision: z.enum(["resume", "hold"]),
  why: z.string().trim().min(1, "says nothing").max(MAX_API_REASON),
});

type OneFile = { Params: { digest: string } };

export const evidenceRoutes: RegisterRoutes = (api, { service }) => {
  api.get("/v1/evidence", () => service.evidence());

  api.get<OneFile>("/v1/evidence/:digest", (request) => service.evidenceOf(request.params.digest));

  api.get<OneFile>("/v1/evidence/:digest/file", async (request, reply) => {
    const file = await service.evidenceFile(request.params.digest);
    return reply.header("content-type", "application/octet-stream").send(Buffer.from(file));
  });

  api.post<OneFile>("/v1/evidence/:digest/decision", (request) =>
    service.decideEvidence(request.params.digest, read(DECISION, request.body), request.operator),
  );
};

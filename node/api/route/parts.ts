import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { MAX_API_PART_LENGTH } from "../../limits.ts";
import { ApiError } from "../api-error.ts";
import { progressLines, sendLines } from "../lines.ts";
import { read } from "../read.ts";
import type { RegisterRoutes } from "../route.ts";
import { PART_NUMBER, sendPart } from "../send-part.ts";

const STAGE = z.strictObject({ name: z.string().max(255), type: z.string().max(127) });

type OnePart = { Params: { entry: string; part: string } };

export const partRoutes: RegisterRoutes = (api, { service, toFailure }) => {
  api.post("/v1/parts", (request) => {
    const { name, type } = read(STAGE, request.query);
    // The connection outlives a refusal, so that its reason reaches the client.
    const content: AsyncIterable<Uint8Array> = request.raw.iterator({ destroyOnReturn: false });
    return service.stage({ name, type, length: declaredLength(request) }, content);
  });

  api.get<OnePart>("/v1/entries/:entry/parts/:part", async (request, reply) => {
    const part = await service.readPart(request.params.entry, read(PART_NUMBER, request.params.part));
    return sendPart(reply, part);
  });

  api.post<OnePart>("/v1/entries/:entry/parts/:part/fetch", (request, reply) => {
    const { entry, part } = request.params;
    const number = read(PART_NUMBER, part);
    return sendLines(
      reply,
      progressLines((onProgress) => service.fetchPart(entry, number, onProgress)),
      toFailure,
    );
  });
};

/** What arrives is then exactly as long: HTTP sees to that. */
function declaredLength({ headers }: FastifyRequest): number {
  const length = headers["content-length"];
  if (length === undefined) throw new ApiError("LENGTH_REQUIRED", "a part needs a content-length");
  if (Number(length) > MAX_API_PART_LENGTH)
    throw new ApiError("BODY_TOO_LARGE", `a part has at most ${MAX_API_PART_LENGTH} bytes`);
  return Number(length);
}

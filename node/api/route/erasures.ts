import { z } from "zod";
import { MAX_RECORD_PARTS } from "../../../protocol/limits.ts";
import { ERASURE_GROUND, RETENTION_RULES } from "../../../protocol/policy/retention.ts";
import { ERASE_AT_ONCE_MAX, MAX_API_PATH_ELEMENT, MAX_API_REASON } from "../../limits.ts";
import { progressLines, sendLines } from "../lines.ts";
import { read } from "../read.ts";
import type { RegisterRoutes } from "../route.ts";
import { PART_NUMBER, sendPart } from "../send-part.ts";

const ENTRY = z.string().max(MAX_API_PATH_ELEMENT);

const ERASE = z.strictObject({
  targets: z
    .array(
      z.strictObject({
        entry: ENTRY,
        parts: z
          .array(
            z
              .int()
              .min(0)
              .max(MAX_RECORD_PARTS - 1),
          )
          .min(1)
          .max(MAX_RECORD_PARTS)
          .optional(),
      }),
    )
    .min(1)
    .max(ERASE_AT_ONCE_MAX),
  ground: ERASURE_GROUND,
  approved: z.boolean(),
  preview: z.boolean(),
});

const RETAIN = z.strictObject({
  rules: RETENTION_RULES,
  asOf: z.iso.date(),
  approved: z.boolean(),
  preview: z.boolean(),
});

const HOLD = z.strictObject({ reason: z.string().trim().min(1, "says nothing").max(MAX_API_REASON) });

type OneEntry = { Params: { entry: string } };
type OnePart = { Params: { entry: string; part: string } };

export const erasureRoutes: RegisterRoutes = (api, { service, toFailure }) => {
  api.get("/v1/erasures", () => service.erasures());
  api.post("/v1/erasures", (request) => service.erase(read(ERASE, request.body), request.operator));
  api.post("/v1/retention", (request, reply) => {
    const input = read(RETAIN, request.body);
    return sendLines(
      reply,
      progressLines((onProgress) => service.retain(input, request.operator, onProgress)),
      toFailure,
    );
  });
  api.get("/v1/holds", () => service.holds());
  api.put<OneEntry>("/v1/holds/:entry", (request) =>
    service.addHold(request.params.entry, read(HOLD, request.body).reason, request.operator),
  );
  api.delete<OneEntry>("/v1/holds/:entry", async (request) => {
    await service.removeHold(request.params.entry, request.operator);
    return {};
  });
  api.get<OnePart>("/v1/holds/:entry/parts/:part", async (request, reply) => {
    const part = await service.readHeldPart(request.params.entry, read(PART_NUMBER, request.params.part));
    return sendPart(reply, part);
  });
};

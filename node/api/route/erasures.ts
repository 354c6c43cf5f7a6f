import { Readable } from "node:stream";
import { z } from "zod";
import { MAX_RECORD_PARTS } from "../../../protocol/limits.ts";
import { ERASE_AT_ONCE_MAX, MAX_API_PATH_ELEMENT, MAX_API_REASON, RETENTION_RULES_MAX } from "../../limits.ts";
import { progressLines, sendLines } from "../lines.ts";
import { read } from "../read.ts";
import type { RegisterRoutes } from "../route.ts";

const PART_NUMBER = z.coerce
  .number()
  .int()
  .min(0)
  .max(MAX_RECORD_PARTS - 1);

const ENTRY = z.string().max(MAX_API_PATH_ELEMENT);
const GROUND = z.string().regex(/^[a-z0-9-]{1,64}$/, "not a word of lower-case letters, digits and dashes");

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
  ground: GROUND,
  approved: z.boolean(),
  preview: z.boolean(),
});

/** Three hundred years, in the smallest unit. */
const LONGEST = 110_000;
const SPAN = z.int().min(0).max(LONGEST).optional();

const RETAIN = z.strictObject({
  rules: z
    .array(
      z.strictObject({
        section: z.string().min(1).max(64),
        types: z.array(z.string().min(1).max(64)).min(1).max(64).optional(),
        ground: GROUND,
        from: z.enum(["published", "closed"]),
        keep: z
          .strictObject({ years: SPAN, months: SPAN, days: SPAN })
          .refine(({ years = 0, months = 0, days = 0 }) => years + months + days > 0, "less than a day"),
      }),
    )
    .min(1)
    .max(RETENTION_RULES_MAX),
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
    reply.header("content-type", part.type).header("content-length", part.length);
    // Percent-encoded: a header carries no UTF-8.
    reply.header("entente-part-name", encodeURIComponent(part.name));
    return reply.send(Readable.from(part.content, { objectMode: false }));
  });
};

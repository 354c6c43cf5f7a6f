import { z } from "zod";
import { proofLines, sendLines } from "../lines.ts";
import { read } from "../read.ts";
import type { RegisterRoutes } from "../route.ts";

/** `0,2` are those parts, the empty text is none; left out, all that are held. */
const ENTRY_PROOF = z.strictObject({
  parts: z
    .string()
    .regex(/^(?:\d{1,2}(?:,\d{1,2})*)?$/, "numbers joined by commas")
    .exactOptional(),
});
const LOG_PROOF = z.strictObject({ parts: z.enum(["all", "none"]) });

export const proofRoutes: RegisterRoutes = (api, { service, toFailure }) => {
  api.get<{ Params: { entry: string } }>("/v1/entries/:entry/proof", (request, reply) => {
    const { parts } = read(ENTRY_PROOF, request.query);
    return sendLines(reply, proofLines(service.proveEntry(request.params.entry, toNumbers(parts))), toFailure);
  });

  api.get<{ Params: { log: string } }>("/v1/logs/:log/proof", (request, reply) => {
    const { parts } = read(LOG_PROOF, request.query);
    return sendLines(reply, proofLines(service.proveLog(request.params.log, parts === "all")), toFailure);
  });
};

function toNumbers(parts: string | undefined): readonly number[] | null {
  if (parts === undefined) return null;
  return parts === "" ? [] : parts.split(",").map(Number);
}

import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import { z } from "zod";
import { MAX_RECORD_PARTS } from "../../protocol/limits.ts";
import type { PartContent } from "../part-store.ts";

/** Of a record, in a path or a body. */
export const PART_NUMBER = z.coerce
  .number()
  .int()
  .min(0)
  .max(MAX_RECORD_PARTS - 1);

/** What is in a part, with its name and media type in the head. */
export function sendPart(reply: FastifyReply, { name, type, length, content }: PartContent): FastifyReply {
  reply.header("content-type", type).header("content-length", length);
  // Percent-encoded: a header carries no UTF-8.
  reply.header("entente-part-name", encodeURIComponent(name));
  return reply.send(Readable.from(content, { objectMode: false }));
}

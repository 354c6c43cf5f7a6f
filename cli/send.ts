import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import type { Published, PublishInput } from "../node/service.ts";
import { CliError } from "./cli-error.ts";
import type { LocalClient } from "./local-client.ts";
import type { Outgoing, OutgoingPart } from "./outgoing.ts";
import type { ProgressLine } from "./progress.ts";
import { checkRecord } from "./record-check.ts";
import { readersLines } from "./show/readers.ts";

/** What became of a record, and what a person was warned of before. */
export type Sent = Published & { readonly warnings: readonly string[] };

/** What is shown before a record is sent: who will read which section and why, and what to be warned of. */
export type BeforeSending = { readonly readers: readonly string[]; readonly warnings: readonly string[] };

/**
 * Sends the files, then the record, and shows between the two who will read it, in `language`. The key makes it harmless to do that again after an answer
 * that was lost.
 */
export async function send(
  client: LocalClient,
  outgoing: Outgoing,
  progress: ProgressLine,
  language: string,
  show: (before: BeforeSending) => void,
): Promise<Sent> {
  const input = await stageAll(client, outgoing, progress);
  const preview = await client.preview(input);
  const warnings = [...checkRecord(outgoing), ...preview.warnings];
  show({ readers: readersLines(preview, language), warnings });
  return { ...(await client.publish(input)), warnings };
}

/** The files are at the node, and unpublished: what it returns may be published or previewed. */
export async function stageAll(client: LocalClient, outgoing: Outgoing, progress: ProgressLine): Promise<PublishInput> {
  const { type, version, body, refs, to, grounds, key } = outgoing;
  const total = outgoing.parts.reduce((sum, part) => sum + part.length, 0);
  let done = 0;
  const parts: PublishInput["parts"][number][] = [];
  // One after the other: the disk at the far end is one.
  for (const part of outgoing.parts) {
    const content = Readable.from(
      read(part, (bytes) => progress.update({ done: (done += bytes), total, what: "bytes" })),
      { objectMode: false },
    );
    const { staged } = await client.stage({ name: part.name, type: part.type, length: part.length }, content);
    parts.push({ kind: part.kind, staged, ...(part.to === undefined ? {} : { to: part.to }) });
  }
  return { type, version, body, refs, to, parts, ...(grounds === undefined ? {} : { grounds }), key };
}

/** Exactly as many bytes as were announced: a file may change between the two. */
async function* read({ path, length }: OutgoingPart, onBytes: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const piece of createReadStream(path)) {
    size += piece.length;
    if (size > length) break;
    onBytes(piece.length);
    yield piece;
  }
  if (size !== length) throw new CliError("FILE", `${path} changed while it was read`, "publish it again");
}

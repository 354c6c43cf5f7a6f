import { randomBytes } from "node:crypto";
import { partDigest } from "../../protocol/part-digest.ts";
import { formatPart } from "../../protocol/part.ts";
import { sha256 } from "../../keys/sha256.ts";
import type { EntryDraft } from "../../node/own-log.ts";
import type { Authority } from "../simulation/authority.ts";
import type { InProcessNode } from "./in-process-node.ts";

/** As many as share a commit. */
const BATCH = 1024;
/** Content of a record: with what is around it, about what an alert takes. */
const RECORD_BYTES = 400;

/** Years of records in a node's own log, addressed to `readers`: what somebody who comes late takes. */
export async function fillLog(node: InProcessNode, count: number, readers: readonly Authority[]): Promise<void> {
  const { ownAudiences, ownLog } = node.core;
  const members = readers.map(({ chain, keys }) => ({ id: chain.id, memberKey: keys.members[0].publicKey }));
  const audience = await ownAudiences.ensure(members);
  for (let left = count; left > 0; left -= BATCH) {
    const drafts = Array.from({ length: Math.min(left, BATCH) }, () => draft(node.authority, audience));
    await ownLog.append(drafts);
  }
}

/** Nobody on the way looks into a record, so that it may say anything. */
function draft({ chain }: Authority, audience: number): EntryDraft {
  const [content, salt] = [random(RECORD_BYTES), random(32)];
  const bytes = formatPart({ ownerId: chain.id, salt, name: "", type: "application/octet-stream", content });
  const parts = [{ audience, digest: partDigest(sha256, bytes), size: bytes.length }];
  return { leaf: (time) => ({ kind: "record", time, parts }), parts: [{ part: 0, bytes }], extra: () => [] };
}

function random(length: number): Uint8Array {
  return new Uint8Array(randomBytes(length));
}

import { copyFile, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { CborMap } from "../protocol/cbor.ts";
import { isMap } from "../protocol/record/body.ts";
import { parseJson } from "../protocol/record/json.ts";
import { CliError } from "./cli-error.ts";
import { DRAFT_ID, draftId, draftsDir, syncDirectory, writeAndSync } from "./draft-files.ts";
import { fileError, fsCode } from "./fs-error.ts";
import type { Outgoing, OutgoingPart } from "./outgoing.ts";

/** A record that is kept until the node has taken it (docs/spec/cli.md). */
export type Draft = {
  readonly id: string;
  readonly createdAt: string;
  readonly outgoing: Outgoing;
};

const SCHEMA = "entente/draft/1";
const FILE = "draft.json";

const PART = z.strictObject({
  file: z.string().regex(/^part-\d{1,2}$/),
  kind: z.string(),
  to: z.array(z.string()).exactOptional(),
  name: z.string(),
  type: z.string(),
  length: z.int(),
});
const DRAFT = z.strictObject({
  schema: z.literal(SCHEMA),
  createdAt: z.string(),
  type: z.string(),
  version: z.int(),
  body: z.unknown(),
  refs: z.array(z.string()),
  to: z.array(z.string()),
  parts: z.array(PART),
  grounds: z.array(z.string()).exactOptional(),
  key: z.strictObject({ key: z.string(), digest: z.string() }),
});

/** Copies the record and its files. When it resolves, the draft survives a power cut; until then there is none. */
export async function saveDraft(dataDir: string, outgoing: Outgoing, now: Date): Promise<Draft> {
  const createdAt = now.toISOString();
  const id = draftId(now);
  const drafts = draftsDir(dataDir);
  // The dot keeps it out of the list.
  const unfinished = join(drafts, `.${id}`);
  await mkdir(unfinished, { recursive: true, mode: 0o700 }).catch(fileError(drafts));
  try {
    const copies = outgoing.parts.map((part, i) => ({ part, file: `part-${i + 1}` }));
    for (const { part, file } of copies) await copyAndSync(part, join(unfinished, file)).catch(fileError(part.path));
    const parts = copies.map(({ part: { path: _path, ...part }, file }) => ({ file, ...part }));
    await writeAndSync(
      join(unfinished, FILE),
      JSON.stringify({ schema: SCHEMA, createdAt, ...outgoing, parts }, null, 2),
    );
    await syncDirectory(unfinished);
    await rename(unfinished, join(drafts, id));
    await syncDirectory(drafts);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    return fileError(drafts)(error);
  }
  return await readDraft(dataDir, id);
}

/** Oldest first. */
export async function listDrafts(dataDir: string): Promise<readonly Draft[]> {
  const names = await readdir(draftsDir(dataDir)).catch((error: unknown) => {
    if (fsCode(error) === "ENOENT") return [];
    return fileError(draftsDir(dataDir))(error);
  });
  const ids = names.filter((name) => DRAFT_ID.test(name)).sort();
  return await Promise.all(ids.map((id) => readDraft(dataDir, id)));
}

/** Throws `NOT_FOUND`, and `FILE` for what somebody changed by hand. */
export async function readDraft(dataDir: string, id: string): Promise<Draft> {
  const dir = draftDir(dataDir, id);
  const text = await readFile(join(dir, FILE), "utf8").catch(() => {
    throw new CliError("NOT_FOUND", `there is no draft ${id}`, "entente draft list");
  });
  const draft = DRAFT.safeParse(parse(text));
  if (!draft.success) throw new CliError("FILE", `${join(dir, FILE)} is no draft`, `entente draft remove ${id}`);
  const { schema: _schema, createdAt, body, parts, ...rest } = draft.data;
  const outgoing = {
    ...rest,
    body: asMap(body),
    parts: parts.map(({ file, ...part }) => ({ ...part, path: join(dir, file) })),
  };
  return { id, createdAt, outgoing };
}

/** Only once the node has taken it, or its author does not want it any more. */
export async function removeDraft(dataDir: string, id: string): Promise<void> {
  const dir = draftDir(dataDir, id);
  // First out of the list, whole.
  const removed = join(draftsDir(dataDir), `.${id}`);
  await rename(dir, removed).catch(() => {
    throw new CliError("NOT_FOUND", `there is no draft ${id}`, "entente draft list");
  });
  await rm(removed, { recursive: true, force: true });
}

/** An id comes from a command line: it must not lead elsewhere. */
function draftDir(dataDir: string, id: string): string {
  if (!DRAFT_ID.test(id)) throw new CliError("NOT_FOUND", `there is no draft ${id}`, "entente draft list");
  return join(draftsDir(dataDir), id);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function asMap(body: unknown): CborMap {
  const value = parseJson(JSON.stringify(body));
  if (!isMap(value)) throw new CliError("FILE", "the body of the draft is no object");
  return value;
}

async function copyAndSync({ path, length }: OutgoingPart, to: string): Promise<void> {
  await copyFile(path, to);
  await using handle = await open(to, "r+");
  if ((await handle.stat()).size !== length)
    throw new CliError("FILE", `${path} changed while it was read`, "publish it again");
  await handle.chmod(0o600);
  await handle.sync();
}

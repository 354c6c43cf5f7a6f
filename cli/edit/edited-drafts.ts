import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { CliError } from "../cli-error.ts";
import { DRAFT_ID, draftId, draftsDir, syncDirectory, writeAndSync } from "../draft-files.ts";
import { fileError, fsCode } from "../fs-error.ts";

/** A record that somebody is writing: a text that need not be a record yet (docs/spec/cli.md). */
export type EditedDraft = EditedInit & {
  readonly id: string;
  readonly createdAt: string;
  /** The file that the editor opens. */
  readonly path: string;
};

/** With what it began, as the command line said it. */
export type EditedInit = {
  /** Type of the template, path of the file or id of the draft from which it was made. */
  readonly from: string;
  /** A draft whose files it takes over, and which goes when it is published. */
  readonly draft?: string;
  readonly to: readonly string[];
  readonly refs: readonly string[];
  /** Paths from the root. */
  readonly parts: readonly { readonly kind: string; readonly path: string; readonly to?: readonly string[] }[];
  readonly grounds?: readonly string[];
};

const SCHEMA = "entente/edited-draft/1";
const SUFFIX = ".edit";
const TEXT = "record.jsonc";
const FILE = "edited.json";

const EDITED = z.strictObject({
  schema: z.literal(SCHEMA),
  createdAt: z.string(),
  from: z.string(),
  draft: z.string().regex(DRAFT_ID).exactOptional(),
  to: z.array(z.string()),
  refs: z.array(z.string()),
  parts: z.array(z.strictObject({ kind: z.string(), path: z.string(), to: z.array(z.string()).exactOptional() })),
  grounds: z.array(z.string()).exactOptional(),
});

/** When it resolves it is on the disk, whole; until then there is none. */
export async function saveEdited(dataDir: string, text: string, init: EditedInit, now: Date): Promise<EditedDraft> {
  const id = draftId(now);
  const drafts = draftsDir(dataDir);
  // The dot keeps it out of the list.
  const unfinished = join(drafts, `.${id}${SUFFIX}`);
  try {
    await mkdir(unfinished, { recursive: true, mode: 0o700 });
    await writeAndSync(join(unfinished, TEXT), text);
    await writeAndSync(
      join(unfinished, FILE),
      JSON.stringify({ schema: SCHEMA, createdAt: now.toISOString(), ...init }, null, 2),
    );
    await syncDirectory(unfinished);
    await rename(unfinished, editedDir(dataDir, id));
    await syncDirectory(drafts);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    return fileError(drafts)(error);
  }
  return await readEdited(dataDir, id);
}

/** Oldest first. */
export async function listEdited(dataDir: string): Promise<readonly EditedDraft[]> {
  const names = await readdir(draftsDir(dataDir)).catch((error: unknown) => {
    if (fsCode(error) === "ENOENT") return [];
    return fileError(draftsDir(dataDir))(error);
  });
  const ids = names.filter((name) => name.endsWith(SUFFIX)).map((name) => name.slice(0, -SUFFIX.length));
  return await Promise.all(
    ids
      .filter((id) => DRAFT_ID.test(id))
      .sort()
      .map((id) => readEdited(dataDir, id)),
  );
}

export async function isEdited(dataDir: string, id: string): Promise<boolean> {
  return DRAFT_ID.test(id) && (await readdir(editedDir(dataDir, id)).catch((): string[] => [])).includes(FILE);
}

/** Throws `NOT_FOUND`, and `FILE` for what somebody changed by hand. */
export async function readEdited(dataDir: string, id: string): Promise<EditedDraft> {
  if (!(await isEdited(dataDir, id))) throw new CliError("NOT_FOUND", `there is no draft ${id}`, "entente draft list");
  const dir = editedDir(dataDir, id);
  const edited = EDITED.safeParse(parse(await readFile(join(dir, FILE), "utf8")));
  if (!edited.success) throw new CliError("FILE", `${join(dir, FILE)} is no draft`, `entente draft remove ${id}`);
  const { schema: _schema, ...rest } = edited.data;
  return { ...rest, id, path: join(dir, TEXT) };
}

/** The text, or what an editor left of it. */
export async function writeText({ path }: EditedDraft, text: string): Promise<void> {
  const unfinished = `${path}.${randomBytes(4).toString("hex")}`;
  await writeAndSync(unfinished, text).catch(fileError(path));
  await rename(unfinished, path);
}

export async function removeEdited(dataDir: string, id: string): Promise<void> {
  const removed = join(draftsDir(dataDir), `.${id}${SUFFIX}`);
  await rename(editedDir(dataDir, id), removed);
  await rm(removed, { recursive: true, force: true });
}

function editedDir(dataDir: string, id: string): string {
  return join(draftsDir(dataDir), `${id}${SUFFIX}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

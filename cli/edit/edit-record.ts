import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { CliError } from "../cli-error.ts";
import type { Context } from "../context.ts";
import { idLookup } from "../desk/ids.ts";
import type { IdOf } from "../named-authorities.ts";
import { DRAFT_ID } from "../draft-files.ts";
import { type Draft, readDraft, removeDraft } from "../drafts.ts";
import type { ExitCode } from "../exit-code.ts";
import { fileError } from "../fs-error.ts";
import { MAX_RECORD_FILE } from "../limits.ts";
import { type Outgoing, prepareOutgoing } from "../outgoing.ts";
import type { PartOption } from "../part-option.ts";
import { readTextFile } from "../read-file.ts";
import { RECORD_TYPE_NAMES } from "../record-example.ts";
import {
  type EditedDraft,
  type EditedInit,
  isEdited,
  readEdited,
  removeEdited,
  saveEdited,
  writeText,
} from "./edited-drafts.ts";
import { type Fault, faultsOf } from "./faults.ts";
import { faultLine, isTextFault } from "./fault-line.ts";
import { withFault, withoutFaults, withoutNotes } from "./notes.ts";
import { runEditor } from "./run-editor.ts";
import { recordTemplate, recordText } from "./template.ts";

/** What the command line says beside the text; what it leaves out a draft may have. */
export type EditOptions = {
  readonly to: readonly string[];
  readonly refs: readonly string[];
  readonly parts: readonly PartOption[];
  readonly grounds: readonly string[];
};

/**
 * Lets a person write a record in an editor: from the template of a type, from a file, or from a draft. A text that is no
 * record is opened again, what is wrong on the line above. Until `publish` has returned it stays a draft; nothing is
 * published where nothing was changed. Throws `CliError`.
 */
export async function editRecord(
  context: Context,
  source: string,
  options: EditOptions,
  publish: (outgoing: Outgoing) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { world, dataDir, print } = context;
  // A Ctrl-C is for the editor.
  world.heedInterrupts();
  const edited = await begin(context, source, options);
  const outgoing = await write(edited, options, { dataDir, idOf: idLookup(context) }, () =>
    runEditor(world, edited.path, print.isJson),
  );
  const code = await publish(outgoing).catch(async (error: unknown) => {
    if (!(error instanceof CliError)) throw error;
    // It is another draft now, as a record.
    if (error.data["draft"] !== undefined) await done(dataDir, edited);
    else throw new CliError(error.code, `${error.message}; ${keptAs(edited)}`, error.hint, { draft: edited.id });
    throw error;
  });
  await done(dataDir, edited);
  return code;
}

async function begin({ world, dataDir }: Context, source: string, options: EditOptions): Promise<EditedDraft> {
  if (await isEdited(dataDir, source)) return await readEdited(dataDir, source);
  const { text, from } = await sourceText(world, dataDir, source);
  const { to, refs } = options;
  const grounds = options.grounds.length > 0 ? options.grounds : from?.outgoing.grounds;
  const parts = options.parts.map((part) => ({ ...part, path: resolve(part.path) }));
  const init: EditedInit = {
    from: source,
    ...(from === undefined ? {} : { draft: from.id }),
    to: to.length > 0 ? to : (from?.outgoing.to ?? []),
    refs,
    parts,
    ...(grounds === undefined ? {} : { grounds }),
  };
  return await saveEdited(dataDir, text, init, new Date());
}

async function sourceText(
  world: Context["world"],
  dataDir: string,
  source: string,
): Promise<{ readonly text: string; readonly from?: Draft }> {
  const template = recordTemplate(source);
  if (template !== undefined) return { text: template };
  if (!DRAFT_ID.test(source)) return { text: await readSource(world, source) };
  const from = await readDraft(dataDir, source);
  const { type, version, refs, body } = from.outgoing;
  return { text: recordText({ type, version, refs, body }), from };
}

async function readSource(world: Context["world"], path: string): Promise<string> {
  return await readTextFile(world, path, MAX_RECORD_FILE).catch((error: unknown) => {
    if (!(error instanceof CliError) || error.code !== "NOT_FOUND") throw error;
    const hint = `types are ${RECORD_TYPE_NAMES.join(", ")}`;
    throw new CliError("NOT_FOUND", `there is no type, file or draft ${path}`, hint);
  });
}

type Around = { readonly dataDir: string; readonly idOf: IdOf };

/** Again and again, until it is a record. */
async function write(
  edited: EditedDraft,
  options: EditOptions,
  around: Around,
  edit: () => Promise<number | null>,
): Promise<Outgoing> {
  for (;;) {
    const before = await readText(edited);
    const code = await edit().catch((error: unknown) => {
      throw error instanceof CliError ? stopped(edited, error.message, error.hint) : error;
    });
    if (code !== 0) throw stopped(edited, `the editor ended with ${code === null ? "a signal" : `code ${code}`}`);
    const text = await readText(edited);
    if (withoutNotes(text).trim() === "") throw stopped(edited, "the file is empty");
    if (text === before) throw stopped(edited, "nothing was changed");
    try {
      return await prepare(edited, options, text, around);
    } catch (error) {
      if (!isTextFault(error)) throw error;
      const rest = withoutFaults(text);
      await writeText(edited, marked(rest, await faultsOf(rest, error, around.idOf)));
    }
  }
}

async function prepare(
  edited: EditedDraft,
  options: EditOptions,
  text: string,
  { dataDir, idOf }: Around,
): Promise<Outgoing> {
  const kept = edited.draft === undefined ? [] : (await readDraft(dataDir, edited.draft)).outgoing.parts;
  const grounds = options.grounds.length > 0 ? options.grounds : edited.grounds;
  return await prepareOutgoing({
    text,
    refs: options.refs.length > 0 ? options.refs : edited.refs,
    to: options.to.length > 0 ? options.to : edited.to,
    parts: options.parts.length > 0 ? options.parts : edited.parts,
    kept,
    ...(grounds === undefined ? {} : { grounds }),
    idOf,
  });
}

/** The text with what is wrong above the lines that it is about, or at its head. */
function marked(text: string, faults: readonly Fault[]): string {
  const marks = faults.map((fault) => {
    const hint = fault instanceof CliError && fault.hint !== null ? `\n${fault.hint}` : "";
    return { line: faultLine(text, fault) ?? 0, words: `${fault.message}${hint}` };
  });
  // From the end, so that the lines above keep their numbers.
  return marks
    .toSorted((a, b) => b.line - a.line)
    .reduce((rest, { line, words }) => withFault(rest, line, words), text);
}

async function readText({ path }: EditedDraft): Promise<string> {
  return await readFile(path, "utf8").catch(fileError(path));
}

async function done(dataDir: string, { id, draft }: EditedDraft): Promise<void> {
  await removeEdited(dataDir, id);
  if (draft !== undefined) await removeDraft(dataDir, draft);
}

function stopped(edited: EditedDraft, why: string, hint: string | null = null): CliError {
  const next = `entente publish --edit ${edited.id}`;
  return new CliError("REFUSED", `${why}: nothing was published, and ${keptAs(edited)}`, hint ?? next, {
    draft: edited.id,
  });
}

function keptAs({ id }: EditedDraft): string {
  return `the text is kept as draft ${id}`;
}

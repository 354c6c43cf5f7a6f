import { lstat, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { FormatError } from "../../protocol/format-error.ts";
import { CliError, type CliErrorCode } from "../cli-error.ts";
import { fileError, fsCode } from "../fs-error.ts";
import type { LocalClient } from "../local-client.ts";
import { safeJson, safeLine } from "../print-safe.ts";
import type { DropEvent } from "./drop-event.ts";
import { type DropFolders, openDropFolders } from "./drop-folders.ts";
import { type HeldDirectory, writeWhole } from "./held-directory.ts";
import { type Lying, Watched } from "./lying.ts";
import { removeLeftStaged, stageDropped } from "./staged.ts";
import { submit, type Submitted } from "./submit.ts";

export type IncomingInit = {
  readonly folder: string;
  readonly dataDir: string;
  /** Readers of what names none. */
  readonly to: readonly string[];
  /** Of what receipts say. */
  readonly language: string;
  readonly tell: (event: DropEvent) => void;
  /** Of something that stays where it is, once. */
  readonly note: (line: string) => void;
};

/** What is wrong with the node or the disk, not with the file: it waits. */
const NOT_ITS_FAULT: readonly CliErrorCode[] = ["NODE_DOWN", "DISK_LOW", "DISK_FULL", "UNAUTHORISED", "NO_SUCH_ROUTE"];

/** Bytes of a file's name that are kept in that of its place, which has a time before it and an ending after it. */
const KEPT_NAME = 160;

/**
 * Publishes what is dropped into a folder. Each file goes through `taking` under a name of its own, so that a process that
 * is ended at any moment goes on with it: what is published is known to the node by its content, hence published once.
 */
export class Incoming {
  readonly #init: IncomingInit;
  readonly #watched = new Watched();
  readonly #noted = new Set<string>();
  #isFirst = true;

  constructor(init: IncomingInit) {
    this.#init = init;
  }

  /** Publishes what is complete; whether more may be soon. Throws `CliError` for what has to be waited for. */
  async pass(client: LocalClient, interrupted: AbortSignal): Promise<boolean> {
    await using folders = await openDropFolders(this.#init.folder);
    if (this.#isFirst) await removeLeftStaged(this.#init.dataDir);
    this.#isFirst = false;
    const { taking } = folders;
    for (const slot of (await readdir(taking.path)).sort()) {
      if (interrupted.aborted) return false;
      await this.#publish(client, folders, slot, interrupted);
    }
    const lying = await this.#watched.look(folders.dropped, performance.now());
    this.#noteUnnamed(lying);
    for (const name of lying.complete) {
      if (interrupted.aborted) return false;
      await assertSigns(client);
      const slot = await this.#claim(folders, name);
      if (slot !== undefined) await this.#publish(client, folders, slot, interrupted);
    }
    return lying.isMore;
  }

  /** The name under which it is in `taking`; undefined where it is gone, or cannot be moved. */
  async #claim({ dropped, taking }: DropFolders, name: string): Promise<string | undefined> {
    const slot = `${new Date().toISOString().replaceAll(/[-:]/g, "")}-${fitting(name)}`;
    try {
      await rename(dropped.at(name), taking.at(slot));
      return slot;
    } catch (error) {
      if (fsCode(error) === "ENOENT") return undefined;
      this.#note(`${join(dropped.name, name)} cannot be moved (${fsCode(error) ?? "unknown"}), and is left there`);
      return undefined;
    }
  }

  async #publish(client: LocalClient, folders: DropFolders, slot: string, interrupted: AbortSignal): Promise<void> {
    const { taking, done, refused } = folders;
    const file = slot.slice(slot.indexOf("-") + 1);
    const outcome = await this.#outcome(client, taking, slot, file, interrupted);
    if (outcome === undefined) return;
    if (outcome instanceof CliError) {
      const lines = [outcome.message, ...(outcome.hint === null ? [] : [`hint: ${outcome.hint}`])];
      const reason = lines.flatMap((line) => line.split("\n")).map(safeLine);
      await writeWhole(refused, whyName(slot), `${[`${file} was not published`, ...reason].join("\n")}\n`);
      await rm(done.at(receiptName(slot)), { force: true });
      await move(taking, refused, slot);
      this.#init.tell({ event: "refused", file, stored: join("refused", slot), entries: [], reason: outcome.message });
      return;
    }
    const receipt = { schema: "entente/drop-receipt/1", file, at: new Date().toISOString(), ...outcome };
    await writeWhole(done, receiptName(slot), `${safeJson(receipt)}\n`);
    // A try before the process was ended may have gone otherwise.
    await rm(refused.at(whyName(slot)), { force: true });
    await move(taking, done, slot);
    this.#init.tell({ event: outcome.state, file, stored: join("done", slot), entries: outcome.entries, reason: null });
  }

  /** What became of it, or why it was refused; undefined: it is to be looked at again, or another process took it. */
  async #outcome(
    client: LocalClient,
    taking: HeldDirectory,
    slot: string,
    file: string,
    interrupted: AbortSignal,
  ): Promise<Submitted | CliError | undefined> {
    const { dataDir, to, language } = this.#init;
    let directory = "";
    try {
      await using staged = await stageDropped(dataDir, taking, slot, file);
      directory = staged.directory;
      return await submit({ client, staged, to, language, interrupted });
    } catch (error) {
      if (error instanceof CliError && NOT_ITS_FAULT.includes(error.code)) throw error;
      if (await isGone(taking.at(slot))) return undefined;
      return refusal(error, directory);
    }
  }

  #noteUnnamed({ unnamed }: Lying): void {
    for (const name of unnamed) this.#note(`${join(this.#init.folder, name)} is left there: its name is not UTF-8`);
  }

  #note(line: string): void {
    if (this.#noted.has(line)) return;
    this.#noted.add(line);
    this.#init.note(line);
  }
}

async function assertSigns(client: LocalClient): Promise<void> {
  const { signing } = await client.status();
  if (signing.state !== "ready")
    throw new CliError("REFUSED", `the node does not sign now (${signing.reason ?? signing.state})`, "entente status");
}

/** Into `to` under the same name, durably. Another process may have done so. */
async function move(from: HeldDirectory, to: HeldDirectory, slot: string): Promise<void> {
  await rename(from.at(slot), to.at(slot)).catch((error: unknown) => {
    if (fsCode(error) !== "ENOENT") fileError(join(to.name, slot))(error);
  });
  await to.sync();
  await from.sync();
}

function receiptName(slot: string): string {
  return `${slot}.receipt.json`;
}

function whyName(slot: string): string {
  return `${slot}.why.txt`;
}

/** Whole characters of a name, as many as fit. */
function fitting(name: string): string {
  let kept = "";
  for (const character of name) {
    if (Buffer.byteLength(kept + character) > KEPT_NAME) break;
    kept += character;
  }
  return kept;
}

/** For whoever dropped it: without the path of a copy that only the node knows. */
function refusal(error: unknown, directory: string): CliError {
  const known = error instanceof CliError ? error : undefined;
  const message = error instanceof Error ? error.message : String(error);
  const said = directory === "" ? message : message.replaceAll(`${directory}/`, "").replaceAll(directory, "it");
  if (known !== undefined) return new CliError(known.code, said, known.hint);
  return error instanceof FormatError
    ? new CliError("INVALID", said)
    : new CliError("INTERNAL", `unexpected error: ${said}`, "please report it");
}

async function isGone(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => false,
    (error: unknown) => fsCode(error) === "ENOENT",
  );
}

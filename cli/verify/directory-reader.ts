import { constants } from "node:fs";
import { lstat, open, readdir } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { ProofFileEntry, ProofReader } from "../../protocol/proof/proof-reader.ts";
import { CliError } from "../cli-error.ts";
import { fileError } from "../fs-error.ts";
import { MAX_PROOF_DEPTH, MAX_PROOF_FILES } from "../limits.ts";

/** A directory as verification reads it; `totalBytes` for those who show progress. */
export type DirectoryReader = ProofReader & { readonly totalBytes: number };

/** No link is followed and no pipe waited for, also should somebody put one there in the meantime. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Lists `root` now, and reads its files later; `onBytes` is told of what was read. Throws `NOT_FOUND` and `FILE`. */
export async function openDirectory(root: string, onBytes: (bytes: number) => void): Promise<DirectoryReader> {
  const files = new Map<string, ProofFileEntry>();
  const emptyDirectories: string[] = [];
  await list(root, "", 0, { files, emptyDirectories }).catch(fileError(root));
  const totalBytes = [...files.values()].reduce((sum, { size }) => sum + size, 0);
  const sizeOf = (path: string): number | undefined => {
    const entry = files.get(path);
    return entry?.isPlain === true ? entry.size : undefined;
  };
  return {
    files,
    emptyDirectories,
    totalBytes,
    async read(path, maxSize) {
      const size = sizeOf(path);
      if (size === undefined || size > maxSize) return undefined;
      await using handle = await openPlain(join(root, path));
      const bytes = await readExactly(handle, size, 0);
      onBytes(bytes.length);
      return bytes;
    },
    async *readPieces(path, pieceSize) {
      const size = sizeOf(path) ?? 0;
      await using handle = await openPlain(join(root, path));
      for (let at = 0; at < size; at += pieceSize) {
        const piece = await readExactly(handle, Math.min(pieceSize, size - at), at);
        onBytes(piece.length);
        yield piece;
      }
    },
  };
}

type Listing = { readonly files: Map<string, ProofFileEntry>; readonly emptyDirectories: string[] };

async function list(root: string, prefix: string, depth: number, listing: Listing): Promise<void> {
  if (depth > MAX_PROOF_DEPTH) throw new CliError("FILE", `${root} has folders in folders as no proof has`);
  const { files, emptyDirectories } = listing;
  const entries = await readdir(join(root, prefix), { withFileTypes: true });
  if (entries.length === 0 && prefix !== "") emptyDirectories.push(prefix.slice(0, -1));
  for (const entry of entries) {
    const path = `${prefix}${entry.name}`;
    if (entry.isDirectory()) {
      await list(root, `${path}/`, depth + 1, listing);
      continue;
    }
    if (files.size >= MAX_PROOF_FILES) throw new CliError("FILE", `${root} has more than ${MAX_PROOF_FILES} files`);
    const isPlain = entry.isFile();
    files.set(path, { isPlain, size: isPlain ? (await lstat(join(root, path))).size : 0 });
  }
}

async function openPlain(path: string): Promise<FileHandle> {
  const handle = await open(path, FLAGS).catch(fileError(path));
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw changed(path);
}

async function readExactly(handle: FileHandle, length: number, position: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const { bytesRead } = await handle.read(bytes, at, length - at, position + at);
    if (bytesRead === 0) throw changed("a file of the proof");
    at += bytesRead;
  }
  return bytes;
}

function changed(what: string): CliError {
  return new CliError("FILE", `${what} changed while it was verified`, "verify a copy that nobody writes to");
}

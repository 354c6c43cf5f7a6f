import { open } from "node:fs/promises";
import { CliError } from "../cli-error.ts";

/** Bytes that tell what a file is, blank lines before it included. */
const START = 64;

/** How a file begins, as Latin-1 and without the byte order mark of UTF-8. Throws `CliError` (`FILE`) where it cannot be read. */
export async function fileStart(path: string): Promise<string> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(START), 0, START, 0);
    return buffer.toString("latin1", 0, bytesRead).replace(/^\u00EF\u00BB\u00BF/, "");
  } catch (error) {
    const reason = error instanceof Error ? error.message : "unreadable";
    throw new CliError("FILE", `cannot read ${path}: ${reason}`, "check the name of the file");
  }
}

import { CliError } from "../cli-error.ts";

/** One row of a table never comes near it: what is longer is no text file, and is not held in memory to find out. */
const MAX_LINE = 4_194_304;

const LF = 0x0a;

/** The lines of a stream of bytes, each with its LF; the last one may have none. */
export async function* physicalLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
      yield Buffer.concat([...held, chunk.subarray(start, end + 1)]);
      held = [];
      start = end + 1;
    }
    held.push(chunk.subarray(start));
    if (held.reduce((sum, piece) => sum + piece.length, 0) > MAX_LINE) throw tooLong();
  }
  const last = Buffer.concat(held);
  if (last.length > 0) yield last;
}

function tooLong(): CliError {
  return new CliError(
    "FILE",
    "a line of the file is longer than any row of a table",
    "save it as CSV UTF-8 (comma delimited)",
  );
}

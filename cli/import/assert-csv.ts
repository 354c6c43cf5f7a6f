import { CliError } from "../cli-error.ts";
import { fileStart } from "./file-start.ts";

const SAVE_AS =
  'open it in a spreadsheet program, choose "Save as", type "CSV UTF-8 (comma delimited)", and import that file';

/** What files begin with that people take for a CSV file. */
const SIGNATURES: readonly (readonly [string, string])[] = [
  ["504b0304", "an Excel or other spreadsheet file (.xlsx, .ods)"],
  ["d0cf11e0a1b11ae1", "an old Excel file (.xls)"],
  ["fffe", "text in UTF-16"],
  ["feff", "text in UTF-16"],
];

/** Throws a `CliError` (`FILE`) that says what to do where `path` cannot be read, is empty, or is a spreadsheet. */
export async function assertCsv(path: string): Promise<void> {
  const start = Buffer.from(await fileStart(path), "latin1").toString("hex");
  if (start === "") throw new CliError("FILE", `${path} is empty`, "export it again where it came from");
  const what = SIGNATURES.find(([signature]) => start.startsWith(signature))?.[1] ?? spreadsheetByName(path);
  if (what !== undefined) throw new CliError("FILE", `${path} is ${what}, not CSV`, SAVE_AS);
}

function spreadsheetByName(path: string): string | undefined {
  return /\.(?:xlsx|xlsm|xls|ods)$/i.test(path) ? "a spreadsheet by its name" : undefined;
}

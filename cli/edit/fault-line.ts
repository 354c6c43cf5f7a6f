import { CliError } from "../cli-error.ts";
import { FormatError } from "../../protocol/format-error.ts";
import type { Fault } from "./faults.ts";
import { jsonLines } from "./json-lines.ts";
import { withoutNotes } from "./notes.ts";

/** Whether it is a fault of the text of a record, rather than of what is around it. */
export function isTextFault(error: unknown): error is Fault {
  return error instanceof FormatError || (error instanceof CliError && error.code === "INVALID");
}

/** The line, from 0, of the text of a record that a fault is about; undefined where it is about none or all of them. */
export function faultLine(text: string, error: Fault): number | undefined {
  const { lines, broken } = jsonLines(withoutNotes(text));
  const path = error.data?.["path"];
  return broken ?? (typeof path === "string" ? nearest(lines, path) : undefined);
}

/** Of the path, or of what it is in: what is missing has no line. */
function nearest(lines: ReadonlyMap<string, number>, path: string): number | undefined {
  const parent = path.replace(/(\.[^.[]+|\[\d+\])$/, "");
  return lines.get(path) ?? (parent === path ? undefined : nearest(lines, parent));
}

import { basename } from "node:path";
import { TRANSFER_GROUNDS } from "../protocol/record/codes/disclosure.ts";
import { PART_KINDS } from "../protocol/record/codes/part.ts";
import { CliError } from "./cli-error.ts";
import type { OptionSpecs } from "./command.ts";
import { mediaType } from "./media-type.ts";
import { parseNames } from "./names.ts";

/** A part as a person names it on the command line. `to` is left out where those of the policy are meant. */
export type PartOption = {
  readonly kind: string;
  readonly path: string;
  readonly to?: readonly string[];
};

const KIND = /^([a-z][a-z0-9-]*)=(.*)$/s;

/** Of whatever publishes: a line each. */
export const PART_OPTIONS = {
  section: {
    type: "string",
    multiple: true,
    value: "KIND=FILE@NAME,NAME",
    help: "a part for these authorities only",
  },
  attach: {
    type: "string",
    multiple: true,
    value: "[KIND=]FILE[@NAME,NAME]",
    help: "a file for those whom the policy says for its kind, or for these",
  },
  "transfer-ground": {
    type: "string",
    multiple: true,
    value: "CODE",
    help: `on which personal data goes to a reader outside the area: ${TRANSFER_GROUNDS.join(", ")}`,
  },
} as const satisfies OptionSpecs;

/**
 * `--section KIND=FILE@NAME[,NAME]`: a part with readers of its own, which are never left out.
 *
 *     traceability=chain.pdf@gacc.gov.cn
 */
export function parseSection(text: string): PartOption {
  const [, kind, rest] = KIND.exec(text) ?? [];
  const { path, to } = splitReaders(rest ?? "", "--section");
  if (kind === undefined || path === "") throw wrong(`--section: "${text}" is not KIND=FILE@NAME,NAME`);
  if (to === undefined) throw wrong(`--section: "${text}" names no readers after an @`);
  return { kind: knownKind(kind, "--section"), path, to };
}

/**
 * `--attach [KIND=]FILE[@NAME[,NAME]]`: a file for those that it names, or else for those whom the policy says for its kind. Without a kind, a
 * picture is a `picture` and everything else an `attachment`. Whatever follows the last `@` are readers, so that a slip never
 * widens an audience; a file with `@` in its name ends in one: `toy@2x.png@`.
 */
export function parseAttachment(text: string): PartOption {
  const [, kind, afterKind] = KIND.exec(text) ?? [];
  const { path, to } = splitReaders(afterKind ?? text, "--attach");
  if (path === "") throw wrong(`--attach: "${text}" names no file`);
  return {
    kind: kind === undefined ? kindOf(path) : knownKind(kind, "--attach"),
    path,
    ...(to === undefined ? {} : { to }),
  };
}

/** The file may contain `@`: readers follow the last one. */
function splitReaders(
  text: string,
  option: string,
): { readonly path: string; readonly to: readonly string[] | undefined } {
  const at = text.lastIndexOf("@");
  if (at < 0) return { path: text, to: undefined };
  const readers = text.slice(at + 1);
  return { path: text.slice(0, at), to: readers === "" ? undefined : parseNames([readers], option) };
}

function knownKind(kind: string, option: string): string {
  const kinds: readonly string[] = PART_KINDS;
  if (kinds.includes(kind)) return kind;
  throw wrong(`${option}: there is no kind of part "${kind}"; there are ${kinds.join(", ")}`);
}

function kindOf(path: string): string {
  return mediaType(basename(path)).startsWith("image/") ? "picture" : "attachment";
}

function wrong(message: string): CliError {
  return new CliError("USAGE", message, "entente help publish");
}

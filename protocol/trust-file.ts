import { toHex } from "./bytes.ts";
import { FormatError } from "./format-error.ts";
import { formatId, isName, parseId } from "./name.ts";

/** An authority that an auditor was told to trust, on paper or in a safe. */
export type TrustedAuthority = {
  readonly name: string;
  /** 32 bytes. */
  readonly id: Uint8Array;
};

/**
 * Reads a trust file (docs/spec/names.md), `TRUST_MALFORMED` for anything else:
 *
 *     # told to us on paper, 3 March 2026
 *     authority nvwa.nl 1e0f…64 hex digits
 *
 * A person writes it: the last line may lack its newline, and comments are not kept.
 */
export function parseTrustFile(text: string): readonly TrustedAuthority[] {
  // SPEC: "lines that are empty or begin with `#` are skipped"
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const trusted = lines.map(parseLine);
  assertUnique(trusted);
  return trusted;
}

export function formatTrustFile(trusted: readonly TrustedAuthority[]): string {
  assertUnique(trusted);
  return trusted.map(({ name, id }) => `authority ${assertName(name)} ${formatId(id)}\n`).join("");
}

/** SPEC: "one authority a line, `authority <name> <id>` with single spaces […] Anything else is an error." */
function parseLine(line: string): TrustedAuthority {
  const [keyword, name = "", id = "", ...rest] = line.split(" ");
  if (keyword !== "authority" || rest.length > 0) throw malformed("a line that is not authority, name and id");
  return { name: assertName(name), id: parseId(id, "TRUST_MALFORMED") };
}

/** SPEC: "a name or an id stands once" */
function assertUnique(trusted: readonly TrustedAuthority[]): void {
  const names = new Set(trusted.map(({ name }) => name));
  const ids = new Set(trusted.map(({ id }) => toHex(id)));
  if (names.size !== trusted.length || ids.size !== trusted.length) throw malformed("a name or an id stands twice");
}

function assertName(name: string): string {
  if (!isName(name)) throw malformed("not a name of an authority");
  return name;
}

function malformed(message: string): FormatError {
  return new FormatError("TRUST_MALFORMED", message);
}

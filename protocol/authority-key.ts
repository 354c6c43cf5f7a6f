import { parseDecimal } from "./decimal.ts";

// How the keys of an authority are called: docs/spec/names.md, "Key names".
//
//     nvwa.nl/root/1   nvwa.nl   nvwa.nl/3   nvwa.nl/witness   nvwa.nl/node   nvwa.nl/lab/3   nvwa.nl/approver/1

/** A role key may not have one of these for its label: its signature could be taken for another key's. */
const RESERVED_LABELS: readonly string[] = ["root", "witness", "node", "member"];

export function witnessKeyName(authority: string): string {
  return `${authority}/witness`;
}

export function nodeKeyName(authority: string): string {
  return `${authority}/node`;
}

/** `<name>/root/<n>`, n ≥ 1. */
export function isRootKeyName(authority: string, keyName: string): boolean {
  return numberedLabel(authority, keyName) === "root";
}

/** `<name>/<label>/<n>`, n ≥ 1. */
export function isRoleKeyName(authority: string, keyName: string): boolean {
  const label = numberedLabel(authority, keyName);
  return label !== undefined && !RESERVED_LABELS.includes(label);
}

/** The role key of one who approves grants and erasures. */
export function isApproverKeyName(authority: string, keyName: string): boolean {
  return numberedLabel(authority, keyName) === "approver";
}

/** The label in `<name>/<label>/<n>`, `undefined` for a key name of another form or of another authority. */
function numberedLabel(authority: string, keyName: string): string | undefined {
  if (!keyName.startsWith(`${authority}/`)) return undefined;
  const [label = "", number = "", ...rest] = keyName.slice(authority.length + 1).split("/");
  const n = parseDecimal(number);
  if (rest.length > 0 || n === undefined || n < 1 || !/^[a-z][a-z0-9-]{0,30}$/.test(label)) return undefined;
  return label;
}

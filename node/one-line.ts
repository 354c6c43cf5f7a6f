/** Characters of a reason that comes from elsewhere: as much as a line of a table bears. */
const REASON_MAX = 160;

/** A reason that another program or node wrote, as one short line: no control or direction characters, nothing twice. */
export function oneLine(reason: string): string {
  const words = reason.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
  const pieces = [...new Set(words.split(": "))].join(": ");
  return pieces.length > REASON_MAX ? `${pieces.slice(0, REASON_MAX).trimEnd()}…` : pieces;
}

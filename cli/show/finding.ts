import type { Finding, Health } from "../../node/service.ts";
import { count } from "../text.ts";

const WIDTH = "warning".length;

/** What is so, and under it what mends it. */
export function findingLines({ level, code, subject, cause, fix, command }: Finding): string[] {
  const below = " ".repeat(WIDTH + 2);
  return [
    `${level.padEnd(WIDTH)}  ${code}${subject === null ? "" : `  ${subject}`}: ${cause}`,
    ...(fix === null ? [] : [`${below}fix: ${fix}`]),
    ...(command === null ? [] : [`${below}run: ${command}`]),
  ];
}

/** One line for monitoring: the worst, and how many more there are. */
export function checkLine({ state, findings }: Health, summary: string): string {
  const bad = findings.filter(({ level }) => level === "alarm" || level === "warning");
  const [worst, ...others] = bad;
  if (worst === undefined) return `ok: ${summary}`;
  const subject = worst.subject === null ? "" : ` ${worst.subject}`;
  const more = others.length === 0 ? "" : `; ${count(others.length, "other")} (entente status)`;
  return `${state}: ${worst.code}${subject}: ${worst.cause}${more}`;
}

import type { VerifyReport } from "../../node/service.ts";
import { count, fields } from "../text.ts";
import { CONTESTED } from "./contested.ts";

export function verifiedLogLines(report: VerifyReport): string[] {
  const { log, size, root, charters, parts, withheld, problems, contested } = report;
  return [
    ...fields([
      ["log", log],
      ["entries", String(size)],
      ["root", root],
      ["charters", String(charters)],
      ["parts", `${parts} verified, ${withheld} withheld`],
    ]),
    "",
    ...problems.map((problem) => `✗ ${problem}`),
    problems.length === 0
      ? `✓ verified: ${log} is whole and signed`
      : `✗ NOT verified: ${count(problems.length, "problem")}`,
    ...(contested ? [`! contested: ${CONTESTED}; this is one of the histories`] : []),
  ];
}

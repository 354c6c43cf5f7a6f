import type { VerifyReport } from "../../node/service.ts";
import { count, fields } from "../text.ts";

export function verifiedLogLines({ log, size, root, charters, parts, withheld, problems }: VerifyReport): string[] {
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
  ];
}

import { expect, it } from "vitest";
import { leftOutLines } from "../../cli/show/left-out.ts";
import type { EntrySummary } from "../../node/service.ts";

function listed(...entries: readonly string[]): readonly EntrySummary[] {
  const rest = { log: "nvwa.nl", kind: "record", time: null, type: null, summary: null, parts: [], contested: false };
  return entries.map((entry) => ({ ...rest, entry }));
}

it("counts what stands between the records of each log, and nothing else", () => {
  expect(leftOutLines([])).toEqual([]);
  expect(leftOutLines(listed("nvwa.nl:6", "baua.de:9", "nvwa.nl:5", "nvwa.nl/1:1"))).toEqual([]);
  expect(leftOutLines(listed("nvwa.nl:6", "baua.de:9", "nvwa.nl:4"))[0]).toMatch(/^1 entry between these is no record/);
  expect(leftOutLines(listed("nvwa.nl:6", "nvwa.nl:3", "baua.de:9", "baua.de:7"))[0]).toMatch(/^3 entries/);
});

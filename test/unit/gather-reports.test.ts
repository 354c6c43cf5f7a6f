import { describe, expect, it } from "vitest";
import { CliError } from "../../cli/cli-error.ts";
import { type EntryReader, gatherReports } from "../../cli/compare/gather.ts";
import type { EntryDetail } from "../../node/service.ts";
import { TEST_REPORT_EXAMPLE } from "../../protocol/record/test-report-example.ts";

type Entry = Partial<EntryDetail> & Pick<EntryDetail, "entry">;

const ALERT: Entry = { entry: "nvwa.nl:3", type: "alert" };
const REPORT: Entry = { entry: "nvwa.nl:4", type: "test-report", body: TEST_REPORT_EXAMPLE.body };

/** A node that has one thread and no case, as where the alert is not here. */
function nodeWith(...entries: readonly Entry[]): EntryReader {
  const found = (name: string): EntryDetail => {
    const one = entries.find(({ entry }) => entry === name);
    if (one === undefined) throw new CliError("NOT_FOUND", `${name} is not here`);
    return {
      log: "nvwa.nl",
      kind: "record",
      time: null,
      type: null,
      summary: null,
      parts: [],
      contested: false,
      leafHash: "",
      size: 0,
      refs: ["nvwa.nl:3"],
      body: null,
      recordStatus: "known",
      unknownKeys: [],
      details: [],
      witnessedBy: [],
      ...one,
    };
  };
  return {
    show: async (name) => found(name),
    thread: async () => entries.map(({ entry }) => ({ depth: 0, entry: found(entry) })),
    caseOf: async (name) => {
      throw new CliError("NOT_FOUND", `the alert of the case of ${name} is not here`);
    },
  };
}

const gather = (node: EntryReader, ...names: readonly string[]) =>
  gatherReports(node, names, { update: () => undefined, end: () => undefined });

describe("the reports of a comparison", () => {
  it("are those of the thread, each once, in the order of their logs", async () => {
    const more = ["nvwa.nl:10", "gacc.gov.cn:9"].map((entry) => ({ ...REPORT, entry }));
    const node = nodeWith(ALERT, ...more, REPORT);
    const { reports } = await gather(node, "nvwa.nl:3", "nvwa.nl:4");
    expect(reports.map(({ entry }) => entry)).toEqual(["gacc.gov.cn:9", "nvwa.nl:4", "nvwa.nl:10"]);
    expect((await gather(node, "nvwa.nl:10")).reports.map(({ entry }) => entry)).toEqual(["nvwa.nl:10"]);
  });

  it("one that cannot be read is named, and ends nothing", async () => {
    const node = nodeWith(
      ALERT,
      REPORT,
      { entry: "nvwa.nl:5", recordStatus: "malformed" },
      { entry: "nvwa.nl:6", type: "test-report", recordStatus: "newer-version" },
      { entry: "nvwa.nl:7", type: "withdrawal", recordStatus: "newer-version" },
    );
    const { reports, unread } = await gather(node, "nvwa.nl:3");
    expect(reports.map(({ entry }) => entry)).toEqual(["nvwa.nl:4"]);
    expect(unread).toEqual([
      { entry: "nvwa.nl:5", reason: "malformed" },
      { entry: "nvwa.nl:6", reason: "newer-version" },
    ]);
    expect((await gather(node, "nvwa.nl:4")).unread, "only one was asked for").toEqual([]);
    await expect(gather(node, "nvwa.nl:6")).rejects.toThrow("nvwa.nl:6 cannot be read here");
  });

  it("those of a log with two histories are marked", async () => {
    const { contested } = await gather(nodeWith(ALERT, { ...REPORT, contested: true }), "nvwa.nl:3");
    expect(contested).toEqual(["nvwa.nl:4"]);
  });

  it("none is an error that names the next command", async () => {
    await expect(gather(nodeWith(ALERT), "nvwa.nl:3")).rejects.toMatchObject({
      code: "NOT_FOUND",
      hint: "entente result add",
    });
  });
});

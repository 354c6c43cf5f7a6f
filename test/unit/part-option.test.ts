import { describe, expect, it } from "vitest";
import { CliError } from "../../cli/cli-error.ts";
import { parseAttachment, parseSection } from "../../cli/part-option.ts";

describe("--attach", () => {
  it.each([
    ["photo.jpg", { kind: "picture", path: "photo.jpg" }],
    ["report.pdf", { kind: "attachment", path: "report.pdf" }],
    ["test-report=report.pdf", { kind: "test-report", path: "report.pdf" }],
    ["report.pdf@baua.de,gacc.gov.cn", { kind: "attachment", path: "report.pdf", to: ["baua.de", "gacc.gov.cn"] }],
    ["picture=dir/x.bin@1e0f92aa", { kind: "picture", path: "dir/x.bin", to: ["1e0f92aa"] }],
    ["toy@2x.png@", { kind: "picture", path: "toy@2x.png" }],
    ["toy@2x.png@baua.de", { kind: "picture", path: "toy@2x.png", to: ["baua.de"] }],
    ["attachment=a=b.txt", { kind: "attachment", path: "a=b.txt" }],
    ["a@b@baua.de,baua.de", { kind: "attachment", path: "a@b", to: ["baua.de"] }],
  ])("%s", (text, expected) => {
    expect(parseAttachment(text)).toEqual(expected);
  });

  it("never widens an audience by a slip: what follows the last @ are readers", () => {
    expect(parseAttachment("toy@2x.png")).toEqual({ kind: "attachment", path: "toy", to: ["2x.png"] });
  });

  it.each(["", "@baua.de", "secret=a.txt", "a.txt@Baua.de", "a.txt@baua.de,", "a.txt@baua.de, anses.fr"])(
    "refuses %j",
    (text) => {
      expect(() => parseAttachment(text)).toThrow(CliError);
    },
  );
});

describe("--section", () => {
  it("has a kind and readers", () => {
    expect(parseSection("traceability=chain.pdf@gacc.gov.cn,baua.de")).toEqual({
      kind: "traceability",
      path: "chain.pdf",
      to: ["gacc.gov.cn", "baua.de"],
    });
  });

  it.each([
    "chain.pdf",
    "chain.pdf@baua.de",
    "traceability=chain.pdf",
    "traceability=chain.pdf@",
    "traceability=@baua.de",
    "secret=chain.pdf@baua.de",
  ])("refuses %j", (text) => {
    expect(() => parseSection(text)).toThrow(CliError);
  });
});

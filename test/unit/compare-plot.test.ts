import { SaxesParser } from "saxes";
import { describe, expect, it } from "vitest";
import { comparisonPage } from "../../cli/compare/page.ts";
import { scaleOf, ticksOf } from "../../cli/compare/scale.ts";
import { svgPlot } from "../../cli/compare/svg.ts";
import { terminalPlot } from "../../cli/compare/terminal-plot.ts";
import { widthOf } from "../../cli/text.ts";
import { type AnalyteComparison, compareReports } from "../../protocol/statistics/comparison.ts";
import type { CitedReport } from "../../protocol/statistics/from-report.ts";
import { type Found, reportOf, valueOf } from "../support/report.ts";

const LONG = "Second Laboratory of the Federal Institute for Occupational Safety and Health, Dresden branch";
const HOSTILE = 'evil\u001b[2J\u202egnp.exe\u0007\uffff <script>alert("1")</script> & more';

function limit(value: string, kind = "maximum"): Partial<Found> {
  return { limit: { kind, value, unit: "mg/kg", source: "a test" } };
}

/** What a plot has to bear: from the everyday case to what only a test thinks of. */
const CASES: Readonly<Record<string, readonly CitedReport[]>> = {
  "two that agree": [
    reportOf("nvwa.nl:4", "Delta Toy Laboratory", valueOf("412", "45")),
    reportOf("gacc.gov.cn:4", "Coastal Product Laboratory", valueOf("371", "37")),
  ],
  "long names and another unit": [
    reportOf(
      "a-very-long-name-of-a-market-surveillance-authority.example:1234567",
      LONG,
      valueOf("0.098", "0.005", "% by mass"),
    ),
    reportOf("nvwa.nl:4", "国家玩具质量监督检验中心国家玩具质量监督检验中心", valueOf("412", "45")),
  ],
  "limits beside one another": ["23", "23.5", "24", "24.5", "25", "90"].map((value, at) =>
    reportOf(`nvwa.nl:${at}`, `Laboratory ${at}`, { ...valueOf(String(20 + at), "4"), ...limit(value) }),
  ),
  "a limit at each end": [
    reportOf("nvwa.nl:1", "A", { ...valueOf("1000.1", "0.2"), ...limit("1000", "minimum") }),
    reportOf("nvwa.nl:2", "B", { ...valueOf("1000.3", "0.1"), ...limit("1000.5") }),
  ],
  "below and above": [
    reportOf("nvwa.nl:1", "A", valueOf("<0.5")),
    reportOf("nvwa.nl:2", "B", valueOf("12", "3")),
    reportOf("nvwa.nl:3", "C", valueOf(">30")),
  ],
  "all of them zero": [
    reportOf("nvwa.nl:1", "A", { ...valueOf("0", "0"), ...limit("0") }),
    reportOf("nvwa.nl:2", "B", { ...valueOf("0", "0"), ...limit("0") }),
  ],
  "negative values": [
    reportOf("nvwa.nl:1", "A", { ...valueOf("-20", "3"), ...limit("-5", "minimum") }),
    reportOf("nvwa.nl:2", "B", { ...valueOf("-22", "3"), ...limit("-5", "minimum") }),
  ],
  "as large and as small as decimals are": [
    reportOf("nvwa.nl:1", "A", valueOf("9".repeat(40), "1")),
    reportOf("nvwa.nl:2", "B", valueOf(`0.${"0".repeat(37)}1`, "0")),
  ],
  "a round": ["9.91", "9.96", "9.99", "10.00", "10.02", "10.04", "10.08", "10.60"].map((value, at) =>
    reportOf(`nvwa.nl:${at}`, `Laboratory ${at}`, { ...valueOf(value, "0.1"), ...limit("11") }),
  ),
  "what a peer wrote to do harm": [
    reportOf("nvwa.nl:1", HOSTILE, { measurand: { name: HOSTILE }, material: HOSTILE, ...valueOf("1", "1", HOSTILE) }),
    reportOf("nvwa.nl:2", "B", { measurand: { name: HOSTILE }, material: HOSTILE, ...valueOf("2", "1", HOSTILE) }),
  ],
};

function analyteOf(reports: readonly CitedReport[]): AnalyteComparison {
  const [one, ...others] = compareReports(reports, { anyMaterial: false }).analytes;
  if (one === undefined || others.length > 0) throw new Error("a case is of one analyte");
  return one;
}

function plotOf(reports: readonly CitedReport[]): { readonly one: AnalyteComparison; readonly svg: string } {
  const one = analyteOf(reports);
  const scale = scaleOf(one);
  if (scale === undefined) throw new Error("there is a scale");
  return { one, svg: svgPlot(one, scale, "plot") };
}

type Box = {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly foot: number;
};

/** Where texts are, as wide as DejaVu Sans, the widest of those that stand for `sans-serif`, makes them on average. */
function boxesOf(svg: string): readonly Box[] {
  return [...svg.matchAll(/<text x="([\d.-]+)" y="([\d.-]+)" class="(\w+)">([^<]*)<\/text>/g)].map(
    ([, x = "", y = "", name = "", escaped = ""]) => {
      const text = escaped.replaceAll(/&#?\w+;/g, "&");
      const size = name === "cTitle" ? 16 : name === "cName" ? 13 : 11.5;
      const width = widthOf(text) * size * 0.6;
      const anchor = ["cTitle", "cSoft"].includes(name) ? 0 : ["cName", "cSays"].includes(name) ? 1 : 0.5;
      const left = Number(x) - width * anchor;
      return { text, left, right: left + width, top: Number(y) - size * 0.8, foot: Number(y) + size * 0.2 };
    },
  );
}

function xmlErrors(text: string): readonly string[] {
  const errors: string[] = [];
  const parser = new SaxesParser();
  parser.on("error", ({ message }) => errors.push(message));
  parser.write(text).close();
  return errors;
}

describe("a plot as SVG", () => {
  it.each(Object.entries(CASES))("%s: every text is in the picture and no two meet", (_, reports) => {
    const { svg } = plotOf(reports);
    const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? [];
    const boxes = boxesOf(svg);
    expect(boxes.length).toBeGreaterThan(8);
    for (const [at, box] of boxes.entries()) {
      expect(box.left, box.text).toBeGreaterThanOrEqual(0);
      expect(box.right, box.text).toBeLessThanOrEqual(Number(width));
      expect(box.foot, box.text).toBeLessThanOrEqual(Number(height));
      for (const other of boxes.slice(at + 1)) {
        const apart =
          box.right <= other.left || other.right <= box.left || box.foot <= other.top || other.foot <= box.top;
        expect(apart, `“${box.text}” and “${other.text}”`).toBe(true);
      }
    }
  });

  it.each(Object.entries(CASES))(
    "%s: is XML without scripts or anything from elsewhere, the same again",
    (_, reports) => {
      const { svg } = plotOf(reports);
      expect(plotOf(reports.toReversed()).svg).toBe(svg);
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
      expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(
        /<script|https?:|@import|url\(|\son\w+=/i,
      );
      expect(svg).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e\uffff]/);
      expect(xmlErrors(svg)).toEqual([]);
      expect(svg).toContain('role="img" aria-labelledby="plot-title plot-desc"');
    },
  );

  it("says to those who do not see it what it shows", () => {
    const { svg } = plotOf(CASES["two that agree"] ?? []);
    expect(/<title id="plot-title">([^<]*)/.exec(svg)?.[1]).toBe("Lead (7439-92-1) in red paint, wheels");
    expect(/<desc id="plot-desc">([^<]*)/.exec(svg)?.[1]).toBe(
      "The laboratories agree: their difference is within the uncertainties that they state. Every result is beyond the limit. " +
        "Coastal Product Laboratory: 371 ± 37 mg/kg (k = 2), gacc.gov.cn:4#0. Delta Toy Laboratory: 412 ± 45 mg/kg (k = 2), nvwa.nl:4#0. Limit: at most 23 mg/kg.",
    );
  });
});

describe("a plot on the terminal", () => {
  const draw = (name: string, width: number, isUnicode = true): readonly string[] => {
    const scale = scaleOf(analyteOf(CASES[name] ?? []));
    return scale === undefined ? [] : terminalPlot(scale, { width, isUnicode });
  };

  it("with intervals, limit and citations, as wide as the terminal", () => {
    expect(draw("two that agree", 80)).toEqual([
      "Coastal Product Laboratory    ┊                    ├──●──┤       gacc.gov.cn:4#0",
      "Delta Toy Laboratory          ┊                       ├──●──┤    nvwa.nl:4#0",
      "                            ┬─────────────┬─────────────┬──────",
      "                            0            200           400",
      "mg/kg; intervals at k = 2   ┊ at most 23 mg/kg",
    ]);
    expect(draw("two that agree", 100)[0]).toHaveLength(100);
  });

  it("in ASCII where there is no UTF-8", () => {
    const lines = draw("below and above", 60, false);
    expect(lines).toEqual([
      "A  .<                             :              nvwa.nl:1#0",
      "B              |---o---|          :              nvwa.nl:2#0",
      "C                                 :         >..  nvwa.nl:3#0",
      "   +-------------+------------+-------------+--",
      "   0            10           20            30",
      "mg/kg; intervals at k = 2   : at most 23 mg/kg",
    ]);
  });

  it.each(Object.keys(CASES))("%s: fits into 60 columns, citations left out where they do not", (name) => {
    const lines = draw(name, 60);
    for (const line of lines.slice(0, -1)) expect(widthOf(line), line).toBeLessThanOrEqual(60);
    expect(lines.join("")).not.toMatch(/NaN|undefined/);
  });

  it.each([
    [0, 480, [0, 200, 400]],
    [0, 0.95, [0, 0.5]],
    [999.5, 1000.6, [999.5, 1000, 1000.5]],
    [-25, 0, [-20, -10, 0]],
    [0, 0.3, [0, 0.1, 0.2, 0.3]],
  ])("ticks from %d to %d", (from, until, ticks) => {
    expect(ticksOf({ from, until })).toEqual(ticks);
  });
});

describe("the page", () => {
  const all = Object.values(CASES).flat();
  const comparison = { ...compareReports(all, { anyMaterial: false }), unread: [] };
  const page = comparisonPage(comparison, ["nvwa.nl:1"]);

  it("stands alone: no scripts, nothing from elsewhere, every text of a peer escaped", () => {
    expect(page.replaceAll('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(
      /<script|https?:|@import|url\(|src=/i,
    );
    expect(page).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e\uffff]/);
    expect(page).toContain("&lt;script&gt;");
  });

  it("has every comparison, each with its own plot, and ids that are ids", () => {
    expect(page.match(/<section /g)).toHaveLength(comparison.analytes.length);
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, target] of page.matchAll(/href="#([^"]*)"/g)) expect(ids).toContain(target);
  });
});

import type { Case, Vectors } from "./tools.ts";

// Literals and plain doubles: six digits of a result do not show the difference to exact fractions.

type Determination = Readonly<Record<string, string>>;

export function statisticsVectors(): Vectors {
  return {
    format: "statistics",
    source:
      "ours, but for what a case itself names. Kinds: unit; rounding; pair; scores; algorithm-a; many; homogeneity; judge. " +
      "Of an invalid pair, many or judge, `code` is the reason of its first refusal; of the others, that of the error.",
    valid: [
      ...UNITS.map(([from, to, factor]) => ({ name: `the unit ${from} in ${to}`, kind: "unit", from, to, factor })),
      ...ROUNDINGS.map(([value, digits, text]) => ({
        name: `${value} to ${digits} digits`,
        kind: "rounding",
        value,
        digits,
        text,
      })),
      ...pairs(),
      ...PUBLISHED_SCORES,
      algorithmA(),
      consensusOfMean(),
      robustConsensus(),
      ...HOMOGENEITY,
      ...JUDGED.map(([value, limit, rule, verdict, reason]) => ({
        name: `judge ${value} ± 2 against ${JSON.stringify(limit)} by ${rule}`,
        kind: "judge",
        determination: found("A", value, { U: "2", k: "2" }),
        limits: { ...limit, unit: "mg/kg" },
        rule: rule === "simple" ? { rule: "simple-acceptance" } : { rule: "guard-band", ...widthOf(rule) },
        verdict,
        reason,
      })),
    ],
    invalid: [...refusedPairs(), ...INVALID],
  };
}

function found(laboratory: string, value: string, parts: Determination = {}): Determination {
  const comparator = /^[<>]/.exec(value)?.[0] ?? "=";
  const base = { laboratory, analyte: "Lead", method: "EN 71-3", comparator, value: value.replace(/^[<>]/, "") };
  return { ...base, unit: "mg/kg", ...parts };
}

/** Six significant digits of a double that is neither tiny nor huge. */
const six = (value: number): string => (value === 0 ? "0" : value.toPrecision(6));

const UNITS: readonly (readonly [string, string, string | null])[] = [
  ["% by mass", "mg/kg", "10000"],
  ["ppm", "µg/g", "1"],
  ["ppb", "mg/kg", "0.001"],
  ["ug/cm2/week", "µg/cm²/week", "1"],
  ["mg/m²/week", "µg/cm²/week", "0.1"],
  ["kN", "N", "1000"],
  ["bar", "kPa", "100"],
  ["N/mm²", "kPa", "1000"],
  ["h", "s", "3600"],
  ["T²mm²", "kG²mm²", "100"],
  ["mg/L", "g/l", "0.001"],
  ["drops", "drops", "1"],
  ["%", "mg/kg", null],
  ["°C", "K", null],
  ["dB", "dB(A)", null],
  ["drops", "mg/kg", null],
];

const ROUNDINGS: readonly (readonly [number, number, string])[] = [
  [0.07952769228982665, 3, "0.0795"],
  [10.017022964557164, 6, "10.0170"],
  [999.96, 4, "1000"],
  [1234567, 3, "1230000"],
  [2.5, 1, "2"],
  [3.5, 1, "4"],
  [-0.125, 2, "-0.12"],
  [1.005, 3, "1.00"],
  [0, 6, "0"],
];

const TWO = { U: "2", k: "2" };

function pairs(): Case[] {
  const censored: readonly (readonly [string, string, string, string])[] = [
    ["<5", "<0.5", "compatible", "both-below"],
    [">5", ">50", "compatible", "both-above"],
    ["<5", ">4", "compatible", "limits-overlap"],
    ["<5", ">5", "differ", "limits-apart"],
    ["<5", "5", "compatible", "value-within-limit"],
    ["<5", "7", "compatible", "value-within-limit-by-uncertainty"],
    ["<5", "7.01", "differ", "value-beyond-limit"],
    [">5", "5", "compatible", "value-within-limit"],
    [">5", "3", "compatible", "value-within-limit-by-uncertainty"],
    [">5", "2.99", "differ", "value-beyond-limit"],
  ];
  return [
    pair("En above 1", found("A", "10.08", { U: "0.06", k: "2" }), found("B", "10.00", { U: "0.02", k: "2" }), {
      verdict: "differ",
      reason: "en-above-1",
      unit: "mg/kg",
      difference: "0.0800000",
      en: six(0.08 / Math.sqrt(0.06 ** 2 + 0.02 ** 2)),
    }),
    pair("En of exactly 1", found("A", "1.0", { U: "0.4", k: "2" }), found("B", "1.5", { U: "0.3", k: "2" }), {
      verdict: "agree",
      reason: "en-at-most-1",
      unit: "mg/kg",
      difference: "-0.500000",
      en: "-1.00000",
    }),
    pair("other k", found("A", "2.893", { U: "0.044", k: "2.13" }), found("B", "3.13", { U: "0.12", k: "2" }), {
      verdict: "differ",
      reason: "en-above-1",
      unit: "mg/kg",
      difference: "-0.237000",
      en: six(-0.237 / Math.sqrt(((0.044 * 2) / 2.13) ** 2 + 0.12 ** 2)),
      enAsStated: six(-0.237 / Math.sqrt(0.044 ** 2 + 0.12 ** 2)),
    }),
    pair(
      "other units",
      found("A", "0.12", { ...TWO, U: "0.01", unit: "% by mass" }),
      found("B", "1.15", { ...TWO, U: "0.05", unit: "g/kg" }),
      {
        verdict: "agree",
        reason: "en-at-most-1",
        unit: "mg/kg",
        difference: "50.0000",
        en: six(50 / Math.sqrt(100 ** 2 + 50 ** 2)),
      },
    ),
    pair("no uncertainty", found("A", "1", TWO), found("B", "9"), {
      verdict: "inconclusive",
      reason: "no-uncertainty",
    }),
    pair("no k", found("A", "1", TWO), found("B", "9", { U: "1" }), {
      verdict: "inconclusive",
      reason: "no-coverage-factor",
    }),
    pair("no spread", found("A", "1", { U: "0", k: "2" }), found("B", "9", { U: "0", k: "2" }), {
      verdict: "inconclusive",
      reason: "zero-uncertainty",
    }),
    pair("a censored one and no uncertainty", found("A", "<5"), found("B", "6"), {
      verdict: "inconclusive",
      reason: "no-uncertainty",
    }),
    ...censored.map(([one, other, verdict, reason]) =>
      pair(`${one} against ${other} ± 2`, found("A", one, TWO), found("B", other, TWO), { verdict, reason }),
    ),
    pair("a category on one side", found("A", "1", { ...TWO, category: "I" }), found("B", "1", TWO), {
      verdict: "agree",
      reason: "en-at-most-1",
      caveats: ["absent-on-one-side"],
    }),
  ];
}

function pair(name: string, a: Determination, b: Determination, expected: object): Case {
  return { name: `two laboratories: ${name}`, kind: "pair", a, b, ...expected };
}

const PUBLISHED_SCORES: readonly Case[] = [
  {
    name: "scores, as published in github willl182/pt_app 6f26a1da, Entregables_pt_app/09_informe_final",
    kind: "scores",
    result: { value: "10.08", U: "0.06", k: "2" },
    assigned: { value: "10.00", U: "0.02", k: "2" },
    sigma: "0.05",
    z: ["1.60000", "satisfactory"],
    zPrime: ["1.56893", "satisfactory"],
    zeta: ["2.52982", "questionable"],
    en: ["1.26491", "differ"],
  },
  {
    name: "scores at their boundaries",
    kind: "scores",
    result: { value: "13", U: "3", k: "2" },
    assigned: { value: "10", U: "0", k: "2" },
    sigma: "1",
    z: ["3.00000", "unsatisfactory"],
    zPrime: ["3.00000", "unsatisfactory"],
    zeta: ["2.00000", "satisfactory"],
    en: ["1.00000", "agree"],
  },
];

/** Deviations from the median 10.01, in hundredths exact, are each the nearest double of the quotient. */
function algorithmA(): Case {
  const hundredths = [991, 996, 999, 1000, 1002, 1004, 1008, 1060];
  const deviations = hundredths.map((value) => (value - 1001) / 100);
  const trajectory: number[] = [];
  let [shift, s] = [0, 0.05932];
  for (let step = 0; step < 9; step++) {
    const [low, high] = [shift - 1.5 * s, shift + 1.5 * s];
    const drawnIn = deviations.map((one) => Math.min(Math.max(one, low), high));
    shift = drawnIn.reduce((total, one) => total + one, 0) / 8;
    const mean = shift;
    s = 1.134 * Math.sqrt(drawnIn.reduce((total, one) => total + (one - mean) * (one - mean), 0) / 7);
    trajectory.push(s);
  }
  return {
    name: "Algorithm A, as published in github willl182/pt_app 6f26a1da, Entregables_pt_app/09_informe_final",
    kind: "algorithm-a",
    values: hundredths.map((value) => (value / 100).toFixed(2)),
    scaledMad: "0.0593200",
    normalizedIqr: "0.0500378",
    thirdFigure: { iterations: 9, x: "10.0170", s: "0.0795277" },
    converged: { x: "10.0171", s: "0.0796057" },
    spreadOfEachIteration: trajectory,
  };
}

// CCQM-K30, lead in wine, mg/kg: Metrologia 45 (2008) 08001. INMETRO and INM did not form the reference value.
const LEAD: readonly (readonly [string, string, string, string])[] = [
  ["INMETRO", "1.62", "0.088", "2"],
  ["KRISS", "2.893", "0.044", "2.13"],
  ["NMIJ", "2.936", "0.025", "2"],
  ["IRMM", "2.94", "0.033", "2"],
  ["PTB", "2.96", "0.08", "2.4"],
  ["NMIA", "2.98", "0.20", "1.99"],
  ["LGC", "3.00", "0.10", "2"],
  ["CSIR", "3.001", "0.136", "2"],
  ["NIM", "3.07", "0.17", "2"],
  ["LNE", "3.13", "0.12", "2"],
  ["INM", "7.71", "1.98", "2"],
];

const LEAD_DETERMINATIONS = LEAD.map(([name, value, U, k]) => ({ ...found(name, value), method: "CCQM-K30", U, k }));

function consensusOfMean(): Case {
  const values = LEAD.slice(1, -1).map(([, value]) => Number(value));
  const mean = values.reduce((total, value) => total + value, 0) / 9;
  const s = Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / 8);
  return {
    name: "many laboratories: the mean of nine in CCQM-K30, published as 2.99 with U = 0.06",
    kind: "many",
    determinations: LEAD_DETERMINATIONS,
    options: { assigned: "mean", excluded: ["INMETRO", "INM"] },
    assigned: { by: "mean", p: 9, value: six(mean), spread: six(s), u: six(s / 3), U: six((2.306 * s) / 3) },
    z: Object.fromEntries(LEAD.map(([name, value]) => [name, six((Number(value) - mean) / s)])),
    en: Object.fromEntries(
      LEAD.map(([name, value, U, k]) => {
        const combined = Math.sqrt(((2 * Number(U)) / Number(k)) ** 2 + ((2 * s) / 3) ** 2);
        return [name, six((Number(value) - mean) / combined)];
      }),
    ),
    caveats: ["laboratories-formed-value", "excluded", "assigned-value-uncertain"],
  };
}

function robustConsensus(): Case {
  // 1, 2, 4, 7 and 11: median 4, quartiles 2 and 7.
  const s = 0.7413 * 5;
  const u = (1.25 * s) / Math.sqrt(5);
  return {
    name: "many laboratories: median and nIQR of five, one below its limit left out",
    kind: "many",
    determinations: [...["1", "2", "4", "7", "11"].map((value, n) => found(`L${n}`, value, TWO)), found("L5", "<1.5")],
    options: { sigma: { value: "0.01", unit: "g/kg" } },
    assigned: { by: "median-niqr", p: 5, value: "4.00000", spread: six(s), u: six(u), U: six(2 * u) },
    z: { L0: "-0.300000", L1: "-0.200000", L2: "0", L3: "0.300000", L4: "0.700000" },
    en: Object.fromEntries([1, 2, 4, 7, 11].map((value, n) => [`L${n}`, six((value - 4) / Math.sqrt(4 + 4 * u * u))])),
    caveats: ["laboratories-formed-value", "few-laboratories", "censored-left-out"],
  };
}

const DUPLICATES = [
  ["8.9", "9.1"],
  ["10.1", "9.9"],
  ["10.9", "11.1"],
  ["9.1", "8.9"],
  ["9.9", "10.1"],
  ["11.1", "10.9"],
];

// Averages 9, 10, 11, each twice, ranges of 0.2: s_x² = 4 / 5, s_w² = 0.02, s_s² = 0.79. With a seventh of 10: 4 / 6, 0.02.
const HOMOGENEITY: readonly Case[] = [
  {
    name: "homogeneity of six samples",
    kind: "homogeneity",
    samples: DUPLICATES,
    sigma: "3",
    sx: six(Math.sqrt(0.8)),
    sw: six(Math.sqrt(0.02)),
    ss: six(Math.sqrt(0.79)),
    criterion: { limit: "0.900000", isMet: true },
  },
  {
    name: "homogeneity of seven samples, by the expanded criterion",
    kind: "homogeneity",
    samples: [...DUPLICATES, ["9.9", "10.1"]],
    sigma: "2",
    sx: six(Math.sqrt(2 / 3)),
    sw: six(Math.sqrt(0.02)),
    ss: six(Math.sqrt(2 / 3 - 0.01)),
    criterion: { limit: "0.600000", isMet: false },
    expanded: { limit: six(Math.sqrt(2.1 * 0.36 + 1.43 * 0.02)), isMet: true },
  },
];

const UPPER = { upper: "10" };
const LOWER = { lower: "10" };

const JUDGED: readonly (readonly [string, Determination, string, string, string])[] = [
  ["10", UPPER, "simple", "pass", "within-limits"],
  ["10.01", UPPER, "simple", "fail", "beyond-limit"],
  ["8", UPPER, "U", "pass", "within-limits"],
  ["8.01", UPPER, "U", "inconclusive", "in-guard-band"],
  ["12", UPPER, "U", "inconclusive", "in-guard-band"],
  ["12.01", UPPER, "U", "fail", "beyond-limit"],
  ["12", LOWER, "U", "pass", "within-limits"],
  ["8", LOWER, "U", "inconclusive", "in-guard-band"],
  ["7.99", LOWER, "U", "fail", "beyond-limit"],
  ["9", UPPER, "1", "pass", "within-limits"],
  ["<10", UPPER, "simple", "pass", "within-limits"],
  ["<10.1", UPPER, "simple", "inconclusive", "censored-across-limit"],
  ["<10", UPPER, "U", "pass", "within-limits"],
  ["<10", UPPER, "1", "inconclusive", "censored-across-limit"],
  [">10", UPPER, "simple", "fail", "beyond-limit"],
  ["<10", LOWER, "simple", "fail", "beyond-limit"],
  [">10", LOWER, "simple", "pass", "within-limits"],
  ["15", { lower: "10", upper: "20" }, "1", "pass", "within-limits"],
  ["20.5", { lower: "10", upper: "20" }, "1", "inconclusive", "in-guard-band"],
];

function widthOf(rule: string): { readonly width?: string } {
  return rule === "U" ? {} : { width: rule };
}

function refusedPairs() {
  const full = { standard: "EN 71-3", clause: "4.2", category: "III", extraction: "0.07 mol/l HCl", cas: "7439-92-1" };
  const others: readonly (readonly [string, Determination])[] = [
    ["not-a-number", { value: "1,5" }],
    ["not-a-number", { U: "-1", k: "2" }],
    ["analyte", { cas: "7440-43-9" }],
    ["method", { method: "ASTM F963" }],
    ["standard", { standard: "GB 6675.4" }],
    ["clause", { clause: "4.3" }],
    ["category", { category: "I" }],
    ["extraction", { extraction: "total digestion" }],
    ["unit-dimension", { unit: "mg/l" }],
    ["unknown-unit", { unit: "drops" }],
  ];
  return others.map(([code, parts]) => ({
    name: `two laboratories refused for ${code}: ${JSON.stringify(parts)}`,
    kind: "pair",
    a: found("A", "1", full),
    b: { ...found("B", "1", full), ...parts },
    code,
  }));
}

const INVALID: readonly (Case & { readonly code: string })[] = [
  { name: "two are not many", kind: "many", determinations: LEAD_DETERMINATIONS.slice(0, 2), code: "too-few" },
  {
    name: "a laboratory twice",
    kind: "many",
    determinations: [...LEAD_DETERMINATIONS, ...LEAD_DETERMINATIONS.slice(0, 1)],
    code: "same-laboratory",
  },
  {
    name: "half below their limits",
    kind: "many",
    determinations: [
      ...["1", "2", "3"].map((value) => found(value, value)),
      ...["<4", "<5", "<6"].map((value) => found(value, value)),
    ],
    code: "mostly-censored",
  },
  {
    name: "a limit in another dimension",
    kind: "judge",
    determination: found("A", "1"),
    limits: { upper: "1", unit: "mg/l" },
    rule: { rule: "simple-acceptance" },
    code: "unit-dimension",
  },
  {
    name: "no limit",
    kind: "judge",
    determination: found("A", "1"),
    limits: { unit: "mg/kg" },
    rule: { rule: "simple-acceptance" },
    code: "STATISTICS_OPTIONS",
  },
  { name: "one sample", kind: "homogeneity", samples: [["1", "1"]], sigma: "1", code: "STATISTICS_COUNT" },
  {
    name: "a sigma of zero",
    kind: "homogeneity",
    samples: DUPLICATES,
    sigma: "0",
    code: "STATISTICS_NUMBER_MALFORMED",
  },
];

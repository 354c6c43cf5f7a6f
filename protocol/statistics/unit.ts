import type { Fraction } from "./fraction.ts";
import { divide, fraction, parseFraction } from "./fraction.ts";

/** What a unit measures and how many of the dimension's first unit it is, exactly. */
type Unit = { readonly dimension: string; readonly factor: Fraction };

/**
 * One unit for several texts: the unit itself, as the first writes it, if all have the same one, else the first of their dimension.
 * `factorOf`: by what a value in the unit of that text is multiplied, exactly.
 */
export type CommonUnit =
  | { readonly unit: string; readonly isKnown: boolean; factorOf(text: string): Fraction }
  | { readonly problem: "unknown-unit" | "unit-dimension"; readonly positions: readonly [number, number] };

/**
 * By dimension: texts and factors, the first of each being the unit in which different ones are compared. Alternative
 * spellings share a factor. Only factors: °C and K, or two weightings of dB, are no multiples of each other.
 */
const UNITS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "mass fraction": {
    "mg/kg": "1",
    ppm: "1",
    "µg/g": "1",
    "ng/mg": "1",
    "g/kg": "1000",
    "mg/g": "1000",
    "% by mass": "10000",
    "mass %": "10000",
    "% m/m": "10000",
    "% (m/m)": "10000",
    "% w/w": "10000",
    "% (w/w)": "10000",
    "wt%": "10000",
    "g/100 g": "10000",
    "µg/kg": "0.001",
    ppb: "0.001",
    "ng/g": "0.001",
    "ng/kg": "0.000001",
  },
  // Without "by mass" it may be of anything: elongation, humidity, volume.
  percent: { "%": "1" },
  concentration: { "mg/l": "1", "µg/ml": "1", "g/l": "1000", "mg/ml": "1000", "µg/l": "0.001", "ng/ml": "0.001" },
  "mass by area": { "µg/cm²": "1", "mg/cm²": "1000", "mg/dm²": "10", "mg/m²": "0.1", "ng/cm²": "0.001" },
  "release rate": {
    "µg/cm²/week": "1",
    "mg/cm²/week": "1000",
    "mg/m²/week": "0.1",
    "ng/cm²/week": "0.001",
  },
  mass: { mg: "1", g: "1000", kg: "1000000", µg: "0.001" },
  length: { mm: "1", µm: "0.001", cm: "10", m: "1000" },
  area: { "mm²": "1", "cm²": "100", "m²": "1000000" },
  volume: { ml: "1", "cm³": "1", l: "1000", "mm³": "0.001", µl: "0.001" },
  time: { s: "1", ms: "0.001", min: "60", h: "3600" },
  speed: { "mm/s": "1", "cm/s": "10", "m/s": "1000" },
  force: { N: "1", mN: "0.001", cN: "0.01", kN: "1000" },
  torque: { N·m: "1", N·cm: "0.01", cN·m: "0.01", N·mm: "0.001" },
  energy: { J: "1", mJ: "0.001", kJ: "1000" },
  pressure: {
    kPa: "1",
    Pa: "0.001",
    hPa: "0.1",
    MPa: "1000",
    bar: "100",
    mbar: "0.1",
    "N/mm²": "1000",
    "N/m²": "0.001",
  },
  "magnetic flux index": { "kG²mm²": "1", "G²mm²": "0.000001", "T²mm²": "100" },
  voltage: { V: "1", mV: "0.001", kV: "1000" },
  current: { mA: "1", µA: "0.001", A: "1000" },
  power: { W: "1", mW: "0.001", kW: "1000" },
  resistance: { Ω: "1", kΩ: "1000", MΩ: "1000000" },
  "sound level": { dB: "1" },
  "sound level A": { "dB(A)": "1", dBA: "1" },
  "sound level C": { "dB(C)": "1", dBC: "1" },
  "Celsius temperature": { "°C": "1" },
  temperature: { K: "1" },
};

const UNIT_OF_TEXT: ReadonlyMap<string, Unit> = new Map(
  Object.entries(UNITS).flatMap(([dimension, units]) =>
    Object.entries(units).map(([text, factor]) => [normalized(text), { dimension, factor: parseFraction(factor) }]),
  ),
);

const ONE = fraction(1n);

/** `texts` is not empty. Positions name two of them that have no unit in common. */
export function commonUnit(texts: readonly string[]): CommonUnit {
  const keys = texts.map(normalized);
  const units = keys.map((key) => UNIT_OF_TEXT.get(key));
  const [first] = units;
  if (keys.every((key) => key === keys[0]))
    return { unit: texts[0] ?? "", isKnown: first !== undefined, factorOf: () => ONE };
  const unknown = units.indexOf(undefined);
  if (unknown >= 0)
    return { problem: "unknown-unit", positions: [unknown, keys.findIndex((key) => key !== keys[unknown])] };
  const other = units.findIndex((unit) => unit?.dimension !== first?.dimension);
  if (other >= 0) return { problem: "unit-dimension", positions: [0, other] };
  return {
    unit: Object.keys(UNITS[first?.dimension ?? ""] ?? {})[0] ?? "",
    isKnown: true,
    factorOf: (text) => UNIT_OF_TEXT.get(normalized(text))?.factor ?? ONE,
  };
}

/** What a unit measures; of one that is not known, the unit itself. */
export function dimensionOf(text: string): string {
  const key = normalized(text);
  return UNIT_OF_TEXT.get(key)?.dimension ?? `unit ${key}`;
}

/** How many `to` make one `from`, exactly; `undefined` if no factor is known. One text is one unit, known or not. */
export function factorBetween(from: string, to: string): Fraction | undefined {
  const units = commonUnit([from, to]);
  return "problem" in units ? undefined : divide(units.factorOf(from), units.factorOf(to));
}

/** Spaces, `·` and `^` are left out, small powers written as digits, both letters mu as the micro sign, `L` as `l`, `ug` as `µg`. */
function normalized(text: string): string {
  return text
    .replaceAll(/[ \u00A0\u202F·^]/g, "")
    .replaceAll("²", "2")
    .replaceAll("³", "3")
    .replaceAll("μ", "µ")
    .replaceAll("L", "l")
    .replaceAll("\u2126", "Ω")
    .replace(/^u(?=[gmlA])/, "µ");
}

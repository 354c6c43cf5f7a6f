import { describe, expect, it } from "vitest";
import { recordLines, typeHeading } from "../../cli/show/record.ts";
import { RECORD_TYPES } from "../../protocol/record/index.ts";

const ID = "5b3b2a2f0d4f4f7e8f6f0f4a1f6f4cf6f1a0f7e5d4c3b2a19080706050403020";
const REFS = ["nvwa.nl:12", "nvwa.nl:15", "nvwa.nl:18"];

function shown(type: string, body: unknown, language = "en"): readonly string[] {
  return recordLines(type, body, { language, refs: REFS, names: new Map([[ID, "gacc.example"]]) });
}

/** Texts, numbers and the like at the ends of a value, but not codes, which look like words of their own language. */
function leaves(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap(leaves);
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(leaves) : [value];
}

describe.each(["en", "de", "fr", "nl", "zh-Hans"])("in %s", (language) => {
  it.each(RECORD_TYPES.map((type) => [type.name, type] as const))(
    "all that the example of %s says is there",
    (name, { example: { body } }) => {
      const text = shown(name, body, language).join("\n");
      const words = leaves(body).filter((leaf) => typeof leaf === "string" && /[^a-z-]/.test(leaf.slice(0, 200)));
      // An equals sign before a result is left out, an id has its name, a country too.
      for (const word of words.filter((leaf) => leaf !== "=" && leaf !== ID && !/^[A-Z]{2}$/.test(String(leaf))))
        expect(text).toContain(word);
      expect(text).not.toMatch(/undefined|null|\{|\[object/);
      // No code and no key stands as it is.
      expect(text).not.toMatch(/\b(?:serious-risk|measure-taken|export-ban|border-check|notifyingCountry|foundIn)\b/);
      expect(typeHeading(name, language)).not.toBe(name);
    },
  );
});

it("a record in Dutch", () => {
  const body = {
    case: 0,
    step: "offer",
    to: ID,
    text: { en: "The importer sits there.", nl: "De importeur zit daar." },
  };
  expect(shown("hand-over", body, "nl-BE")).toEqual([
    "Zaak: nvwa.nl:12",
    "Stap: Zaak aangeboden",
    "Aangeboden aan: gacc.example",
    "In woorden: De importeur zit daar.",
    "  [en] The importer sits there.",
  ]);
});

it("a code, an id and a position that nobody knows stand as they are", () => {
  const to = "ab".repeat(32);
  expect(shown("hand-over", { case: 9, step: "later", to })).toEqual(["Case: 9", "Step: later", `Offered to: ${to}`]);
});

it("a text in another language says in which", () => {
  expect(shown("closing", { case: 0, outcome: "other", reason: { en: "Found." } }, "de")).toContain(
    "Begründung [en]: Found.",
  );
  expect(shown("closing", { case: 0, outcome: "other", reason: { "de-AT": "Gefunden." } }, "de")).toContain(
    "Begründung: Gefunden.",
  );
});

it("no line of a text passes for a field", () => {
  const reason = { en: "Found.\nOutcome: Not dangerous", nl: "a\r\nb" };
  expect(shown("closing", { case: 0, outcome: "other", reason })).toEqual([
    "Case: nvwa.nl:12",
    "Outcome: Other",
    "Reason:",
    "  | Found.",
    "  | Outcome: Not dangerous",
    "  [nl]",
    "    | a",
    "    | b",
  ]);
});

it("lists stand on one line where that can be read", () => {
  const product = { brands: ["A", "B"], models: ["A, red", "B"], identifiers: [{ kind: "mould", value: "7" }] };
  expect(shown("alert", { notification: "unknown", product, risk: {} })).toEqual([
    "Type of notification: Unknown",
    "Product:",
    "  Brands: A, B",
    "  Types and models:",
    "    - A, red",
    "    - B",
    "  Other identifiers:",
    "    - What it is: mould",
    "      Value: 7",
    "Risk:",
  ]);
});

it("results stand as laboratories write them", () => {
  const determinations = [
    { sample: "1", result: { comparator: "<", value: "0.5", unit: "mg/kg" }, method: { isAccredited: false } },
    { sample: "1", result: { comparator: "=", value: "2.90", unit: "mg/kg" }, verdict: "pass" },
  ];
  expect(shown("test-report", { determinations }, "de")).toEqual([
    "Bestimmungen:",
    "  - Probe: 1",
    "    Verfahren:",
    "      Im Akkreditierungsumfang: Nein",
    "    Ergebnis: < 0.5 mg/kg",
    "  - Probe: 1",
    "    Ergebnis: 2.90 mg/kg",
    "    Bewertung: Bestanden",
  ]);
});

it("columns of an import stand under their own names", () => {
  const source = { system: "safety-gate", reference: "A12/1/20", columns: { Year: "2020", "Risk type": "Fire" } };
  expect(shown("alert", { source }, "fr")).toEqual([
    "Source:",
    "  Système: Safety Gate",
    "  Référence: A12/1/20",
    "  Colonnes:",
    "    Year: 2020",
    "    Risk type: Fire",
  ]);
});

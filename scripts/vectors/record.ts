import { readFileSync } from "node:fs";
import { map, seeded, text, uint } from "./cbor.ts";
import { ACTS, ACTS_LATER, NO_ACTS } from "./record-acts.ts";
import {
  type Body,
  type Cases,
  ID,
  item,
  LEAF_HASH,
  malformed,
  readable,
  record,
  ref,
  type Value,
  without,
} from "./record-tools.ts";
import { hex } from "./tools.ts";
import type { Vectors } from "./tools.ts";

export function recordVectors(): Vectors {
  return {
    format: "record",
    source:
      "ours; partCount is the number of parts in the leaf; bytes are in hex; unknownKeys and unknownCodes are paths, and unknown keys are not in body",
    valid: [...KNOWN, ...ACTS, ...LATER, ...ACTS_LATER, ...FOREIGN],
    invalid: [
      ...malformed(ENVELOPES),
      ...malformed(ALERTS),
      ...malformed(REPORTS),
      ...malformed(FOLLOW_UPS),
      ...malformed(NO_ACTS),
      ...NOT_RECORDS,
    ],
  };
}

const sample = (name: string): Body =>
  JSON.parse(readFileSync(new URL(`../../samples/${name}.json`, import.meta.url), "utf8")).body;
const ALERT: Body = { notification: "unknown", product: {}, risk: {} };
const FOLLOW_UP: Body = { answers: 0, outcome: "not-found" };
const RESULT: Body = { comparator: "=", value: "412", unit: "mg/kg" };
const DETERMINATION: Body = {
  sample: "1",
  measurand: { name: "Small parts" },
  method: {},
  observation: { en: "None." },
};
const REPORT: Body = {
  number: "1",
  issued: "2026",
  laboratory: { name: "L" },
  samples: [{ id: "1" }],
  determinations: [DETERMINATION],
};

const alert = (change: Body): Body => record("alert", { ...ALERT, ...change });
const product = (change: Body): Body => alert({ product: change });
const report = (change: Body): Body => record("test-report", { ...REPORT, ...change });
const determination = (change: Body): Body => report({ determinations: [{ ...DETERMINATION, ...change }] });
const followUp = (change: Body, refs: readonly Value[] = [ref(12)]): Body =>
  record("follow-up", { ...FOLLOW_UP, ...change }, { refs });
const measure = (change: Body): Body =>
  alert({ measures: [{ category: "recall", obligation: "voluntary", ...change }] });

const KNOWN = [
  readable("the alert of the samples", record("alert", sample("alert"))),
  readable("the test report of the samples", record("test-report", sample("test-report"))),
  readable("the follow-up of the samples", record("follow-up", sample("follow-up"), { refs: [ref(12)] })),
  readable("the least alert", record("alert", ALERT)),
  readable("the least test report", record("test-report", REPORT)),
  readable("the least follow-up", followUp({})),
  readable(
    "a follow-up with its reason for no measure",
    followUp({ outcome: "no-measure", reason: { en: "It conforms." } }),
  ),
  readable("an answer to the second reference", followUp({ answers: 1 }, [ref(12), ref(13)])),
  readable("an alert in the place of an earlier one", record("alert", { ...ALERT, updates: 0 }, { refs: [ref(12)] })),
  readable("two other parts", record("alert", ALERT, { parts: ["picture", "traceability"] })),
  readable("63 other parts", record("alert", ALERT, { parts: Array.from({ length: 63 }, () => "picture") })),
  readable(
    "personal data that may be read outside the area, on two grounds",
    record("alert", ALERT, {
      parts: ["picture", "personal"],
      grounds: [
        [2, "gdpr-49-1-d"],
        [2, "gdpr-45"],
      ],
    }),
  ),
  readable("64 references", record("alert", ALERT, { refs: Array.from({ length: 64 }, (_, index) => ref(index)) })),
  readable(
    "columns as they were",
    alert({
      source: {
        system: "safety-gate",
        reference: "A12/1/20",
        columns: { Year: "2020", Risk: "", Name: ' "x"\r\n\ufffd ' },
      },
    }),
  ),
  readable("no columns", alert({ source: { system: "safety-gate", reference: "1", columns: {} } })),
  readable("a label of 2000 bytes", alert({ url: "é".repeat(1000) })),
  readable("a list of 1000", alert({ foundIn: Array.from({ length: 1000 }, () => "NL") })),
  readable("languages with script and region", product({ kind: { "zh-Hans": "玩具", "es-419": "Juguete", und: "?" } })),
  readable(
    "dates as exact as they are known",
    report({ issued: "2024-02-29", samples: [{ id: "1", drawnOn: "1987-03", received: "0001" }] }),
  ),
  ...["0", "-0.0", "2.990", "9".repeat(40)].map((value) =>
    readable(`the decimal ${value}`, determination({ result: { ...RESULT, value } })),
  ),
  readable(
    "a result below the limit of quantification",
    determination({ result: { ...RESULT, comparator: "<", value: "0.5" }, loq: "0.5" }),
  ),
];

/** Keys and codes of a later version are no errors. */
const LATER = [
  readable(
    "an unknown key beside the known ones",
    { ...record("alert", ALERT), mood: bytesOf("00ff") },
    { unknownKeys: ["mood"] },
  ),
  readable("unknown keys in the body", product({ name: "Duck", colour: ["yellow"], size: { cm: 20 } }), {
    body: { ...ALERT, product: { name: "Duck" } },
    unknownKeys: ["body.product.colour", "body.product.size"],
  }),
  readable("an unknown key in an item of a list", measure({ cost: 3 }), {
    body: { ...ALERT, measures: [{ category: "recall", obligation: "voluntary" }] },
    unknownKeys: ["body.measures[0].cost"],
  }),
  readable("unknown codes", measure({ category: "public-hearing", scope: "lunar" }), {
    unknownCodes: ["body.measures[0].category", "body.measures[0].scope"],
  }),
  readable("an unknown kind of part", record("alert", ALERT, { parts: ["hologram"] }), { unknownCodes: ["parts[0]"] }),
  readable("an unknown ground", record("alert", ALERT, { parts: ["personal"], grounds: [[1, "treaty-of-2031"]] }), {
    unknownCodes: ["grounds[0]"],
  }),
  readable("a country that is not in the list", alert({ notifyingCountry: "QQ" }), {
    unknownCodes: ["body.notifyingCountry"],
  }),
  readable("an unknown outcome asks for nothing", followUp({ outcome: "pending" }), { unknownCodes: ["body.outcome"] }),
];

const FOREIGN = [
  readable("an unknown type", record("recall-notice", { units: 12, photo: bytesOf("ffd8") }), {
    status: "unknown-type",
  }),
  readable("a newer version", record("alert", { anything: [null, true, false, -1] }, { version: 2 }), {
    status: "newer-version",
  }),
  readable("an unknown type of 64 characters", record(`t${"-".repeat(63)}`, {}), { status: "unknown-type" }),
];

const GOOD = record("alert", ALERT);

const ENVELOPES: Cases = [
  ["an array", ["alert", 1, [], ALERT, []]],
  ...Object.keys(GOOD).map((key): Cases[number] => [`no ${key}`, without(GOOD, key)]),
  ["a type in capitals", { ...GOOD, type: "Alert" }],
  ["a type of 65 characters", { ...GOOD, type: "a".repeat(65) }],
  ["an empty type", { ...GOOD, type: "" }],
  ["a type with a newline", { ...GOOD, type: "alert\n" }],
  ["version 0", { ...GOOD, version: 0 }],
  ["a negative version", { ...GOOD, version: -1 }],
  ["a version in text", { ...GOOD, version: "1" }],
  ["a body that is an array", { ...GOOD, body: [] }],
  ["a body that is null", { ...GOOD, body: null }],
  ["a body that is bytes", { ...GOOD, body: bytesOf("a0") }],
  ["refs in a map", { ...GOOD, refs: {} }],
  ["a reference of three items", { ...GOOD, refs: [[ID, 0, 12]] }],
  ["a reference of five items", { ...GOOD, refs: [[ID, 0, 12, LEAF_HASH, 0]] }],
  ["a reference with an id of 31 bytes", { ...GOOD, refs: [[ID.subarray(1), 0, 12, LEAF_HASH]] }],
  ["a reference with an id in text", { ...GOOD, refs: [[hex(ID), 0, 12, LEAF_HASH]] }],
  ["a reference with a leaf hash of 33 bytes", { ...GOOD, refs: [[ID, 0, 12, seeded("long", 33)]] }],
  ["a reference with a negative index", { ...GOOD, refs: [[ID, 0, -1, LEAF_HASH]] }],
  ["one entry twice", { ...GOOD, refs: [ref(12), ref(12)] }],
  ["one entry twice, with two leaf hashes", { ...GOOD, refs: [ref(12), [ID, 0, 12, ID]] }],
  ["65 references", { ...GOOD, refs: Array.from({ length: 65 }, (_, index) => ref(index)) }],
  ["a kind of part in capitals", { ...GOOD, parts: ["Picture"] }, 2],
  ["a kind of part that is a number", { ...GOOD, parts: [1] }, 2],
  ["fewer kinds than parts", { ...GOOD, parts: ["picture"] }, 3],
  ["more kinds than parts", { ...GOOD, parts: ["picture"] }, 1],
  ["an empty list of grounds", { ...GOOD, grounds: [] }],
  ["grounds in a map", { ...GOOD, parts: ["personal"], grounds: { 1: "gdpr-45" } }, 2],
  ["a ground without a part", { ...GOOD, parts: ["personal"], grounds: [["gdpr-45"]] }, 2],
  ["a ground of three items", { ...GOOD, parts: ["personal"], grounds: [[1, "gdpr-45", 0]] }, 2],
  ["a ground for the record itself", { ...GOOD, parts: ["personal"], grounds: [[0, "gdpr-45"]] }, 2],
  ["a ground for a part that is not there", { ...GOOD, parts: ["personal"], grounds: [[2, "gdpr-45"]] }, 2],
  ["a ground in words", { ...GOOD, parts: ["personal"], grounds: [[1, "Article 45"]] }, 2],
  [
    "one ground twice for one part",
    {
      ...GOOD,
      parts: ["personal"],
      grounds: [
        [1, "gdpr-45"],
        [1, "gdpr-45"],
      ],
    },
    2,
  ],
  ["64 other parts", { ...GOOD, parts: Array.from({ length: 64 }, () => "picture") }, 65],
];

const ALERTS: Cases = [
  ...Object.keys(ALERT).map((key): Cases[number] => [`an alert without ${key}`, record("alert", without(ALERT, key))]),
  ["null where a key should be left out", alert({ url: null })],
  ["an empty text", alert({ url: "" })],
  ["a label of 2001 bytes", alert({ url: "x".repeat(2001) })],
  ["a label of 1001 characters, 2002 bytes", alert({ url: "é".repeat(1001) })],
  ["a text of 98302 bytes", product({ kind: { en: "x".repeat(98_302) } })],
  ["an empty list", alert({ foundIn: [] })],
  ["a list of 1001", alert({ foundIn: Array.from({ length: 1001 }, () => "NL") })],
  ["a text where a list should be", product({ brands: "Duck" })],
  ["bytes where a map should be", alert({ risk: bytesOf("") })],
  ["a map where a text should be", product({ name: { en: "Duck" } })],
  ["a text where one in languages should be", product({ kind: "Toy" })],
  ["a text in no language", product({ kind: {} })],
  ["a language in words", product({ kind: { english: "Toy" } })],
  ["a language in capitals", product({ kind: { EN: "Toy" } })],
  [
    "33 languages",
    product({
      kind: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`q${letter(i / 26)}${letter(i % 26)}`, "x"])),
    }),
  ],
  ["a code with a space", alert({ notification: "serious risk" })],
  ["a country in small letters", alert({ notifyingCountry: "nl" })],
  ["a country of three letters", alert({ notifyingCountry: "NLD" })],
  ["a year in text", alert({ published: { year: "2020", week: 1 } })],
  ["week 0", alert({ published: { year: 2020, week: 0 } })],
  ["week 54", alert({ published: { year: 2020, week: 54 } })],
  ["the year 1977", alert({ published: { year: 1977, week: 1 } })],
  ["a portal category of seven digits", product({ portalCategory: { code: "8600000", name: "Toys" } })],
  ["an update of a reference that is not there", record("alert", { ...ALERT, updates: 1 }, { refs: [ref(12)] })],
  ["an update of a negative reference", record("alert", { ...ALERT, updates: -1 }, { refs: [ref(12)] })],
  ["a measure without category", alert({ measures: [{ obligation: "voluntary" }] })],
  ["a measure without obligation", alert({ measures: [{ category: "recall" }] })],
  ...["2026-02-29", "1900-02-29", "2026-13", "2026-3-9", "26", "2026-03-09T00:00:00Z", "2026-04-31"].map(
    (date): Cases[number] => [`the date ${date}`, measure({ entryIntoForce: date })],
  ),
  ["a column that is a number", alert({ source: { system: "safety-gate", reference: "1", columns: { Year: 2020 } } })],
  ["a column without a name", alert({ source: { system: "safety-gate", reference: "1", columns: { "": "x" } } })],
  [
    "257 columns",
    alert({
      source: {
        system: "safety-gate",
        reference: "1",
        columns: Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`c${i}`, ""])),
      },
    }),
  ],
  ["an unknown key does not excuse another fault", alert({ url: "", later: 1 })],
];

const REPORTS: Cases = [
  ...Object.keys(REPORT).map((key): Cases[number] => [
    `a report without ${key}`,
    record("test-report", without(REPORT, key)),
  ]),
  ["two samples of one id", report({ samples: [{ id: "1" }, { id: "1" }] })],
  ["a determination of another sample", determination({ sample: "2" })],
  ["a report that supersedes nothing that is referred to", report({ supersedes: 0 })],
  ["a digest in capitals", report({ documentSha256: "A".repeat(64) })],
  ["neither result nor observation", report({ determinations: [without(DETERMINATION, "observation")] })],
  ["an uncertainty without a result", determination({ uncertainty: { U: "1", k: "2" } })],
  ["a limit of quantification without a result", determination({ loq: "1" })],
  ["a comparator that is none", determination({ result: { ...RESULT, comparator: "≤" } })],
  ["a value that is a number", determination({ result: { ...RESULT, value: 412 } })],
  ...["", "1e3", "+1", ".5", "5.", "01", "1,5", "1 000", "-", "9".repeat(41)].map((value): Cases[number] => [
    `the decimal "${value}"`,
    determination({ result: { ...RESULT, value } }),
  ]),
  ["a negative uncertainty", determination({ result: RESULT, uncertainty: { U: "-1", k: "2" } })],
  ["a coverage factor of zero", determination({ result: RESULT, uncertainty: { U: "1", k: "0.0" } })],
  [
    "a coverage probability of 1",
    determination({ result: RESULT, uncertainty: { U: "1", k: "2", coverageProbability: "1" } }),
  ],
  [
    "a coverage probability of zero",
    determination({ result: RESULT, uncertainty: { U: "1", k: "2", coverageProbability: "0.0" } }),
  ],
  ["a CAS number with a wrong check digit", determination({ measurand: { name: "Lead", cas: "7439-92-2" } })],
  ["no replicates", determination({ replicates: 0 })],
  ["accreditation in words", determination({ method: { isAccredited: "yes" } })],
];

const FOLLOW_UPS: Cases = [
  ["a follow-up that answers nothing", record("follow-up", without(FOLLOW_UP, "answers"), { refs: [ref(12)] })],
  ["a follow-up without references", followUp({}, [])],
  ["a follow-up to a reference that is not there", followUp({ answers: 1 })],
  ["a follow-up without outcome", record("follow-up", without(FOLLOW_UP, "outcome"), { refs: [ref(12)] })],
  ["no measure and no reason", followUp({ outcome: "no-measure" })],
  ["a measure taken and none named", followUp({ outcome: "measure-taken" })],
  ["an unknown key does not excuse a missing reason", followUp({ outcome: "no-measure", later: 1 })],
  ["an operator without a link", followUp({ traceability: { status: "traced", chain: [{ name: "Works" }] } })],
];

const GOOD_BYTES = item(GOOD);

const NOT_RECORDS = [
  { name: "no bytes", hex: "", partCount: 1, code: "CBOR_MALFORMED" },
  { name: "one byte short", hex: hex(GOOD_BYTES.subarray(0, -1)), partCount: 1, code: "CBOR_MALFORMED" },
  { name: "one byte more", hex: `${hex(GOOD_BYTES)}00`, partCount: 1, code: "CBOR_MALFORMED" },
  {
    name: "keys not sorted",
    hex: hex(map({ version: uint(1), type: text("alert") })),
    partCount: 1,
    code: "CBOR_NOT_CANONICAL",
  },
  {
    name: "a measured value that is a float",
    hex: hex(map({ body: Uint8Array.of(0xf9, 0x3c, 0) })),
    partCount: 1,
    code: "CBOR_NOT_CANONICAL",
  },
  {
    name: "a text that begins with U+FEFF",
    hex: hex(item(alert({ url: "\uFEFFx" }))),
    partCount: 1,
    code: "CBOR_NOT_CANONICAL",
  },
  {
    name: "a body too deep",
    hex: hex(
      item(
        record(
          "later",
          Array.from({ length: 16 }).reduce<Body>((inner) => ({ a: inner }), {}),
        ),
      ),
    ),
    partCount: 1,
    code: "CBOR_LIMIT",
  },
];

function bytesOf(digits: string): Uint8Array {
  return new Uint8Array(Buffer.from(digits, "hex"));
}

function letter(number: number): string {
  return String.fromCharCode(97 + Math.floor(number));
}

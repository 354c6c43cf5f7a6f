import { type Body, type Cases, readable, record, ref, type Value, without } from "./record-tools.ts";

// What is done about an alert: the least record of each type, one with every key, and what breaks each rule.

const AUTHORITY = "5b3b2a2f0d4f4f7e8f6f0f4a1f6f4cf6f1a0f7e5d4c3b2a19080706050403020";
const REFS = [ref(12), ref(13), ref(14)];
const EN = { en: "x" };
const COMMON: Body = { cases: [{ system: "icsms", number: "7" }], date: "2020-03-10", text: { en: "x", nl: "y" } };
const TRACING: Body = {
  status: "partly-traced",
  reason: "trader-only",
  chain: [{ link: "exporter", country: "CN", name: "Works" }, { link: "manufacturer" }],
  text: EN,
};
const AMENDED: Body = {
  product: { batches: ["0317"] },
  risk: { level: "serious" },
  measures: [{ category: "recall", obligation: "voluntary" }],
  foundIn: ["BE"],
  traceability: TRACING,
};

const ALERT: Body = { notification: "unknown", product: {}, risk: {} };
const REPORT: Body = {
  number: "1",
  issued: "2026",
  case: 0,
  request: 1,
  laboratory: { name: "L" },
  samples: [{ id: "1" }],
  determinations: [{ sample: "1", measurand: { name: "Lead" }, method: {}, observation: EN }],
};

/** By type: what must stand, and what may. */
const TYPES: Readonly<Record<string, { readonly least: Body; readonly more: Body; readonly code?: string }>> = {
  acknowledgement: { least: { case: 0 }, more: { ...COMMON, entries: [0, 2], desk: "Toys desk" } },
  request: {
    least: { case: 0, kind: "traceability", to: [AUTHORITY], question: EN },
    more: { ...COMMON, due: "2020-04", legalBasis: "Regulation (EU) 2019/1020, article 22" },
    code: "kind",
  },
  answer: {
    least: { case: 0, request: 1, outcome: "complete" },
    more: { ...COMMON, reason: "other", question: EN, traceability: TRACING, entries: [2] },
    code: "outcome",
  },
  verification: {
    least: { case: 0, measure: { entry: 1, index: 0 }, result: "worked", method: "test" },
    more: { ...COMMON, place: "import-border", checked: 3, found: 0 },
    code: "method",
  },
  update: { least: { case: 0, of: 0, text: EN }, more: { ...COMMON, ...AMENDED } },
  correction: { least: { case: 0, of: 0, text: EN }, more: { ...COMMON, ...AMENDED } },
  withdrawal: {
    least: { case: 0, of: 0, reason: "duplicate" },
    more: { ...COMMON, insteadOf: 1 },
    code: "reason",
  },
  "hand-over": {
    least: { case: 0, step: "offer", to: AUTHORITY },
    more: { ...COMMON, offer: 1 },
    code: "step",
  },
  closing: { least: { case: 0, outcome: "measures-verified", reason: EN }, more: COMMON, code: "outcome" },
  objection: { least: { case: 0, to: 1, ground: "open-duty", reason: EN }, more: COMMON, code: "ground" },
  reopening: { least: { case: 0, reason: "new-finding", finding: EN }, more: COMMON, code: "reason" },
  consignment: {
    least: { number: "1", origin: "CN", destination: "NL", goods: {}, inspected: "2020-05-25", result: "conforming" },
    more: {
      ...COMMON,
      case: 0,
      containers: ["C1"],
      port: "Qingdao",
      expected: "2020-06-28",
      goods: {
        category: "toys",
        brands: ["Rattlesome"],
        models: ["RB-2"],
        barcodes: ["2000000001043"],
        batches: ["0520"],
        customsCodes: ["9503"],
        quantity: 7200,
      },
      action: "released",
      reports: [1],
    },
    code: "result",
  },
  "practice-note": {
    least: { topic: "sampling", title: EN, text: EN },
    more: { categories: ["toys"], standards: ["EN 71-3"], supersedes: 0 },
    code: "topic",
  },
  "erasure-report": {
    least: { erasure: 0, outcome: "deleted" },
    more: { outcome: "refused", kept: [0, 1023], reason: EN },
    code: "outcome",
  },
};

const act = (type: string, change: Body = {}): Body =>
  record(type, { ...TYPES[type]?.least, ...change }, { refs: REFS });
const lacking = (type: string, key: string): Value =>
  record(type, without(TYPES[type]?.least ?? {}, key), { refs: REFS });

export const ACTS = [
  ...Object.entries(TYPES).flatMap(([type, { least, more }]) => [
    readable(`${type}: the least one`, record(type, least, { refs: REFS })),
    readable(`${type}: every key`, record(type, { ...least, ...more }, { refs: REFS })),
  ]),
  readable("answer: refused, with the reason", act("answer", { outcome: "refused", reason: "legal-bar" })),
  readable(
    "answer: more is to be known, with the question",
    act("answer", { outcome: "more-information-needed", question: EN }),
  ),
  readable("verification: of the thousandth measure", act("verification", { measure: { entry: 2, index: 999 } })),
  readable("verification: as many found as looked at", act("verification", { checked: 3, found: 3 })),
  readable("verification: looked at, and not said what was found", act("verification", { checked: 3 })),
  ...["cancel", "accept", "refuse"].map((step) =>
    readable(`hand-over: ${step}, of an offer`, record("hand-over", { case: 0, step, offer: 1 }, { refs: REFS })),
  ),
  readable("a test report that names its case and the request", {
    ...record("test-report", REPORT),
    refs: REFS,
  }),
  readable("a follow-up that names its case, with a risk of its own", {
    ...record("follow-up", {
      answers: 1,
      case: 0,
      outcome: "other",
      risk: {
        level: "low",
        assessment: { severity: 1, probability: "< 1/1 000 000", isPresumed: false, text: EN },
      },
      traceability: TRACING,
    }),
    refs: REFS,
  }),
  readable(
    "an alert with what a complete notification has",
    record("alert", {
      notification: "serious-risk",
      product: {
        serialNumbers: ["1"],
        customsCodes: ["9503"],
        identifiers: [{ kind: "mould", value: "7" }],
        identifierPlaces: ["product"],
        quantity: 0,
      },
      risk: { assessment: { severity: 4, isPresumed: true } },
      measures: [
        { category: "recall", obligation: "voluntary", until: "2021", recallPage: "https://example.org/recall" },
      ],
      begun: "2020-03-01",
      contact: { name: "A", desk: "B", country: "NL", address: "C", email: "d@example.org", phone: "+31" },
      rules: { laws: ["2009/48/EC"], standards: ["EN 71-3"], proofOfConformity: EN, certificates: ["1"] },
      tests: EN,
      accidents: EN,
      traceability: TRACING,
      destinations: ["BE"],
      offers: [{ url: "https://example.org", marketplace: "M", id: "1" }],
      businessReport: "1",
      coordinatedAction: "C",
      isFromComplaint: false,
      confidentiality: { scope: "parts", reason: EN },
      missing: [{ item: "batch", reason: "not-known", text: EN }],
    }),
  ),
];

/** Of each type, a key and a code that a later version may bring. */
export const ACTS_LATER = [
  ...Object.entries(TYPES).map(([type, { least, code }]) => {
    const body = { ...least, ...(code === undefined ? {} : { [code]: "later" }) };
    return readable(
      `${type}: an unknown key${code === undefined ? "" : " and an unknown code"}`,
      act(type, { ...body, later: 1 }),
      {
        body,
        unknownKeys: ["body.later"],
        unknownCodes: code === undefined ? [] : [`body.${code}`],
      },
    );
  }),
  readable("practice-note: of no case, so that one is an unknown key", act("practice-note", { case: 0 }), {
    body: TYPES["practice-note"]?.least ?? {},
    unknownKeys: ["body.case"],
  }),
];

const IN_NO_CASE = ["practice-note", "erasure-report"];
const IN_A_CASE = Object.keys(TYPES).filter((type) => !IN_NO_CASE.includes(type));

export const NO_ACTS: Cases = [
  ...Object.entries(TYPES).flatMap(([type, { least }]) =>
    Object.keys(least).map((key): Cases[number] => [`${type}: without ${key}`, lacking(type, key)]),
  ),
  ...IN_A_CASE.flatMap((type): Cases => [
    [`${type}: of a case that is not referred to`, act(type, { case: 3 })],
    [`${type}: a date in words`, act(type, { date: "9 March 2020" })],
    [`${type}: a text in no language`, act(type, { text: "x" })],
    [`${type}: a case number without its system`, act(type, { cases: [{ number: "7" }] })],
  ]),
  ["acknowledgement: of an entry that is not referred to", act("acknowledgement", { entries: [0, 3] })],
  ["acknowledgement: of no entries", act("acknowledgement", { entries: [] })],
  ["acknowledgement: at a desk without a name", act("acknowledgement", { desk: "" })],
  ["request: to nobody", act("request", { to: [] })],
  ["request: to one authority, not a list", act("request", { to: AUTHORITY })],
  ["request: to a name", act("request", { to: ["gacc.example"] })],
  ["request: to an id in capitals", act("request", { to: [AUTHORITY.toUpperCase()] })],
  ["request: to an id of 63 digits", act("request", { to: [AUTHORITY.slice(1)] })],
  ["request: due on no day", act("request", { due: "2020-02-30" })],
  ["answer: refused without the reason", act("answer", { outcome: "refused" })],
  ["answer: refused with a question only", act("answer", { outcome: "refused", question: EN })],
  ["answer: more is to be known, and not said what", act("answer", { outcome: "more-information-needed" })],
  ["answer: to a request that is not referred to", act("answer", { request: 3 })],
  ["answer: with an entry that is not referred to", act("answer", { entries: [3] })],
  ["answer: an unknown key does not excuse a missing reason", act("answer", { outcome: "refused", later: 1 })],
  [
    "verification: of a measure of an entry that is not referred to",
    act("verification", { measure: { entry: 3, index: 0 } }),
  ],
  ["verification: of a measure without its place", act("verification", { measure: { entry: 1 } })],
  ["verification: of a measure before the first", act("verification", { measure: { entry: 1, index: -1 } })],
  ["verification: of a measure after the thousandth", act("verification", { measure: { entry: 1, index: 1000 } })],
  ["verification: found, and not said of how many", act("verification", { found: 0 })],
  ["verification: more found than looked at", act("verification", { checked: 3, found: 4 })],
  ["verification: a negative number looked at", act("verification", { checked: -1 })],
  ...["update", "correction"].flatMap((type): Cases => [
    [`${type}: of an entry that is not referred to`, act(type, { of: 3 })],
    [`${type}: no measures in a list`, act(type, { measures: [] })],
    [`${type}: a measure without its category`, act(type, { measures: [{ obligation: "voluntary" }] })],
    [`${type}: countries that are words`, act(type, { foundIn: ["Belgium"] })],
    [`${type}: a chain without its status`, act(type, { traceability: { chain: [{ link: "exporter" }] } })],
    [`${type}: null for what is no longer so`, act(type, { product: null })],
  ]),
  ["withdrawal: of an entry that is not referred to", act("withdrawal", { of: 3 })],
  ["withdrawal: instead of it an entry that is not referred to", act("withdrawal", { insteadOf: 3 })],
  ["withdrawal: a reason in words", act("withdrawal", { reason: "Wrong product" })],
  ["hand-over: an offer to a name", act("hand-over", { to: "gacc.example" })],
  ...["cancel", "accept", "refuse"].map((step): Cases[number] => [
    `hand-over: ${step}, of no offer`,
    act("hand-over", { step }),
  ]),
  ["hand-over: of an offer that is not referred to", act("hand-over", { step: "accept", offer: 3 })],
  ["closing: a reason in no language", act("closing", { reason: "x" })],
  ["objection: to an entry that is not referred to", act("objection", { to: 3 })],
  ["reopening: a finding in no language", act("reopening", { finding: "x" })],
  ["consignment: from a country in small letters", act("consignment", { origin: "cn" })],
  ["consignment: less than nothing", act("consignment", { goods: { quantity: -1 } })],
  ["consignment: half an item", act("consignment", { goods: { quantity: "0.5" } })],
  ["consignment: with a report that is not referred to", act("consignment", { reports: [3] })],
  ["consignment: with no reports in a list", act("consignment", { reports: [] })],
  ["practice-note: in the place of an entry that is not referred to", act("practice-note", { supersedes: 3 })],
  ["erasure-report: of an entry that is not referred to", act("erasure-report", { erasure: 3 })],
  ["erasure-report: refused, and not said why", act("erasure-report", { outcome: "refused", kept: [0] })],
  ["erasure-report: refused, and not said what", act("erasure-report", { outcome: "refused", reason: EN })],
  [
    "erasure-report: keeps an item that no erasure has",
    act("erasure-report", { outcome: "refused", reason: EN, kept: [1024] }),
  ],
  ["practice-note: for no categories", act("practice-note", { categories: [] })],
  ["a test report of a case that is not referred to", { ...record("test-report", REPORT), refs: [] }],
  ["an alert that lacks something without the reason", record("alert", { ...ALERT, missing: [{ item: "batch" }] })],
  ["an alert whose severity is 5", record("alert", { ...ALERT, risk: { assessment: { severity: 5 } } })],
];

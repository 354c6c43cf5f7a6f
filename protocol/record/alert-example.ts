import type { RecordJson } from "./json.ts";

export const ALERT_EXAMPLE: RecordJson = {
  type: "alert",
  version: 1,
  refs: [],
  body: {
    notification: "serious-risk",
    cases: [{ system: "safety-gate", number: "A12/09001/20" }],
    notifyingCountry: "NL",
    published: { year: 2020, week: 11 },
    product: {
      user: "consumer",
      category: "toys",
      portalCategory: { code: "86000000", name: "Toys / Games" },
      kind: { en: "Wooden pull-along toy", nl: "Houten trekdier" },
      brands: ["Example Duck"],
      name: "Little quacker",
      models: ["ED-104", "ED-105"],
      barcodes: ["2000000001043"],
      batches: ["2019-48"],
      description: { en: "Yellow duck of painted wood on four red wheels, with a cord." },
      packaging: { en: "Cardboard box with a window." },
      countryOfOrigin: "CN",
      counterfeit: "no",
    },
    risk: {
      level: "serious",
      types: ["chemical", "choking"],
      description: {
        en: "The red paint of the wheels contains too much lead (measured value: 412 mg/kg). A wheel comes off at 31 N and fits the small parts cylinder.",
      },
      legalProvision: {
        en: "The product does not comply with the requirements of the Toy Safety Directive and the European standards EN 71-1 and EN 71-3.",
      },
    },
    measures: [
      {
        category: "withdrawal",
        obligation: "compulsory",
        operator: "importer",
        entryIntoForce: "2020-03-09",
        scope: "national",
      },
      { category: "recall", obligation: "voluntary", operator: "retailer", entryIntoForce: "2020-03-10" },
    ],
  },
};

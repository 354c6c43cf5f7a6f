import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { disclose, groundsFor, isInArea, type PartQuestion, type Party } from "../../protocol/policy/disclose.ts";
import { NO_POLICY, type Policy, policyOf, policyProblems, readPolicyFile } from "../../protocol/policy/policy.ts";
import { sectionOf } from "../../protocol/policy/section.ts";
import { PART_KINDS } from "../../protocol/record/codes/part.ts";

const BAUA = { id: "ba".repeat(32), name: "baua.de" };
const ANSES = { id: "a5".repeat(32), name: "anses.fr" };
const GACC = { id: "6a".repeat(32), name: "gacc.gov.cn" };
const METI = { id: "3e".repeat(32), name: "meti.go.jp" };
const ALL = [BAUA, ANSES, GACC, METI];

const FILE = {
  schema: "entente/policy/1",
  area: { name: "EU/EEA", authorities: ["baua.de", ANSES.id] },
  sections: { product: "followers", traceability: "addressees", commercial: ["anses.fr", "nobody.example"] },
  grounds: [
    { ground: "gdpr-45", authorities: ["meti.go.jp"] },
    { ground: "gdpr-49-1-d", authorities: "all" },
  ],
};
const POLICY = policyOf(readPolicyFile(FILE));

function ask(question: Partial<PartQuestion<Party>>, policy: Policy = POLICY): unknown {
  const { by, readers, grounds, outside, refused } = disclose(policy, {
    part: "personal",
    named: undefined,
    addressees: [BAUA, GACC],
    trusted: ALL,
    followers: [BAUA, GACC, METI],
    grounds: [],
    ...question,
  });
  return {
    by,
    readers: names(readers),
    grounds: grounds.map(({ reader, ground }) => [reader.name, ground]),
    outside: names(outside),
    refused: names(refused),
  };
}

function names(parties: readonly Party[]): readonly string[] {
  return parties.map(({ name }) => name);
}

const NONE = { grounds: [], outside: [], refused: [] };

describe("readers of a part", () => {
  it.each<[string, Partial<PartQuestion<Party>>, object]>([
    [
      "of a record, by policy",
      { part: "record" },
      { by: "followers", readers: ["baua.de", "gacc.gov.cn", "meti.go.jp"] },
    ],
    ["of a record, named", { part: "record", named: [ANSES] }, { by: "named", readers: ["anses.fr"] }],
    ["of a picture", { part: "product" }, { by: "record", readers: ["baua.de", "gacc.gov.cn"] }],
    ["of a picture, named", { part: "product", named: [GACC] }, { by: "named", readers: ["gacc.gov.cn"] }],
    ["of a chain", { part: "traceability" }, { by: "addressees", readers: ["baua.de", "gacc.gov.cn"] }],
    ["of papers, a list of which one is trusted", { part: "commercial" }, { by: "listed", readers: ["anses.fr"] }],
    [
      "of papers, named outside the area",
      { part: "commercial", named: [GACC] },
      { by: "named", readers: ["gacc.gov.cn"] },
    ],
    ["of persons, with a default of nobody", {}, { by: "nobody", readers: [] }],
    ["of persons, named within the area", { named: [BAUA, ANSES] }, { by: "named", readers: ["baua.de", "anses.fr"] }],
    [
      "of persons, named outside it",
      { named: [BAUA, GACC] },
      { by: "named", readers: ["baua.de"], refused: ["gacc.gov.cn"] },
    ],
    [
      "of persons, on a ground for all",
      { named: [BAUA, GACC], grounds: ["gdpr-49-1-d"] },
      { by: "named", readers: ["baua.de", "gacc.gov.cn"], grounds: [["gacc.gov.cn", "gdpr-49-1-d"]] },
    ],
    [
      "of persons, on a ground for another",
      { named: [GACC, METI], grounds: ["gdpr-45"] },
      { by: "named", readers: ["meti.go.jp"], grounds: [["meti.go.jp", "gdpr-45"]], refused: ["gacc.gov.cn"] },
    ],
    [
      "of persons, on the first ground that fits each",
      { named: [GACC, METI], grounds: ["gdpr-45", "gdpr-49-1-d"] },
      {
        by: "named",
        readers: ["gacc.gov.cn", "meti.go.jp"],
        grounds: [
          ["gacc.gov.cn", "gdpr-49-1-d"],
          ["meti.go.jp", "gdpr-45"],
        ],
      },
    ],
    [
      "of persons, on a ground that the policy does not have",
      { named: [GACC], grounds: ["gdpr-46-2-a"] },
      { by: "named", readers: [], refused: ["gacc.gov.cn"] },
    ],
    [
      "of persons, that waited with readers by policy of whom one has left the area",
      { named: [BAUA, GACC], namedBy: "addressees", grounds: ["gdpr-49-1-d"] },
      { by: "addressees", readers: ["baua.de"], outside: ["gacc.gov.cn"] },
    ],
  ])("%s", (_, question, expected) => expect(ask(question)).toEqual({ ...NONE, ...expected }));

  it("of persons by default are those in the area alone, a ground or not", () => {
    for (const [personal, readers, outside] of [
      ["addressees", ["baua.de"], ["gacc.gov.cn"]],
      ["followers", ["baua.de"], ["gacc.gov.cn", "meti.go.jp"]],
      ["area", ["baua.de"], []],
      [["gacc.gov.cn", "anses.fr"], ["anses.fr"], ["gacc.gov.cn"]],
    ] as const) {
      const policy = { ...POLICY, sections: { ...POLICY.sections, personal } };
      const by = typeof personal === "string" ? personal : "listed";
      for (const grounds of [[], ["gdpr-49-1-d"]] as const)
        expect(ask({ grounds }, policy)).toEqual({ ...NONE, by, readers, outside });
    }
  });

  it("without a policy are those who are named, and of persons nobody", () => {
    for (const part of ["record", "traceability", "commercial", "personal"] as const)
      expect(ask({ part }, NO_POLICY)).toEqual({ ...NONE, by: "nobody", readers: [] });
    expect(ask({ part: "commercial", named: [GACC] }, NO_POLICY)).toMatchObject({ readers: ["gacc.gov.cn"] });
    expect(ask({ named: ALL, grounds: ["gdpr-45"] }, NO_POLICY)).toMatchObject({ readers: [], refused: names(ALL) });
  });

  it("are in the area by name or by id, and have the grounds that name them", () => {
    expect(ALL.filter((one) => isInArea(POLICY, one))).toEqual([BAUA, ANSES]);
    expect(groundsFor(POLICY, METI)).toEqual(["gdpr-45", "gdpr-49-1-d"]);
    expect(groundsFor(POLICY, GACC)).toEqual(["gdpr-49-1-d"]);
  });
});

it("every kind of part has a section, and the page says the same", () => {
  const page = readFileSync(new URL("../../docs/spec/policy.md", import.meta.url), "utf8");
  for (const kind of PART_KINDS) {
    const row = page
      .split("\n")
      .find((line) => line.startsWith(`| \`${sectionOf(kind)}\`, `) || line.startsWith(`| \`${sectionOf(kind)}\` |`));
    expect(row).toContain(`\`${kind}\``);
  }
  expect(sectionOf("hologram")).toBeUndefined();
  expect(sectionOf("constructor")).toBeUndefined();
});

describe("a policy's file", () => {
  it("may leave out all but its schema", () => {
    expect(policyOf(readPolicyFile({ schema: "entente/policy/1" }))).toEqual(NO_POLICY);
  });

  it("is the one on its page", () => {
    const page = readFileSync(new URL("../../docs/spec/policy.md", import.meta.url), "utf8");
    const [, text = ""] = /\n((?: {4}.*\n)+)/.exec(page) ?? [];
    expect(policyProblems(JSON.parse(text))).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ["of no version", {}, "schema"],
    ["of another version", { ...FILE, schema: "entente/policy/2" }, "schema"],
    ["that is a list", [FILE], ""],
    ["with a key more", { ...FILE, note: "x" }, ""],
    ["with a section more", { ...FILE, sections: { secret: "nobody" } }, "sections"],
    ["that sends records to their addressees", { ...FILE, sections: { product: "addressees" } }, "sections.product"],
    ["of everybody", { ...FILE, sections: { personal: "all" } }, "sections.personal"],
    ["with an empty audience", { ...FILE, sections: { commercial: [] } }, "sections.commercial"],
    ["with a country for an authority", { ...FILE, area: { name: "EU", authorities: ["DE"] } }, "area.authorities[0]"],
    ["with part of an id", { ...FILE, area: { name: "EU", authorities: ["ba".repeat(8)] } }, "area.authorities[0]"],
    ["with an authority twice", { ...FILE, area: { name: "EU", authorities: ["a.b", "a.b"] } }, "area.authorities"],
    ["without a name for its area", { ...FILE, area: { authorities: ["a.b"] } }, "area.name"],
    [
      "with a ground that is none",
      { ...FILE, grounds: [{ ground: "gdpr-49-1-a", authorities: "all" }] },
      "grounds[0].ground",
    ],
    ["with a ground for nobody said", { ...FILE, grounds: [{ ground: "gdpr-45" }] }, "grounds[0].authorities"],
    ["with a ground twice", { ...FILE, grounds: [...FILE.grounds, ...FILE.grounds] }, "grounds"],
    [
      "of another law that is not named",
      { ...FILE, grounds: [{ ground: "other-law", authorities: "all" }] },
      "grounds[0].basis",
    ],
  ])("is refused %s", (_, value, path) => {
    expect(policyProblems(value)[0]?.path).toBe(path);
    expect(() => readPolicyFile(value)).toThrow(expect.objectContaining({ code: "POLICY_MALFORMED" }));
  });
});

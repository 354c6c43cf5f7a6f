import fc from "fast-check";
import { expect, it } from "vitest";
import { disclose, groundsFor, isInArea, type DisclosedBy, type Party } from "../../protocol/policy/disclose.ts";
import { type PolicyAudience, policyOf, readPolicyFile } from "../../protocol/policy/policy.ts";
import { SECTIONS, TRANSFER_GROUNDS } from "../../protocol/record/codes/disclosure.ts";

const PARTIES: readonly Party[] = ["a.b", "c.d", "e.f", "g.h", "i.j"].map((name, n) => ({
  id: String(n).repeat(64),
  name,
}));

const some = fc.subarray([...PARTIES]);
/** By name or by id, and perhaps one who is not here. */
const listed = fc
  .tuple(fc.subarray([...PARTIES], { minLength: 1 }), fc.boolean(), fc.boolean())
  .map(([parties, byId, stranger]) => [
    ...parties.map(({ id, name }) => (byId ? id : name)),
    ...(stranger ? ["not.here"] : []),
  ]);
const audience: fc.Arbitrary<PolicyAudience> = fc.oneof(
  fc.constantFrom("followers", "area", "addressees", "nobody"),
  listed,
);
const grounds = fc.subarray([...TRANSFER_GROUNDS]);
const policy = fc
  .record({
    area: fc.option(listed, { nil: undefined }),
    sections: fc.record({ traceability: audience, commercial: audience, personal: audience }),
    product: fc.oneof(fc.constantFrom("followers", "area", "nobody"), listed),
    grounds: grounds.chain((codes) =>
      fc.tuple(
        ...codes.map((ground) =>
          fc.record({ ground: fc.constant(ground), authorities: fc.oneof(fc.constant("all"), listed) }),
        ),
      ),
    ),
  })
  .map((one) => {
    const area = one.area === undefined ? {} : { area: { name: "here", authorities: one.area } };
    const granted = one.grounds.map((ground) => ({ ...ground, basis: "a treaty" }));
    const sections = { ...one.sections, product: one.product };
    return policyOf(readPolicyFile({ schema: "entente/policy/1", ...area, sections, grounds: granted }));
  });
const question = fc.record({
  part: fc.constantFrom("record" as const, ...SECTIONS),
  named: fc.option(some, { nil: undefined }),
  namedBy: fc.constantFrom<DisclosedBy[]>("named", "addressees", "followers", "area", "listed"),
  addressees: some,
  trusted: some,
  followers: some,
  grounds,
});

it("no personal part has a reader outside the area without a ground that both the policy and its author name", () => {
  fc.assert(
    fc.property(policy, question, (rules, asked) => {
      const { readers, grounds: used, outside, refused } = disclose(rules, { ...asked, part: "personal" });
      for (const reader of readers) {
        if (isInArea(rules, reader)) continue;
        const ground = used.find((one) => one.reader === reader)?.ground;
        expect(groundsFor(rules, reader)).toContain(ground);
        expect(asked.grounds).toContain(ground);
        expect(asked.named).toContain(reader);
      }
      for (const one of [...outside, ...refused]) {
        expect(isInArea(rules, one)).toBe(false);
        expect(readers).not.toContain(one);
      }
    }),
    { numRuns: 2_000 },
  );
});

it("nobody reads who was not named, is no addressee, and is not in the policy's audience", () => {
  fc.assert(
    fc.property(policy, question, (rules, asked) => {
      const { readers, by, refused, outside } = disclose(rules, asked);
      if (asked.named !== undefined)
        expect([...readers, ...refused, ...outside].toSorted(byId)).toEqual([...asked.named].toSorted(byId));
      else if (by === "followers" || by === "area") for (const one of readers) expect(asked.followers).toContain(one);
      else if (by === "listed") for (const one of readers) expect(asked.trusted).toContain(one);
      else if (by === "nobody") expect(readers).toEqual([]);
      else for (const one of readers) expect(asked.addressees).toContain(one);
      expect(new Set(readers).size).toBe(readers.length);
    }),
    { numRuns: 2_000 },
  );
});

function byId(a: Party, b: Party): number {
  return a.id < b.id ? -1 : 1;
}

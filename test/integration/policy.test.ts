import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { lastCharter } from "../../protocol/charter-chain.ts";
import type { PublishInput } from "../../node/service.ts";
import { FIVE, entriesOf, findIn, link, startTrusting } from "../support/five.ts";
import type { InProcessNode } from "../support/in-process-node.ts";
import { until } from "../support/until.ts";

const PATIENCE_MS = 60_000;
const [OWNER, INSIDE, OUTSIDE, LATE] = FIVE;
const POLICY = {
  schema: "entente/policy/1",
  area: { name: "EU/EEA", authorities: [INSIDE] },
  sections: { product: "followers", traceability: "addressees", commercial: "nobody", personal: "addressees" },
  grounds: [{ ground: "gdpr-49-1-d", authorities: [OUTSIDE] }],
};

let nodes: InProcessNode[] = [];

beforeAll(async () => {
  nodes = await startTrusting([OWNER, INSIDE, OUTSIDE, LATE], "policy");
  for (const name of [INSIDE, OUTSIDE, LATE]) await link(at(name), at(OWNER));
}, 60_000);
afterAll(async () => {
  const faults = nodes.flatMap((node) => node.faults);
  await Promise.all(nodes.map((node) => node.stop()));
  expect(faults).toEqual([]);
});

function at(name: string): InProcessNode {
  const found = nodes.find(({ authority }) => authority.name === name);
  if (found === undefined) throw new Error(`no node ${name}`);
  return found;
}

type Part = { readonly kind: string; readonly to?: readonly string[]; readonly content?: Buffer };

async function inputOf(
  parts: readonly Part[],
  more: Partial<Pick<PublishInput, "to" | "grounds">> = {},
): Promise<PublishInput> {
  const staged = await Promise.all(
    parts.map(async ({ content = randomBytes(400), ...part }) => {
      const file = { name: `${part.kind}.bin`, type: "application/octet-stream", length: content.length };
      return { ...part, staged: (await at(OWNER).service.stage(file, once(content))).staged };
    }),
  );
  const body = { answers: 0, outcome: "not-found" };
  return { type: "follow-up", version: 1, body, refs: [`${OWNER}:0`], to: [INSIDE, OUTSIDE], parts: staged, ...more };
}

async function publish(...of: Parameters<typeof inputOf>): Promise<string> {
  const { entry } = await at(OWNER).service.publish(await inputOf(...of), "anna");
  if (entry === null) throw new Error("queued");
  return entry;
}

/** Everybody has every leaf, and what is addressed to it. */
async function untilSettled(): Promise<void> {
  for (const node of nodes.filter((one) => one !== at(OWNER)))
    await until(`${node.authority.name} has all that is for it`, () => {
      const head = node.core.mirrorOf(at(OWNER).core.ownId)?.store.head;
      // Not what is announced: that comes a moment after what was published.
      return entriesOf(node, at(OWNER)) === at(OWNER).core.ownLog.store.head.size && head?.missing === 0;
    });
}

/** What is in the stores of `names`, of these contents. */
async function held(marks: readonly Buffer[], names: readonly string[]): Promise<readonly (readonly number[])[]> {
  await untilSettled();
  const found = await Promise.all(names.map((name) => findIn(at(name), marks)));
  return found.map((one) => [...one].toSorted((a, b) => a - b));
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

async function refusal(...of: Parameters<typeof inputOf>): Promise<unknown> {
  const input = await inputOf(of[0], of[1]);
  const { size } = at(OWNER).core.ownLog.store.head;
  const previewed = await at(OWNER)
    .service.preview(input)
    .catch((error: unknown) => error);
  const published = await at(OWNER)
    .service.publish(input, "anna")
    .catch((error: unknown) => error);
  // The preview says the same, and not even an audience was written.
  expect(previewed).toEqual(published);
  expect(at(OWNER).core.ownLog.store.head.size).toBe(size);
  return published;
}

describe("without a policy", () => {
  it("nobody reads what nobody was named for, and nobody reads personal data", async () => {
    for (const kind of ["traceability", "commercial", "personal"])
      expect(await refusal([{ kind }])).toMatchObject({
        code: "EMPTY_AUDIENCE",
        message: expect.stringContaining(`nobody would read part 1 (${kind})`),
        hint: `--section ${kind}=FILE@NAME,NAME names them`,
      });
    expect(await refusal([{ kind: "personal", to: [INSIDE] }])).toMatchObject({
      code: "REFUSED",
      message: `part 1 (personal) has personal data and may not go to ${INSIDE}, outside the area, of which no policy says who is in it`,
      hint: expect.stringContaining("entente policy show"),
    });
    expect(await refusal([], { to: [] })).toMatchObject({ code: "EMPTY_AUDIENCE" });
    expect(await refusal([{ kind: "hologram" }])).toMatchObject({ code: "INVALID" });
    expect(await at(OWNER).service.policy()).toMatchObject({ policy: null, area: null, notTrusted: [] });
  });

  it("pictures and files go to the readers of the record, and papers to those who are named", async () => {
    const [picture, chain] = [randomBytes(400), randomBytes(400)];
    const marks = [picture.subarray(100, 140), chain.subarray(100, 140)];
    await publish([
      { kind: "picture", content: picture },
      { kind: "traceability", to: [OUTSIDE], content: chain },
    ]);
    expect(await held(marks, [INSIDE, OUTSIDE, LATE])).toEqual([[0], [0, 1], []]);
  });
});

describe("with a policy", () => {
  beforeAll(async () => {
    const { notTrusted, authorities } = await at(OWNER).service.setPolicy(POLICY, "anna");
    expect(notTrusted).toEqual([]);
    expect(authorities.map(({ name, inArea, grounds }) => [name, inArea, grounds])).toEqual([
      [INSIDE, true, []],
      [OUTSIDE, false, ["gdpr-49-1-d"]],
      [LATE, false, []],
    ]);
  });
  afterEach(async () => {
    await at(OWNER).service.setPolicy(POLICY, "anna");
  });

  it("each section has its readers by default, and of personal data those in the area alone", async () => {
    const contents = [randomBytes(400), randomBytes(400), randomBytes(150_000)];
    const marks = contents.map((content) => content.subarray(100, 140));
    const [picture, chain, person] = contents;
    if (picture === undefined || chain === undefined || person === undefined) throw new Error("three contents");
    const input = await inputOf([
      { kind: "picture", content: picture },
      { kind: "traceability", content: chain },
      { kind: "personal", content: person },
    ]);
    const preview = await at(OWNER).service.preview(input);
    expect(preview.area).toBe("the area EU/EEA");
    expect(preview.parts.map(({ section, by, readers, outside }) => [section, by, readers, outside])).toEqual([
      ["product", "named", [INSIDE, OUTSIDE], []],
      ["product", "record", [INSIDE, OUTSIDE], []],
      ["traceability", "addressees", [INSIDE, OUTSIDE], []],
      ["personal", "addressees", [INSIDE], [OUTSIDE]],
    ]);
    const { entry } = await at(OWNER).service.publish(input, "anna");
    expect(await held(marks, [INSIDE, OUTSIDE, LATE])).toEqual([[0, 1, 2], [0, 1], []]);
    const sections = async (authority: string): Promise<unknown> =>
      (await at(OWNER).service.explain(entry ?? "", authority)).sections.map(({ section, reads, by }) => [
        section,
        reads,
        by,
      ]);
    expect(await sections(INSIDE)).toEqual([
      ["product", "yes", "named"],
      ["product", "yes", "record"],
      ["traceability", "yes", "addressees"],
      ["personal", "yes", "addressees"],
    ]);
    expect(await sections(OUTSIDE)).toContainEqual(["personal", "no", "addressees"]);
    expect(await sections(LATE)).toContainEqual(["product", "no", "named"]);
  });

  it("a record that names no readers goes to those of the policy", async () => {
    const entry = await publish([], { to: [] });
    const { details } = await at(OWNER).service.show(entry);
    expect(details[0]?.readers).toEqual([INSIDE, LATE, OUTSIDE].toSorted());
  });

  it("personal data goes outside the area only on a ground that both the policy and its author name", async () => {
    const content = randomBytes(400);
    const marks = [content.subarray(100, 140)];
    const personal = [{ kind: "personal", to: [INSIDE, OUTSIDE], content }];
    expect(await refusal(personal)).toMatchObject({
      code: "REFUSED",
      message: `part 1 (personal) has personal data and may not go to ${OUTSIDE}, outside the area EU/EEA`,
      hint: "leave them out of its readers; or name the ground: --transfer-ground gdpr-49-1-d",
    });
    expect(await refusal(personal, { grounds: ["gdpr-45"] })).toMatchObject({ code: "REFUSED" });
    expect(await refusal([{ kind: "personal", to: [LATE] }], { grounds: ["gdpr-49-1-d"] })).toMatchObject({
      code: "REFUSED",
    });
    expect(await refusal([{ kind: "personal" }], { grounds: ["gdpr-49-1-d"] })).toMatchObject({ code: "INVALID" });
    expect(await refusal([{ kind: "personal", to: [INSIDE] }], { grounds: ["article-49"] })).toMatchObject({
      code: "INVALID",
    });
    expect(await held(marks, [INSIDE, OUTSIDE, LATE])).toEqual([[], [], []]);

    const entry = await publish(personal, { grounds: ["gdpr-49-1-d"] });
    expect(await held(marks, [INSIDE, OUTSIDE, LATE])).toEqual([[0], [0], []]);
    const { details, unknownKeys } = await at(OUTSIDE).service.show(entry);
    expect(details.map(({ grounds }) => grounds)).toEqual([[], ["gdpr-49-1-d"]]);
    expect(unknownKeys).toEqual([]);
    const { sections } = await at(OWNER).service.explain(entry, OUTSIDE);
    expect(sections[1]).toMatchObject({ section: "personal", reads: "yes", by: "named", grounds: ["gdpr-49-1-d"] });
  });

  it(
    "a grant opens no personal data to who is outside the area, and does to who is in it",
    { timeout: PATIENCE_MS },
    async () => {
      const contents = Array.from({ length: 4 }, () => randomBytes(400));
      const [open, withPerson, person, shared] = contents;
      if (open === undefined || withPerson === undefined || person === undefined || shared === undefined)
        throw new Error("four");
      const marks = contents.map((content) => content.subarray(100, 140));
      await publish([{ kind: "picture", content: open }], { to: [INSIDE] });
      // The record and the person have the same readers, and so one audience.
      const closed = await publish(
        [
          { kind: "picture", content: withPerson },
          { kind: "personal", content: person },
        ],
        { to: [INSIDE] },
      );
      await publish([{ kind: "picture", content: shared }], { to: [INSIDE] });
      const grant = { to: [LATE], like: INSIDE, approved: false };
      const shown = await at(OWNER).service.grant({ ...grant, preview: true }, "anna");
      expect(shown.leftOut).toContain(closed);
      const done = await at(OWNER).service.grant({ ...grant, preview: false }, "anna");
      expect({ ...done, granted: [] }).toEqual(shown);
      await until("the late one has what was opened", async () => (await findIn(at(LATE), marks)).size === 2);
      expect(await held(marks, [LATE])).toEqual([[0, 3]]);
      for (const { authority } of [at(LATE)])
        expect((await at(OWNER).service.explain(closed, authority.name)).sections.map(({ reads }) => reads)).toEqual([
          "no",
          "no",
          "no",
        ]);

      const area = { name: "EU/EEA", authorities: [INSIDE, LATE] };
      await at(OWNER).service.setPolicy({ ...POLICY, area }, "anna");
      const again = await at(OWNER).service.grant({ ...grant, preview: false }, "anna");
      expect(again.leftOut).toEqual([]);
      await until("the late one has the rest", async () => (await findIn(at(LATE), marks)).size === 4);
      expect((await at(OWNER).service.explain(closed, LATE)).sections[2]).toMatchObject({
        reads: "yes",
        grant: again.granted[0],
      });

      // Who leaves the area keeps what it has; it is said what is still open to it.
      const { left } = await at(OWNER).service.setPolicy(POLICY, "anna");
      expect(left.map(({ name }) => name)).toEqual([LATE]);
      expect(left[0]?.entries).toContain(closed);
      expect(left[0]?.count).toBe(left[0]?.entries.length);
    },
  );

  it("a grant passes over an audience after which nothing came yet", async () => {
    const { core, service } = at(OWNER);
    const members = [OUTSIDE, LATE].map((name) => at(name).authority);
    await core.ownAudiences.ensure(
      members.map(({ chain }) => ({ id: chain.id, memberKey: lastCharter(chain).member })),
    );
    const grant = { to: [INSIDE], like: OUTSIDE, approved: false, preview: false };
    expect((await service.grant(grant, "anna")).granted).toHaveLength(1);
  });

  it("is refused with a fault, and the one in force stays", async () => {
    await expect(at(OWNER).service.setPolicy({ ...POLICY, area: { name: "EU" } }, "anna")).rejects.toMatchObject({
      code: "INVALID",
      message: expect.stringContaining("area.authorities"),
    });
    expect((await at(OWNER).service.policy()).policy).toEqual(POLICY);
  });
});

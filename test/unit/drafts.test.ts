import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listDrafts, readDraft, removeDraft, saveDraft } from "../../cli/drafts.ts";
import { prepareOutgoing } from "../../cli/outgoing.ts";
import type { Outgoing } from "../../cli/outgoing.ts";

const NOW = new Date("2026-11-22T14:03:05.120Z");
const TEXT = JSON.stringify({ type: "follow-up", refs: ["nvwa.nl:12"], body: { answers: 0, outcome: "not-found" } });

let dir: string;
let photo: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "entente-test-"));
  photo = join(dir, "photo.jpg");
  await writeFile(photo, "pixels");
});
afterEach(async () => {
  await rm(dir, { recursive: true });
});

function prepare(): Promise<Outgoing> {
  return prepareOutgoing({
    idOf: async (name) => name,
    text: TEXT,
    refs: ["baua.de:3"],
    to: ["baua.de"],
    parts: [{ kind: "picture", path: photo, to: ["anses.fr"] }],
  });
}

describe("a draft", () => {
  it("comes back as it was, its files with it", async () => {
    const outgoing = await prepare();
    const { id } = await saveDraft(dir, outgoing, NOW);
    await rm(photo);
    const draft = await readDraft(dir, id);
    expect(id).toMatch(/^20261122-140305-[0-9a-f]{4}$/);
    expect(draft.createdAt).toBe("2026-11-22T14:03:05.120Z");
    const [part] = draft.outgoing.parts;
    expect(draft.outgoing).toEqual({ ...outgoing, parts: [{ ...outgoing.parts[0], path: part?.path }] });
    expect(await readFile(part?.path ?? "", "utf8")).toBe("pixels");
  });

  it("is for its owner alone", async () => {
    const { id } = await saveDraft(dir, await prepare(), NOW);
    expect((await stat(join(dir, "drafts", id))).mode & 0o777).toBe(0o700);
    for (const name of await readdir(join(dir, "drafts", id)))
      expect((await stat(join(dir, "drafts", id, name))).mode & 0o777).toBe(0o600);
  });

  it("is there whole or not at all", async () => {
    const outgoing = await prepare();
    await rm(photo);
    await expect(saveDraft(dir, outgoing, NOW)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await readdir(join(dir, "drafts"))).toEqual([]);
    await writeFile(photo, "other pixels");
    await expect(saveDraft(dir, outgoing, NOW)).rejects.toThrow("changed while it was read");
  });

  it("goes when it is removed, and only then", async () => {
    const { id } = await saveDraft(dir, await prepare(), NOW);
    await removeDraft(dir, id);
    expect(await listDrafts(dir)).toEqual([]);
    await expect(removeDraft(dir, id)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("is listed by age", async () => {
    const times = ["2026-11-22T10:00:00Z", "2026-11-21T10:00:00Z", "2026-11-23T10:00:00Z"];
    for (const time of times) await saveDraft(dir, await prepare(), new Date(time));
    expect((await listDrafts(dir)).map(({ createdAt }) => createdAt.slice(8, 10))).toEqual(["21", "22", "23"]);
  });

  it.each(["../../etc", ".", "20261122-140305-9f3a/..", "nonsense"])(
    "is never looked for elsewhere: %s",
    async (id) => {
      await expect(readDraft(dir, id)).rejects.toMatchObject({ code: "NOT_FOUND" });
      await expect(removeDraft(dir, id)).rejects.toMatchObject({ code: "NOT_FOUND" });
    },
  );

  it("that somebody changed by hand is refused", async () => {
    const { id } = await saveDraft(dir, await prepare(), NOW);
    const file = join(dir, "drafts", id, "draft.json");
    for (const text of ["", "{}", (await readFile(file, "utf8")).replace("part-1", "../../photo.jpg")]) {
      await writeFile(file, text);
      await expect(readDraft(dir, id)).rejects.toMatchObject({ code: "FILE" });
    }
  });
});

describe("what is prepared", () => {
  it("has its own references first, since the body counts them", async () => {
    expect(await prepare()).toMatchObject({
      refs: ["nvwa.nl:12", "baua.de:3"],
      version: 1,
      parts: [{ name: "photo.jpg", type: "image/jpeg", length: 6 }],
    });
  });

  it("has a key of its own each time", async () => {
    expect((await prepare()).key.key).not.toBe((await prepare()).key.key);
  });

  it("is refused where the record is wrong, before anything is sent", async () => {
    const wrong = JSON.stringify({ type: "follow-up", body: { answers: 3, outcome: "not-found" } });
    await expect(
      prepareOutgoing({ text: wrong, refs: [], to: ["baua.de"], parts: [], idOf: async (name) => name }),
    ).rejects.toMatchObject({
      code: "RECORD_MALFORMED",
    });
  });
});

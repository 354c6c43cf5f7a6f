import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ProofPiece } from "../../cli/local-client.ts";
import { writeDirectory } from "../../cli/write-directory.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "entente-test-"));
});
afterEach(async () => {
  await rm(dir, { recursive: true });
});

async function* pieces(...list: readonly ProofPiece[]): AsyncGenerator<ProofPiece> {
  yield* list;
}

function file(path: string, ...texts: readonly string[]): ProofPiece[] {
  return [{ file: { path } }, ...texts.map((text) => ({ data: Buffer.from(text) }))];
}

const ignore = (): void => undefined;

describe("writeDirectory", () => {
  it("writes what comes, in the folders that it names", async () => {
    const out = join(dir, "out");
    expect(
      await writeDirectory(
        out,
        pieces(...file("leaf.cbor", "ab", "cd"), ...file("parts/0.part", "x"), ...file("empty")),
        ignore,
      ),
    ).toEqual(["leaf.cbor", "parts/0.part", "empty"]);
    expect(await readFile(join(out, "leaf.cbor"), "utf8")).toBe("abcd");
    expect(await readFile(join(out, "parts/0.part"), "utf8")).toBe("x");
    expect(await readdir(dir)).toEqual(["out"]);
  });

  it("takes the place of an empty directory, and of nothing else", async () => {
    const out = join(dir, "out");
    await mkdir(out);
    await writeDirectory(out, pieces(...file("a", "1")), ignore);
    await expect(writeDirectory(out, pieces(...file("b", "1")), ignore)).rejects.toMatchObject({ code: "FILE" });
    await writeFile(join(dir, "precious"), "");
    await expect(writeDirectory(join(dir, "precious"), pieces(), ignore)).rejects.toMatchObject({ code: "FILE" });
    expect(await readdir(out)).toEqual(["a"]);
  });

  it.each(["../up", "/etc/passwd", "a/../../up", ".hidden", "a/./b", "a//b", "", "a\u0000b"])(
    "writes nothing outside: %j",
    async (path) => {
      await expect(writeDirectory(join(dir, "out"), pieces(...file(path, "x")), ignore)).rejects.toThrow();
      expect(await readdir(dir)).toEqual([]);
    },
  );

  it("leaves nothing behind where the source fails", async () => {
    const failing = async function* (): AsyncGenerator<ProofPiece> {
      yield* file("a", "x");
      throw new Error("gone");
    };
    await expect(writeDirectory(join(dir, "out"), failing(), ignore)).rejects.toThrow("gone");
    expect(await readdir(dir)).toEqual([]);
  });
});

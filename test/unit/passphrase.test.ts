import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { getNewPassphrase, getPassphrase } from "../../keys/passphrase.ts";
import type { Prompt } from "../../keys/passphrase.ts";

let directory = "";
let file = "";
const before = process.env["CREDENTIALS_DIRECTORY"];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "entente-pass-"));
  file = join(directory, "passphrase");
  delete process.env["CREDENTIALS_DIRECTORY"];
});
afterEach(() => {
  rmSync(directory, { recursive: true });
  if (before === undefined) delete process.env["CREDENTIALS_DIRECTORY"];
  else process.env["CREDENTIALS_DIRECTORY"] = before;
});

const codeOf = (code: string): unknown => expect.objectContaining({ name: "KeyError", code });

describe("getPassphrase", () => {
  it("takes the file before the credential before the prompt", async () => {
    const { prompt, asked } = answers("from the prompt");
    expect(await getPassphrase({ prompt }, "online.age")).toBe("from the prompt");
    expect(asked).toEqual(["Passphrase for online.age: "]);
    process.env["CREDENTIALS_DIRECTORY"] = directory;
    writeFileSync(join(directory, "entente-passphrase"), "from systemd\n");
    expect(await getPassphrase({ prompt }, "online.age")).toBe("from systemd");
    writeFileSync(file, "from the file\n", { mode: 0o600 });
    expect(await getPassphrase({ file, prompt }, "online.age")).toBe("from the file");
    expect(asked).toHaveLength(1);
  });

  it("does not fall back when the named file is missing", async () => {
    await expect(getPassphrase({ file, prompt: answers("x").prompt }, "online.age")).rejects.toThrow(
      codeOf("KEY_FILE_MISSING"),
    );
  });

  it("says where a passphrase can come from when there is none", async () => {
    await expect(getPassphrase({}, "online.age")).rejects.toThrow(codeOf("PASSPHRASE_MISSING"));
    await expect(getPassphrase({}, "online.age")).rejects.toThrow("--passphrase-file");
  });

  it.each([
    ["an empty one", ""],
    ["two lines", "one\ntwo\n"],
    ["a control character", "a\tb"],
  ])("refuses %s", async (_, text) => {
    writeFileSync(file, text, { mode: 0o600 });
    await expect(getPassphrase({ file }, "online.age")).rejects.toThrow(codeOf("PASSPHRASE_MALFORMED"));
    await expect(getPassphrase({ prompt: answers(text).prompt }, "online.age")).rejects.toThrow(
      codeOf("PASSPHRASE_MALFORMED"),
    );
  });

  it("refuses a file that is not text", async () => {
    writeFileSync(file, Uint8Array.of(0xff, 0xfe), { mode: 0o600 });
    await expect(getPassphrase({ file }, "online.age")).rejects.toThrow(codeOf("PASSPHRASE_MALFORMED"));
  });

  it("accepts a short one for a file that exists", async () => {
    expect(await getPassphrase({ prompt: answers("short").prompt }, "online.age")).toBe("short");
  });
});

describe("getNewPassphrase", () => {
  it("asks twice", async () => {
    const { prompt, asked } = answers("a long enough one", "a long enough one");
    expect(await getNewPassphrase({ prompt }, "online.age")).toBe("a long enough one");
    expect(asked).toEqual(["New passphrase for online.age: ", "The same again: "]);
    await expect(
      getNewPassphrase({ prompt: answers("a long enough one", "a long enough on").prompt }, "x"),
    ).rejects.toThrow(codeOf("PASSPHRASE_MISTYPED"));
  });

  it("refuses a short one, from wherever, without showing it", async () => {
    writeFileSync(file, "123456789\n", { mode: 0o600 });
    await expect(getNewPassphrase({ file }, "x")).rejects.toThrow(codeOf("PASSPHRASE_SHORT"));
    const error: unknown = await getNewPassphrase({ prompt: answers("123456789", "123456789").prompt }, "x").catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toEqual(codeOf("PASSPHRASE_SHORT"));
    expect(String(error)).not.toContain("12345");
    writeFileSync(file, "1234567890\n", { mode: 0o600 });
    expect(await getNewPassphrase({ file }, "x")).toBe("1234567890");
  });
});

function answers(...texts: readonly string[]): { readonly prompt: Prompt; readonly asked: string[] } {
  const asked: string[] = [];
  const prompt: Prompt = (question) => {
    asked.push(question);
    return Promise.resolve(texts[asked.length - 1] ?? "");
  };
  return { prompt, asked };
}

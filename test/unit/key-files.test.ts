import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  readPassphraseCredential,
  readPassphraseFile,
  readSecretFile,
  replaceFile,
  writeSecretFile,
} from "../../keys/key-files.ts";

let directory = "";
let path = "";

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "entente-keys-"));
  path = join(directory, "online.age");
});
afterEach(() => rmSync(directory, { recursive: true }));

const content = (): string => readFileSync(path, "utf8");
const modeOf = (file: string): number => statSync(file).mode & 0o777;
const codeOf = (code: string): unknown => expect.objectContaining({ name: "KeyError", code });

describe("writeSecretFile", () => {
  it("writes with mode 0600 and leaves nothing else", async () => {
    await writeSecretFile(path, "one", { overwrite: false });
    expect([content(), modeOf(path), readdirSync(directory)]).toEqual(["one", 0o600, ["online.age"]]);
  });

  it("does not overwrite unless told", async () => {
    writeFileSync(path, "old", { mode: 0o644 });
    await expect(writeSecretFile(path, "new", { overwrite: false })).rejects.toThrow(codeOf("KEY_FILE_EXISTS"));
    expect([content(), readdirSync(directory)]).toEqual(["old", ["online.age"]]);
    await writeSecretFile(path, Uint8Array.of(0x6e, 0x65, 0x77), { overwrite: true });
    expect([content(), modeOf(path), readdirSync(directory)]).toEqual(["new", 0o600, ["online.age"]]);
  });

  it("lets only one of many win", async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, (_, i) => writeSecretFile(path, `${i}`, { overwrite: false })),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(readdirSync(directory)).toEqual(["online.age"]);
  });

  it("says what is wrong with the place", async () => {
    await expect(writeSecretFile(join(directory, "no", "online.age"), "x", { overwrite: false })).rejects.toThrow(
      codeOf("KEY_FILE_UNWRITABLE"),
    );
    mkdirSync(path);
    await expect(writeSecretFile(path, "x", { overwrite: true })).rejects.toThrow(codeOf("KEY_FILE_UNWRITABLE"));
    expect(readdirSync(directory)).toEqual(["online.age"]);
  });
});

describe("replaceFile", () => {
  it("creates and replaces, whatever an earlier crash left", async () => {
    writeFileSync(`${path}.tmp`, "half of someth", { mode: 0o644 });
    await replaceFile(path, new TextEncoder().encode("one"));
    expect([content(), modeOf(path)]).toEqual(["one", 0o600]);
    await replaceFile(path, new TextEncoder().encode("2"));
    expect([content(), readdirSync(directory)]).toEqual(["2", ["online.age"]]);
  });

  it("says when it cannot", async () => {
    await expect(replaceFile(join(directory, "no", "heads"), new Uint8Array(1))).rejects.toThrow(
      codeOf("KEY_FILE_UNWRITABLE"),
    );
  });
});

describe("readSecretFile", () => {
  it("reads what was written, also through a link", async () => {
    await writeSecretFile(path, "content", { overwrite: false });
    symlinkSync(path, join(directory, "link"));
    expect(new TextDecoder().decode(await readSecretFile(path))).toBe("content");
    expect(await readSecretFile(join(directory, "link"))).toHaveLength(7);
  });

  it.each([0o640, 0o604, 0o620, 0o602, 0o610, 0o644, 0o777])(
    "refuses mode %o and says which command mends it",
    async (mode) => {
      writeFileSync(path, "content");
      chmodSync(path, mode);
      await expect(readSecretFile(path)).rejects.toThrow(codeOf("KEY_FILE_PERMISSIONS"));
      await expect(readSecretFile(path)).rejects.toThrow(`chmod 600 ${path}`);
    },
  );

  it("quotes a path for the shell", async () => {
    const strange = join(directory, "it's mine.age");
    writeFileSync(strange, "content", { mode: 0o644 });
    await expect(readSecretFile(strange)).rejects.toThrow(`chmod 600 '${directory}/it'\\''s mine.age'`);
  });

  it.each([0o400, 0o600, 0o700])("takes mode %o", async (mode) => {
    writeFileSync(path, "content");
    chmodSync(path, mode);
    expect(await readSecretFile(path)).toHaveLength(7);
  });

  it("says what else is wrong", async () => {
    await expect(readSecretFile(path)).rejects.toThrow(codeOf("KEY_FILE_MISSING"));
    await expect(readSecretFile(directory)).rejects.toThrow("is a directory");
    writeFileSync(path, new Uint8Array(1_048_577), { mode: 0o600 });
    await expect(readSecretFile(path)).rejects.toThrow(codeOf("KEY_FILE_TOO_LARGE"));
    writeFileSync(path, new Uint8Array(1_048_576), { mode: 0o600 });
    expect(await readSecretFile(path)).toHaveLength(1_048_576);
  });

  it("refuses a file that another user owns", async () => {
    writeFileSync(path, "content", { mode: 0o600 });
    // Root may give the file away; anybody else pretends to be another.
    if (process.geteuid?.() === 0) chownSync(path, 54_321, 54_321);
    else vi.spyOn(process, "geteuid").mockReturnValue(54_321);
    await expect(readSecretFile(path)).rejects.toThrow(codeOf("KEY_FILE_OWNER"));
    vi.restoreAllMocks();
  });
});

describe("passphrase files", () => {
  const read = async (text: string): Promise<string> => {
    writeFileSync(path, text, { mode: 0o600 });
    return new TextDecoder().decode(await readPassphraseFile(path));
  };

  it("lose one final newline and nothing else", async () => {
    expect(await read("secret")).toBe("secret");
    expect(await read("secret\n")).toBe("secret");
    expect(await read("secret\r\n")).toBe("secret");
    expect(await read("secret\n\n")).toBe("secret\n");
    expect(await read(" secret \n")).toBe(" secret ");
    expect(await read("\n")).toBe("");
    expect(await read("")).toBe("");
  });

  it("are short, and private", async () => {
    await expect(read("x".repeat(1025))).rejects.toThrow(codeOf("KEY_FILE_TOO_LARGE"));
    chmodSync(path, 0o644);
    await expect(readPassphraseFile(path)).rejects.toThrow(codeOf("KEY_FILE_PERMISSIONS"));
  });
});

describe("systemd credential", () => {
  const before = process.env["CREDENTIALS_DIRECTORY"];
  afterEach(() => {
    if (before === undefined) delete process.env["CREDENTIALS_DIRECTORY"];
    else process.env["CREDENTIALS_DIRECTORY"] = before;
  });

  it("is read where systemd says, with the mode that an access list shows", async () => {
    delete process.env["CREDENTIALS_DIRECTORY"];
    expect(await readPassphraseCredential()).toBeUndefined();
    process.env["CREDENTIALS_DIRECTORY"] = directory;
    expect(await readPassphraseCredential()).toBeUndefined();
    writeFileSync(join(directory, "entente-passphrase"), "secret\n");
    chmodSync(join(directory, "entente-passphrase"), 0o440);
    expect(new TextDecoder().decode(await readPassphraseCredential())).toBe("secret");
  });
});

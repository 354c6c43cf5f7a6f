import { describe, expect, it } from "vitest";
import { checkedContent } from "../../node/checked-content.ts";
import { beginningOf, contradictingType, SNIFFED_BYTES } from "../../node/sniffed-type.ts";

const PNG = Buffer.from("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489", "hex");
const JPEG = Buffer.from("ffd8ffe000104a46494600010100000100010000", "hex");
const PDF = Buffer.from("%PDF-1.7\n%\u00e2\u00e3\n1 0 obj\n");
const EXE = Buffer.concat([Buffer.from("MZ\u0090\0\u0003\0\0\0"), Buffer.alloc(200)]);
const ELF = Buffer.concat([Buffer.from("7f454c46020101", "hex"), Buffer.alloc(60)]);
const ZIP = Buffer.concat([Buffer.from("504b03040a0000000000", "hex"), Buffer.alloc(40)]);
const OLE = Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.alloc(600)]);
const XML = Buffer.from('<?xml version="1.0"?><a/>');

const WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

describe("the beginning of a content", () => {
  it.each([
    ["image/png", PNG],
    ["image/jpeg", JPEG],
    ["application/pdf", PDF],
    [WORD, ZIP],
    ["application/zip", ZIP],
    ["application/msword", OLE],
    ["application/xml", XML],
    ["image/svg+xml", XML],
    ["text/plain", XML],
    ["text/csv", Buffer.from("BMW;Example;recalled\n")],
    ["text/plain", Buffer.from("MZ 14/2026, answer of 3 March\r\n")],
    ["text/plain", Buffer.alloc(0)],
    ["application/octet-stream", PNG],
    ["application/x-msdownload", EXE],
    ["image/png", Buffer.from("nothing that anybody knows")],
    ["image/png", PNG.subarray(0, 3)],
  ])("does not contradict %s", async (claimed, bytes) => {
    expect(await contradictingType(claimed, bytes)).toBeUndefined();
  });

  it.each([
    ["image/png", EXE, "application/x-msdownload"],
    ["application/pdf", ELF, "application/x-elf"],
    ["text/plain", EXE, "application/x-msdownload"],
    ["application/octet-stream", ELF, "application/x-elf"],
    ["image/png", JPEG, "image/jpeg"],
    ["image/jpeg", PDF, "application/pdf"],
    ["application/pdf", ZIP, "application/zip"],
    [WORD, OLE, "application/x-cfb"],
  ])("contradicts %s", async (claimed, bytes, seen) => {
    expect(await contradictingType(claimed, bytes)).toBe(seen);
  });

  it("is all that is read", async () => {
    let given = 0;
    const content = (async function* () {
      for (;;) {
        given += 10_000;
        yield await Promise.resolve(new Uint8Array(10_000));
      }
    })();
    expect(await beginningOf(content)).toHaveLength(SNIFFED_BYTES);
    expect(given).toBeLessThan(SNIFFED_BYTES + 10_000);
  });
});

describe("a content on its way in", () => {
  async function through(type: string, pieces: readonly Uint8Array[]): Promise<Buffer> {
    const passed: Uint8Array[] = [];
    for await (const piece of checkedContent({ name: "file", type }, of(pieces))) passed.push(piece);
    return Buffer.concat(passed);
  }

  it.each([0, 10, 59_000, 200_000])("passes unchanged, with %d bytes after its beginning", async (length) => {
    const pieces = [PNG.subarray(0, 5), PNG.subarray(5), Buffer.alloc(length, 7), Buffer.alloc(length, 8)];
    expect(await through("image/png", pieces)).toEqual(Buffer.concat(pieces));
  });

  it("is refused where it is not what is claimed, before it is all here", async () => {
    await expect(through("image/png", [EXE])).rejects.toMatchObject({
      code: "INVALID",
      message: "file is claimed to be image/png, and looks like application/x-msdownload",
    });
    let given = 0;
    const endless = (async function* () {
      for (;;) {
        given += EXE.length;
        yield await Promise.resolve(EXE);
      }
    })();
    const passing = checkedContent({ name: "file", type: "application/pdf" }, endless);
    await expect(passing.next()).rejects.toMatchObject({ code: "INVALID" });
    expect(given).toBeLessThan(SNIFFED_BYTES + EXE.length);
    expect(await through("application/octet-stream", [EXE])).toEqual(EXE);
  });
});

async function* of(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield await Promise.resolve(piece);
}

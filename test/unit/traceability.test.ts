import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../protocol/format-error.ts";
import { parseTraceability } from "../../protocol/record/traceability.ts";

const SAMPLE = readFileSync(new URL("../../samples/traceability.json", import.meta.url));

function parse(change: Readonly<Record<string, unknown>>): () => unknown {
  const section = { type: "traceability", version: 1, operators: [{ link: "importer", name: "Quackery" }], ...change };
  return () => parseTraceability(Buffer.from(JSON.stringify(section)));
}

describe("a traceability section", () => {
  it("of the samples is read", () => {
    const { body, unknownKeys, unknownCodes } = parseTraceability(SAMPLE);
    expect(body.operators.map(({ link }) => link)).toEqual(["manufacturer", "exporter", "importer", "retailer"]);
    expect(body).toEqual(JSON.parse(SAMPLE.toString()));
    expect([unknownKeys, unknownCodes]).toEqual([[], []]);
  });

  it("may say more than this version knows", () => {
    const { unknownKeys, unknownCodes } = parseTraceability(
      Buffer.from('{"type":"traceability","version":1,"operators":[{"link":"broker","name":"B","mood":"good"}]}'),
    );
    expect(unknownKeys).toEqual([{ path: "traceability.operators[0].mood", value: "good" }]);
    expect(unknownCodes).toEqual([{ path: "traceability.operators[0].link", table: "chain-link", code: "broker" }]);
  });

  it.each([
    ["of another type", parse({ type: "invoice" }), "traceability.type"],
    ["without operators", parse({ operators: [] }), "traceability.operators: an empty list"],
    [
      "with a paper from nobody",
      parse({ documents: [{ kind: "invoice", from: 1 }] }),
      "traceability.documents[0].from: there is no such operator",
    ],
    ["with half a box", parse({ quantity: 0.5 }), "quantity: not an integer"],
    ["that is no JSON", () => parseTraceability(Buffer.from("{")), "not JSON"],
    ["that is no UTF-8", () => parseTraceability(Uint8Array.of(0x22, 0xff, 0x22)), "not UTF-8"],
    ["that is too long", () => parseTraceability(new Uint8Array(1_048_577)), "longer than 1048576 bytes"],
  ])("%s is refused", (_, act, message) => {
    expect(act).toThrow(FormatError);
    expect(act).toThrow(message);
  });
});

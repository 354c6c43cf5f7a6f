import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fingerprint, parseFingerprint } from "../../keys/fingerprint.ts";
import { isApproverKeyName, isRoleKeyName, isRootKeyName } from "../../protocol/authority-key.ts";
import { fromHex, toHex } from "../../protocol/bytes.ts";
import { decodeCbor, encodeCbor } from "../../protocol/cbor.ts";
import {
  formatEntryName,
  formatReference,
  isName,
  origin,
  parseEntryName,
  parseName,
  parseOrigin,
  parseReference,
} from "../../protocol/name.ts";
import { codeOf, readVectors } from "./vector-file.ts";

const named = { name: z.string() };
const vectors = readVectors(
  "names",
  z.discriminatedUnion("kind", [
    z.object({ ...named, kind: z.literal("name"), text: z.string() }),
    z.object({ ...named, kind: z.literal("origin"), text: z.string(), authority: z.string(), epoch: z.number() }),
    z.object({
      ...named,
      kind: z.literal("entry"),
      text: z.string(),
      authority: z.string(),
      epoch: z.number(),
      index: z.number(),
    }),
    z.object({
      ...named,
      kind: z.literal("reference"),
      hex: z.string(),
      id: z.string(),
      epoch: z.number(),
      index: z.number(),
      leafHash: z.string(),
    }),
    z.object({
      ...named,
      kind: z.literal("key-name"),
      authority: z.string(),
      text: z.string(),
      is: z.enum(["root", "role", "approver"]).nullable(),
    }),
    z.object({ ...named, kind: z.literal("fingerprint"), id: z.string(), digits: z.string() }),
  ]),
  z.object({
    kind: z.enum(["name", "origin", "entry", "reference"]),
    text: z.string().default(""),
    hex: z.string().default(""),
  }),
);

describe("docs/spec/vectors/names.json", () => {
  it.each(vectors.valid)("$name", (vector) => {
    switch (vector.kind) {
      case "name":
        return expect(parseName(vector.text)).toBe(vector.text);
      case "origin":
        expect(parseOrigin(vector.text)).toEqual({ name: vector.authority, epoch: vector.epoch });
        return expect(origin(vector.authority, vector.epoch)).toBe(vector.text);
      case "entry": {
        const entry = { name: vector.authority, epoch: vector.epoch, index: vector.index };
        expect(parseEntryName(vector.text)).toEqual(entry);
        return expect(formatEntryName(entry)).toBe(vector.text);
      }
      case "reference": {
        const reference = parseReference(decodeCbor(fromHex(vector.hex)), "NAME_MALFORMED");
        const { id, epoch, index, leafHash } = vector;
        expect(reference).toEqual({ id: fromHex(id), epoch, index, leafHash: fromHex(leafHash) });
        return expect(toHex(encodeCbor(formatReference(reference)))).toBe(vector.hex);
      }
      case "key-name": {
        const { authority, text, is } = vector;
        const found = [
          isRootKeyName(authority, text),
          isRoleKeyName(authority, text),
          isApproverKeyName(authority, text),
        ];
        return expect(found).toEqual([is === "root", is === "role" || is === "approver", is === "approver"]);
      }
      case "fingerprint":
        expect(fingerprint(fromHex(vector.id))).toBe(vector.digits);
        return expect(parseFingerprint(vector.digits)).toBe(vector.digits);
    }
  });

  it.each(vectors.invalid)("$name", ({ kind, text, hex, code }) => {
    const act = (): unknown => {
      if (kind === "name") return parseName(text);
      if (kind === "origin") return parseOrigin(text);
      return kind === "entry" ? parseEntryName(text) : parseReference(decodeCbor(fromHex(hex)), "NAME_MALFORMED");
    };
    expect(codeOf(act)).toBe(code);
    if (kind === "name") expect(isName(text)).toBe(false);
  });
});

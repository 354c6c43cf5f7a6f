import { array, bytes, FALSE, map, NULL, text, TRUE, uint } from "./cbor.ts";
import type { Item } from "./cbor.ts";
import { hex } from "./tools.ts";
import type { Case } from "./tools.ts";
import {
  but,
  CHARTER,
  COMPARE,
  COMPARE_JSON,
  COSIGNATURE,
  DIGESTS,
  everyField,
  FORGETS,
  HASHES,
  HELLO,
  HELLO_JSON,
  id,
  ID,
  ID_HEX,
  INSTANCE,
  LEAF,
  log,
  NOTE,
  PART,
  repeat,
  short,
  zero,
} from "./wire-tools.ts";
import type { Fields, Bad } from "./wire-tools.ts";

function answer(name: string, kind: string, fields: Fields, message: object, last = true, extra: object = {}): Case {
  const frame = array(uint(7), last ? TRUE : FALSE, text(kind), map(fields));
  return {
    name,
    what: "answer",
    outcome: "read",
    hex: hex(frame),
    n: 7,
    last,
    message: { ...message, kind },
    ...extra,
  };
}

const BATCH: Fields = {
  id,
  from: uint(1200),
  epoch: zero,
  parts: array(array(zero, zero, bytes(PART))),
  right: array(...HASHES.map(bytes)),
  leaves: array(bytes(LEAF), bytes(new Uint8Array())),
  checkpoint: text(NOTE),
};
const BATCH_JSON = {
  id: ID_HEX,
  epoch: 0,
  from: 1200,
  leaves: [hex(LEAF), ""],
  parts: [{ offset: 0, part: 0, bytes: hex(PART) }],
  right: HASHES.map(hex),
  checkpoint: NOTE,
};
const batchPart = (offset: number, part: number): Item => array(uint(offset), uint(part), bytes(PART));
const PARTS: Fields = {
  id,
  next: uint(2048),
  epoch: zero,
  parts: array(array(uint(1031), zero, bytes(PART)), array(uint(1031), uint(1), bytes(PART))),
};
const PARTS_JSON = {
  id: ID_HEX,
  epoch: 0,
  next: 2048,
  parts: [
    { index: 1031, part: 0, bytes: hex(PART) },
    { index: 1031, part: 1, bytes: hex(PART) },
  ],
};
const CHECKPOINT: Fields = { id, epoch: zero, checkpoint: text(NOTE), cosignatures: array(text(COSIGNATURE)) };
const CHECKPOINT_JSON = { id: ID_HEX, epoch: 0, checkpoint: NOTE, cosignatures: [COSIGNATURE] };
const PIECE: Fields = { size: uint(96), bytes: bytes(PART) };
const PIECE_JSON = { size: 96, bytes: hex(PART) };
const ADMITTED: Fields = {
  id,
  held: NULL,
  chain: HELLO["chain"] ?? NULL,
  starts: uint(7),
  admitted: TRUE,
  charters: uint(1),
  features: array(),
  instance: bytes(INSTANCE),
};

export const ANSWERS: readonly Case[] = [
  answer("hello, admitted", "hello", ADMITTED, { ...HELLO_JSON, admitted: true }),
  answer("hello, pending", "hello", but(ADMITTED, { admitted: FALSE }), { ...HELLO_JSON, admitted: false }),
  answer(
    "charters",
    "charters",
    { id, chain: array(array(zero, uint(41), text(CHARTER))), charters: uint(4) },
    { id: ID_HEX, charters: 4, chain: [{ epoch: 0, index: 41, note: CHARTER }] },
    false,
  ),
  answer(
    "no more charters",
    "charters",
    { id, chain: array(), charters: uint(4) },
    { id: ID_HEX, charters: 4, chain: [] },
  ),
  answer("batch", "batch", BATCH, BATCH_JSON, false),
  answer("batch up to the checkpoint, without parts", "batch", but(BATCH, { parts: array(), right: array() }), {
    ...BATCH_JSON,
    parts: [],
    right: [],
  }),
  answer(
    "batch of 1024 leaves",
    "batch",
    but(BATCH, { leaves: repeat(1024, bytes(Uint8Array.of(1))), parts: array(batchPart(1023, 63)) }),
    {
      ...BATCH_JSON,
      leaves: Array.from({ length: 1024 }, () => "01"),
      parts: [{ offset: 1023, part: 63, bytes: hex(PART) }],
    },
  ),
  answer(
    "batch with several parts",
    "batch",
    but(BATCH, { parts: array(batchPart(0, 0), batchPart(0, 2), batchPart(1, 0)) }),
    {
      ...BATCH_JSON,
      parts: [
        [0, 0],
        [0, 2],
        [1, 0],
      ].map(([offset, part]) => ({ offset, part, bytes: hex(PART) })),
    },
  ),
  answer("checkpoint", "checkpoint", CHECKPOINT, CHECKPOINT_JSON, false),
  answer(
    "checkpoint with 15 cosignatures",
    "checkpoint",
    but(CHECKPOINT, { cosignatures: repeat(15, text(COSIGNATURE)) }),
    { ...CHECKPOINT_JSON, cosignatures: Array.from({ length: 15 }, () => COSIGNATURE) },
  ),
  answer("nothing", "nothing", {}, {}),
  answer("nothing, with a key to come", "nothing", { a: NULL }, {}, true, FORGETS),
  answer("parts", "parts", PARTS, PARTS_JSON, false),
  answer("no parts", "parts", but(PARTS, { parts: array() }), { ...PARTS_JSON, parts: [] }),
  answer(
    "chunk",
    "chunk",
    { bytes: bytes(PART), proof: array(...HASHES.map(bytes)) },
    { bytes: hex(PART), proof: HASHES.map(hex) },
  ),
  answer("the only chunk", "chunk", { bytes: bytes(PART), proof: array() }, { bytes: hex(PART), proof: [] }),
  answer("compare", "compare", COMPARE, COMPARE_JSON),
  answer(
    "compare with evidence",
    "compare",
    { evidence: array(...DIGESTS.map(bytes)), ...COMPARE },
    { ...COMPARE_JSON, evidence: DIGESTS.map(hex) },
  ),
  answer("the whole of an evidence file", "evidence", PIECE, PIECE_JSON),
  answer("a piece of the largest evidence file", "evidence", but(PIECE, { size: uint(4_194_304) }), {
    ...PIECE_JSON,
    size: 4_194_304,
  }),
  answer("consistency", "consistency", { hashes: array(...HASHES.map(bytes)) }, { hashes: HASHES.map(hex) }),
  ...["unsupported", "malformed", "not-admitted", "denied", "not-found", "busy"].map((code) =>
    answer(
      `error ${code}`,
      "error",
      { code: text(code), reason: text("not for you") },
      { code, reason: "not for you" },
    ),
  ),
  answer(
    "error with a reason of 256 characters",
    "error",
    { code: text("busy"), reason: text("水".repeat(256)) },
    { code: "busy", reason: "水".repeat(256) },
  ),
];

const batch = (changes: Fields): Fields => but(BATCH, changes);
const CHARTERS: Fields = { id, chain: array(array(zero, uint(41), text(CHARTER))), charters: uint(4) };
const CHUNKED: Fields = { bytes: bytes(PART), proof: array(...HASHES.map(bytes)) };
const ERROR: Fields = { code: text("busy"), reason: text("later") };

const BAD_ANSWERS: readonly Bad[] = [
  ...everyField("hello", ADMITTED, ["held"]),
  ...everyField("charters", CHARTERS),
  ["fewer charters than it shows", "charters", but(CHARTERS, { charters: zero })],
  ...everyField("batch", BATCH),
  ["a batch without leaves", "batch", batch({ leaves: array(), parts: array() })],
  ["1025 leaves", "batch", batch({ leaves: repeat(1025, bytes(Uint8Array.of(1))) })],
  ["a leaf that is an array", "batch", batch({ leaves: array(array(), bytes(LEAF)) })],
  ["a part of a leaf that is not there", "batch", batch({ parts: array(batchPart(2, 0)) })],
  ["part 64", "batch", batch({ parts: array(batchPart(0, 64)) })],
  ["parts not ascending by offset", "batch", batch({ parts: array(batchPart(1, 0), batchPart(0, 0)) })],
  ["parts not ascending by part", "batch", batch({ parts: array(batchPart(0, 1), batchPart(0, 0)) })],
  ["a part twice", "batch", batch({ parts: array(batchPart(0, 0), batchPart(0, 0)) })],
  ["a part without bytes", "batch", batch({ parts: array(array(zero, zero)) })],
  ["a hash of 31 bytes", "batch", batch({ right: array(short) })],
  ["a checkpoint in bytes", "batch", batch({ checkpoint: bytes(PART) })],
  ...everyField("checkpoint", CHECKPOINT),
  ["16 cosignatures", "checkpoint", but(CHECKPOINT, { cosignatures: repeat(16, text(COSIGNATURE)) })],
  ["a cosignature with its newline", "checkpoint", but(CHECKPOINT, { cosignatures: array(text(`${COSIGNATURE}\n`)) })],
  ...everyField("parts", PARTS),
  ["parts not ascending by index", "parts", but(PARTS, { parts: array(batchPart(9, 0), batchPart(8, 0)) })],
  ["a part of an entry twice", "parts", but(PARTS, { parts: array(batchPart(9, 0), batchPart(9, 0)) })],
  ["part 64 of an entry", "parts", but(PARTS, { parts: array(batchPart(9, 64)) })],
  ...everyField("chunk", CHUNKED),
  ["a proof's hash of 31 bytes", "chunk", but(CHUNKED, { proof: array(short) })],
  ...everyField("compare", COMPARE),
  ["129 checkpoints", "compare", { checkpoints: repeat(129, log(ID, text(""))) }],
  ["257 digests of evidence", "compare", { evidence: repeat(257, id), ...COMPARE }],
  ...everyField("evidence", PIECE),
  ["a piece of no bytes", "evidence", but(PIECE, { bytes: bytes(new Uint8Array(0)) })],
  ["a piece that is longer than the file", "evidence", but(PIECE, { size: uint(95) })],
  ["a piece of an evidence file over 4 MiB", "evidence", but(PIECE, { size: uint(4_194_305) })],
  ...everyField("consistency", { hashes: array(...HASHES.map(bytes)) }),
  ["a consistency hash of 31 bytes", "consistency", { hashes: array(short) }],
  ...everyField("error", ERROR),
  ["a code that is none by its letters", "error", but(ERROR, { code: text("Teapot!") })],
  ["a reason of 257 characters", "error", but(ERROR, { reason: text("水".repeat(257)) })],
  ["an answer of unknown kind", "found", {}],
  ["what is only ever a request", "pull", {}],
];

export const MALFORMED_ANSWERS = [
  ...BAD_ANSWERS.map(([name, kind, fields]) => [name, array(uint(7), TRUE, text(kind), map(fields))] as const),
  ["last is a number", array(uint(7), uint(1), text("nothing"), map({}))] as const,
  ["last is null", array(uint(7), NULL, text("nothing"), map({}))] as const,
  ["a request for an answer", array(uint(7), text("nothing"), map({}))] as const,
  ["number 0", array(zero, TRUE, text("nothing"), map({}))] as const,
].map(([name, frame]) => ({
  name: `answer: ${name}`,
  what: "answer",
  outcome: "reset",
  hex: hex(frame),
  code: "WIRE_MALFORMED",
}));

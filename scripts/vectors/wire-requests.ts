import { array, bytes, map, negative, NULL, text, TRUE, uint } from "./cbor.ts";
import type { Item } from "./cbor.ts";
import { hex, unhex } from "./tools.ts";
import type { Case } from "./tools.ts";
import {
  but,
  CHARTER,
  COMPARE,
  COMPARE_JSON,
  DIGESTS,
  everyField,
  FORGETS,
  HELLO,
  HELLO_JSON,
  id,
  ID,
  ID_HEX,
  INSTANCE,
  LARGEST,
  log,
  NOTE,
  OTHER,
  OTHER_HEX,
  PART,
  repeat,
  short,
  zero,
} from "./wire-tools.ts";
import type { Fields, Bad } from "./wire-tools.ts";

function request(name: string, kind: string, fields: Fields, message: object, n = 1, extra: object = {}): Case {
  const frame = array(uint(n), text(kind), map(fields));
  return { name, what: "request", outcome: "read", hex: hex(frame), n, message: { ...message, kind }, ...extra };
}

const STRANGER = { ...HELLO_JSON, held: undefined };

/** Of a whole hello, keys in the order of canonical CBOR. */
const FULL: Fields = {
  id,
  held: text(NOTE),
  seen: array(bytes(INSTANCE), uint(3)),
  chain: array(array(zero, zero, text(CHARTER)), array(uint(1), uint(0), text(CHARTER))),
  starts: uint(7),
  charters: uint(3),
  features: array(text("a"), text("b".repeat(32))),
  instance: bytes(INSTANCE),
};
const FULL_JSON = {
  ...HELLO_JSON,
  features: ["a", "b".repeat(32)],
  held: NOTE,
  seen: { instance: hex(INSTANCE), starts: 3 },
  chain: [
    { epoch: 0, index: 0, note: CHARTER },
    { epoch: 1, index: 0, note: CHARTER },
  ],
  charters: 3,
};

const PULL: Fields = {
  logs: array(log(ID, uint(1200), uint(3))),
  budget: uint(1_048_576),
  receipts: array(),
  cosignatures: array(),
};
const PULL_JSON = {
  logs: [{ id: ID_HEX, epoch: 0, from: 1200, serial: 3 }],
  budget: 1_048_576,
  cosignatures: [],
  receipts: [],
};
const RANGE: Fields = { id, to: uint(2048), from: uint(1024), epoch: zero, budget: uint(8_388_608) };
const RANGE_JSON = { id: ID_HEX, epoch: 0, from: 1024, to: 2048, budget: 8_388_608 };
const CHUNK: Fields = { id, part: uint(2), chunk: uint(7), epoch: zero, index: uint(1031) };
const CHUNK_JSON = { id: ID_HEX, epoch: 0, index: 1031, part: 2, chunk: 7 };
const CONSISTENCY: Fields = { id, epoch: zero, first: uint(7), second: uint(12) };
const CONSISTENCY_JSON = { id: ID_HEX, epoch: 0, first: 7, second: 12 };

const EVIDENCE: Fields = { digest: bytes(ID), offset: zero };
const EVIDENCE_JSON = { digest: ID_HEX, offset: 0 };

export const REQUESTS: readonly Case[] = [
  request("hello", "hello", HELLO, HELLO_JSON),
  request("hello to somebody unknown", "hello", but(HELLO, { held: undefined }), STRANGER),
  request("hello with everything", "hello", FULL, FULL_JSON),
  request(
    "a request that says admitted: not a key of it",
    "hello",
    {
      id,
      held: NULL,
      chain: HELLO["chain"] ?? NULL,
      starts: uint(7),
      admitted: TRUE,
      charters: uint(1),
      features: array(),
      instance: bytes(INSTANCE),
    },
    HELLO_JSON,
    1,
    FORGETS,
  ),
  request("charters", "charters", { id, from: uint(3) }, { id: ID_HEX, from: 3 }, 2),
  request("pull", "pull", PULL, PULL_JSON, 3),
  request(
    "pull with statements",
    "pull",
    {
      logs: array(
        log(ID, uint(1200), uint(3)),
        log(OTHER, zero, zero),
        array(id, uint(1), uint(LARGEST), uint(LARGEST)),
      ),
      budget: uint(1),
      receipts: array(
        array(text(NOTE), array(array(uint(5), uint(1)), array(uint(9), uint(63)))),
        array(text("x"), array()),
      ),
      cosignatures: array(log(OTHER, text(NOTE))),
    },
    {
      logs: [
        { id: ID_HEX, epoch: 0, from: 1200, serial: 3 },
        { id: OTHER_HEX, epoch: 0, from: 0, serial: 0 },
        { id: ID_HEX, epoch: 1, from: LARGEST, serial: LARGEST },
      ],
      budget: 1,
      cosignatures: [{ id: OTHER_HEX, epoch: 0, note: NOTE }],
      receipts: [
        {
          note: NOTE,
          exceptions: [
            { index: 5, part: 1 },
            { index: 9, part: 63 },
          ],
        },
        { note: "x", exceptions: [] },
      ],
    },
  ),
  request("range", "range", RANGE, RANGE_JSON, 24),
  request(
    "range of one entry, the largest number",
    "range",
    but(RANGE, { to: uint(1025), budget: uint(1) }),
    { ...RANGE_JSON, to: 1025, budget: 1 },
    LARGEST,
  ),
  request("parts", "parts", RANGE, RANGE_JSON),
  request("chunk", "chunk", CHUNK, CHUNK_JSON),
  request("compare", "compare", COMPARE, COMPARE_JSON),
  request("compare nothing", "compare", { checkpoints: array() }, { checkpoints: [] }),
  request(
    "compare with evidence",
    "compare",
    { evidence: array(...DIGESTS.map(bytes)), ...COMPARE },
    { ...COMPARE_JSON, evidence: DIGESTS.map(hex) },
  ),
  request(
    "compare with 256 digests of evidence",
    "compare",
    { evidence: repeat(256, bytes(ID)), checkpoints: array() },
    { checkpoints: [], evidence: Array.from({ length: 256 }, () => ID_HEX) },
  ),
  request("compare with a list of no evidence", "compare", { evidence: array(), ...COMPARE }, COMPARE_JSON, 1, FORGETS),
  request("evidence", "evidence", EVIDENCE, EVIDENCE_JSON),
  request("evidence from its second piece on", "evidence", but(EVIDENCE, { offset: uint(131_072) }), {
    ...EVIDENCE_JSON,
    offset: 131_072,
  }),
  request("consistency", "consistency", CONSISTENCY, CONSISTENCY_JSON),
  request("consistency of one size", "consistency", but(CONSISTENCY, { first: uint(1), second: uint(1) }), {
    ...CONSISTENCY_JSON,
    first: 1,
    second: 1,
  }),
  request(
    "an unknown key",
    "charters",
    { id, from: uint(3), zzzzz: map({ a: NULL }) },
    { id: ID_HEX, from: 3 },
    1,
    FORGETS,
  ),
];

export const UNSUPPORTED: readonly Case[] = [
  ["an unknown request", "search", map({ text: text("toy") })],
  ["an unknown request of 32 characters", `a${"-".repeat(31)}`, map({})],
  ["what is only ever an answer", "batch", map({})],
].map(([name, kind, body]) => ({
  name: String(name),
  what: "request",
  outcome: "unsupported",
  hex: hex(array(uint(5), text(String(kind)), body as Item)),
  n: 5,
  kind,
}));

const BODY = map({ id, from: uint(3) });
const BAD_FRAMES: readonly (readonly [string, Item, string?])[] = [
  ["no bytes", new Uint8Array(), "CBOR_MALFORMED"],
  ["cut short", array(uint(1), text("charters"), BODY).subarray(0, -1), "CBOR_MALFORMED"],
  [
    "bytes after the frame",
    Buffer.concat([array(uint(1), text("charters"), BODY), Uint8Array.of(0)]),
    "CBOR_MALFORMED",
  ],
  ["keys of the body not sorted", array(uint(1), text("charters"), map({ from: uint(3), id })), "CBOR_NOT_CANONICAL"],
  ["a float in the body", array(uint(1), text("charters"), map({ id, from: unhex("f94200") })), "CBOR_NOT_CANONICAL"],
  [
    "an integer of 2^53 in the body",
    array(uint(1), text("charters"), map({ id, from: uint(2n ** 53n) })),
    "CBOR_LIMIT",
  ],
  ["a map", map({ n: uint(1) })],
  ["an empty array", array()],
  ["no body", array(uint(1), text("charters"))],
  ["one element more", array(uint(1), text("charters"), BODY, NULL, NULL)],
  ["number 0", array(zero, text("charters"), BODY)],
  ["a negative number", array(negative(-1), text("charters"), BODY)],
  ["a number in text", array(text("1"), text("charters"), BODY)],
  ["a kind in bytes", array(uint(1), bytes(Buffer.from("charters")), BODY)],
  ["an empty kind", array(uint(1), text(""), BODY)],
  ["a kind in capitals", array(uint(1), text("Charters"), BODY)],
  ["a kind with a digit", array(uint(1), text("charters2"), BODY)],
  ["a kind that begins with a hyphen", array(uint(1), text("-charters"), BODY)],
  ["a kind of 33 characters", array(uint(1), text("a".repeat(33)), BODY)],
  ["a body that is an array", array(uint(1), text("charters"), array())],
  ["a body that is null", array(uint(1), text("charters"), NULL)],
  ["a body that is bytes", array(uint(1), text("charters"), bytes(BODY))],
  ["an answer for a request", array(uint(1), TRUE, text("charters"), BODY)],
];

export const RESETS: readonly (Case & { code: string })[] = BAD_FRAMES.map(([name, frame, code]) => ({
  name: `frame: ${name}`,
  what: "request",
  outcome: "reset",
  hex: hex(frame),
  code: code ?? "WIRE_MALFORMED",
}));

const hello = (changes: Fields): Fields => but(FULL, changes);
const pull = (changes: Fields): Fields => but(PULL, changes);
const range = (changes: Fields): Fields => but(RANGE, changes);
const chunk = (changes: Fields): Fields => but(CHUNK, changes);

const BAD_REQUESTS: readonly Bad[] = [
  ...everyField("hello", FULL, ["held", "seen"]),
  ["33 features", "hello", hello({ features: repeat(33, text("a")) })],
  ["a feature of 33 characters", "hello", hello({ features: array(text("a".repeat(33))) })],
  ["a feature that is a number", "hello", hello({ features: array(zero) })],
  ["an id of 31 bytes", "hello", hello({ id: short })],
  ["an id in hex", "hello", hello({ id: text(ID_HEX) })],
  ["a chain without charters", "hello", hello({ chain: array() })],
  ["a charter without a note", "hello", hello({ chain: array(array(zero, zero)) })],
  ["a charter with a field more", "hello", hello({ chain: array(array(zero, zero, text(CHARTER), NULL)) })],
  ["a charter of a negative epoch", "hello", hello({ chain: array(array(negative(-1), zero, text(CHARTER))) })],
  ["a charter's note in bytes", "hello", hello({ chain: array(array(zero, zero, bytes(PART))) })],
  ["fewer charters than the chain shows", "hello", hello({ charters: uint(1) })],
  ["an instance of 15 bytes", "hello", hello({ instance: bytes(INSTANCE.subarray(1)) })],
  ["a negative number of starts", "hello", hello({ starts: negative(-1) })],
  ["a checkpoint held that is bytes", "hello", hello({ held: bytes(PART) })],
  ["what was seen, without starts", "hello", hello({ seen: array(bytes(INSTANCE)) })],
  ["what was seen, as a map", "hello", hello({ seen: map({ starts: uint(3) }) })],
  ...everyField("charters", { id, from: uint(3) }),
  ["charters from a negative serial", "charters", { id, from: negative(-1) }],
  ...everyField("pull", PULL),
  ["a pull of no logs", "pull", pull({ logs: array() })],
  [
    "a log twice",
    "pull",
    pull({ logs: array(log(ID, uint(5), zero), log(OTHER, uint(5), zero), log(ID, uint(6), zero)) }),
  ],
  ["a log without a serial", "pull", pull({ logs: array(log(ID, uint(5))) })],
  ["a log with a field more", "pull", pull({ logs: array(log(ID, uint(5), zero, zero)) })],
  ["a log whose id is short", "pull", pull({ logs: array(array(short, zero, zero, zero)) })],
  ["a budget of 0", "pull", pull({ budget: zero })],
  ["a budget over the limit", "pull", pull({ budget: uint(8_388_609) })],
  ["a cosignature without a note", "pull", pull({ cosignatures: array(log(ID)) })],
  ["a receipt without exceptions", "pull", pull({ receipts: array(array(text(NOTE))) })],
  ["an exception without a part", "pull", pull({ receipts: array(array(text(NOTE), array(array(zero)))) })],
  ["an exception of part 64", "pull", pull({ receipts: array(array(text(NOTE), array(array(zero, uint(64))))) })],
  ["1025 exceptions", "pull", pull({ receipts: array(array(text(NOTE), repeat(1025, array(zero, zero)))) })],
  ["513 receipts", "pull", pull({ receipts: repeat(513, array(text(""), array())) })],
  ...everyField("range", RANGE),
  ["an empty range", "range", range({ to: uint(1024) })],
  ["a range backwards", "range", range({ to: uint(1023) })],
  ["a range without budget to answer it", "range", range({ budget: zero })],
  ["a range's budget over the limit", "range", range({ budget: uint(8_388_609) })],
  ...everyField("parts", RANGE),
  ["parts of an empty range", "parts", range({ to: uint(1024) })],
  ...everyField("chunk", CHUNK),
  ["a chunk of part 64", "chunk", chunk({ part: uint(64) })],
  ["a negative chunk", "chunk", chunk({ chunk: negative(-1) })],
  ...everyField("compare", COMPARE),
  ["129 checkpoints", "compare", { checkpoints: repeat(129, log(ID, text(""))) }],
  ["a checkpoint in bytes", "compare", { checkpoints: array(log(ID, bytes(PART))) }],
  ["evidence that is null", "compare", { evidence: NULL, ...COMPARE }],
  ["257 digests of evidence", "compare", { evidence: repeat(257, bytes(ID)), ...COMPARE }],
  ["a digest of 31 bytes", "compare", { evidence: array(short), ...COMPARE }],
  ["a digest in text", "compare", { evidence: array(text(ID_HEX)), ...COMPARE }],
  ...everyField("evidence", EVIDENCE),
  ["evidence of a digest of 31 bytes", "evidence", but(EVIDENCE, { digest: short })],
  ["evidence from a negative offset", "evidence", but(EVIDENCE, { offset: negative(-1) })],
  ...everyField("consistency", CONSISTENCY),
  ["consistency of nothing", "consistency", but(CONSISTENCY, { first: zero })],
  ["consistency backwards", "consistency", but(CONSISTENCY, { second: uint(6) })],
];

export const MALFORMED_REQUESTS = BAD_REQUESTS.map(([name, kind, fields]) => ({
  name: `request: ${name}`,
  what: "request",
  outcome: "malformed",
  hex: hex(array(uint(1), text(kind), map(fields))),
  n: 1,
  kind,
  code: "WIRE_MALFORMED",
}));

import { after, digest, key, make, nvwa } from "./authority.ts";
import { ChainNotes } from "./chain-notes.ts";
import { base64, hex, sha256 } from "./tools.ts";
import type { Vectors } from "./tools.ts";

const ROOT = base64(sha256("a root"));
const LOG = hex(sha256("the id of the log's owner"));
const READER = digest(nvwa.first.text);
const MAX = 2 ** 53 - 1;

const lines = (reader = READER, log = `${LOG} 0`, size = `4711 ${ROOT}`, exceptions = "2"): string =>
  `entente receipt v1\nreader ${reader}\nlog ${log}\nsize ${size}\nexceptions ${exceptions}\n`;
const good = lines();

const [root1, root2] = nvwa.roots;
const node2 = key("nvwa.nl/node", "node 2");
const second = root1 && root2 && make(after(nvwa.first, { node: [node2] }), [root1, root2, node2]);

export function receiptVectors(): Vectors & { readonly notes: Readonly<Record<string, string>> } {
  const chains = new ChainNotes();
  const chain = [
    chains.place("first", nvwa.first),
    ...(second === undefined ? [] : [chains.place("another node key", second, 5)]),
  ];
  const note = (text: string, ...signatures: readonly string[]): string =>
    `${text}\n${signatures.map((line) => `${line}\n`).join("")}`;
  const signed = note(good, node2.sign(good));
  const former = note(good, nvwa.node.sign(good));
  const both = note(good, nvwa.node.sign(good), node2.sign(good));
  const foreign = lines(LOG);
  return {
    format: "receipt",
    source:
      "ours. Kinds: text; note, a receipt by the authority whose chain is given as in charter.json: `taken` new, `stored` counts " +
      "where it was taken in its time.",
    notes: chains.notes,
    valid: [
      ...VALID.map(([name, text, fields]) => ({ name, kind: "text", text, ...FIELDS, ...fields })),
      { name: "signed by the node key of the last charter", kind: "note", chain, note: signed, taken: true },
      { name: "signed by a former node key", kind: "note", chain, note: former, taken: false },
      { name: "signed by both", kind: "note", chain, note: both, taken: true },
      {
        name: "beside a line of an unknown key",
        kind: "note",
        chain,
        note: note(good, key("bvl.example/node").sign(good), node2.sign(good)),
        taken: true,
      },
    ],
    invalid: [
      ...INVALID.map(([name, text]) => ({ name, kind: "text", text, code: "RECEIPT_MALFORMED" })),
      {
        name: "signed by the log key",
        kind: "note",
        chain,
        note: note(good, nvwa.log.sign(good)),
        code: "NOTE_UNTRUSTED",
      },
      {
        name: "signed by the witness key",
        kind: "note",
        chain,
        note: note(good, nvwa.witness.sign(good)),
        code: "NOTE_UNTRUSTED",
      },
      {
        name: "a receipt of another reader, signed by this one",
        kind: "note",
        chain,
        note: note(foreign, node2.sign(foreign)),
        code: "NOTE_UNTRUSTED",
      },
      {
        name: "a signature over another text",
        kind: "note",
        chain,
        note: note(good, node2.sign(lines(READER, `${LOG} 0`, `4712 ${ROOT}`))),
        code: "NOTE_SIGNATURE_INVALID",
      },
      { name: "no signature", kind: "note", chain, note: good, code: "NOTE_MALFORMED" },
    ],
  };
}

const FIELDS = { reader: READER, log: LOG, epoch: 0, size: 4711, root: ROOT, exceptions: 2 };

const VALID: readonly (readonly [string, string, Partial<typeof FIELDS>])[] = [
  ["a receipt", good, {}],
  [
    "of a later epoch, without exceptions",
    lines(READER, `${LOG} 3`, `1 ${ROOT}`, "0"),
    { epoch: 3, size: 1, exceptions: 0 },
  ],
  [
    "the largest numbers",
    lines(READER, `${LOG} ${MAX}`, `${MAX} ${ROOT}`, `${MAX}`),
    { epoch: MAX, size: MAX, exceptions: MAX },
  ],
  ["of one's own log", lines(READER, `${READER} 0`), { log: READER }],
];

const INVALID: readonly (readonly [string, string])[] = [
  ["nothing", ""],
  ["another first line", good.replace("v1", "v2")],
  ["a sixth line", `${good}more 1\n`],
  ["an empty line at the end", `${good}\n`],
  ["no newline at the end", good.slice(0, -1)],
  ["four lines", good.replace("exceptions 2\n", "")],
  ["lines in another order", good.replace(`log ${LOG} 0\nsize 4711 ${ROOT}\n`, `size 4711 ${ROOT}\nlog ${LOG} 0\n`)],
  ["carriage returns", good.replaceAll("\n", "\r\n")],
  ["two spaces", good.replace("size 4711", "size  4711")],
  ["size 0", lines(READER, `${LOG} 0`, `0 ${ROOT}`)],
  ["a size with a leading zero", lines(READER, `${LOG} 0`, `04711 ${ROOT}`)],
  ["no epoch", lines(READER, LOG)],
  ["an epoch of 2^53", lines(READER, `${LOG} ${MAX + 1}`)],
  ["negative exceptions", lines(READER, `${LOG} 0`, `4711 ${ROOT}`, "-1")],
  ["a reader of 31 bytes", lines(READER.slice(2))],
  ["a reader in capitals", lines(READER.toUpperCase())],
  ["a name for a reader", lines("nvwa.nl")],
  ["a log of 33 bytes", lines(READER, `${LOG}00 0`)],
  ["a root of 31 bytes", lines(READER, `${LOG} 0`, `4711 ${base64(sha256("x").subarray(1))}`)],
  ["a root in hex", lines(READER, `${LOG} 0`, `4711 ${hex(sha256("a root"))}`)],
  ["no root", lines(READER, `${LOG} 0`, "4711")],
];

import { after, digest, key, make, nvwa, withLines } from "./authority.ts";
import type { Made } from "./authority.ts";
import { base64, sha256 } from "./tools.ts";
import type { Vectors } from "./tools.ts";

const ROOT = base64(sha256("a root"));
const { first } = nvwa;
const ID = digest(first.text);
const log2 = key("nvwa.nl", "log 2");
const second = make(after(first, { log: [log2] }), [...nvwa.roots, log2]);
const log1 = key("nvwa.nl/1");
const third = make(after(second, { epoch: 1, continues: `0 100 ${ROOT}`, log: [log1] }), [...nvwa.roots, log1]);

const HEAD = `entente chain v1\nauthority nvwa.nl ${ID}\n`;
const block = ({ spec, note }: Made, index: number): string => `charter ${spec.epoch} ${index} ${count(note)}\n${note}`;
const checkpointBlock = (note: string): string => `checkpoint ${count(note)}\n${note}`;
const checkpoint = (origin: string, size: number, signer: { sign(text: string): string }): string => {
  const text = `${origin}\n${size}\n${ROOT}\n`;
  return `${text}\n${signer.sign(text)}\n`;
};

const cp0 = checkpoint("nvwa.nl", 5, nvwa.log);
const cp1 = checkpoint("nvwa.nl", 13, log2);
const cp2 = checkpoint("nvwa.nl/1", 7, log1);
const ADDRESSES = ["/ip4/192.0.2.7/tcp/4001", "/dns4/entente.nvwa.example/tcp/4001", "/ip6/2001:db8::7/tcp/4001"];
const addressLines = (addresses: readonly string[]): string =>
  addresses.map((address) => `address ${address}\n`).join("");
const CHAIN1 = HEAD + block(first, 0);
const CHAIN2 = CHAIN1 + block(second, 12);

const stranger = key("nvwa.nl/stranger/1");
const linesOf = ({ text, note }: Made): readonly string[] => note.slice(text.length + 1, -1).split("\n");
/** Lines of nobody, so that the first charter has `count` in all. */
const strangers = (count: number): readonly string[] =>
  Array.from({ length: count - linesOf(first).length }, () => stranger.sign("x\n"));

export function chainFileVectors(): Vectors {
  return {
    format: "chain-file",
    source:
      "ours; names.md, Chain file. `charters`: [epoch, index] of each. Those with a `reason` can be read, and fail when verified.",
    valid: VALID.map(([name, text, charters, note, addresses]) => ({
      name,
      text,
      authority: "nvwa.nl",
      id: ID,
      charters,
      checkpoint: note,
      addresses,
    })),
    invalid: [
      ...MALFORMED.map(([name, text, code = "CHAIN_MALFORMED"]) => ({ name, text, code })),
      ...UNVERIFIED.map(([name, text, code]) => ({ name, text, code, reason: "does not verify" })),
    ],
  };
}

const VALID: readonly (readonly [
  string,
  string,
  readonly (readonly [number, number])[],
  string | null,
  readonly string[],
])[] = [
  ["one charter", CHAIN1, [[0, 0]], null, []],
  ["with a checkpoint", CHAIN1 + checkpointBlock(cp0), [[0, 0]], cp0, []],
  ["with addresses", CHAIN1 + addressLines(ADDRESSES), [[0, 0]], null, ADDRESSES],
  [
    "two charters, a checkpoint by the second one's key",
    CHAIN2 + checkpointBlock(cp1),
    [
      [0, 0],
      [0, 12],
    ],
    cp1,
    [],
  ],
  [
    "a charter of 17 signature lines",
    HEAD + block(withLines(first, [...linesOf(first), ...strangers(17)]), 0),
    [[0, 0]],
    null,
    [],
  ],
  [
    "a charter of 64 signature lines",
    HEAD + block(withLines(first, [...linesOf(first), ...strangers(64)]), 0),
    [[0, 0]],
    null,
    [],
  ],
  [
    "a charter beyond the size of the checkpoint",
    CHAIN2 + checkpointBlock(cp0),
    [
      [0, 0],
      [0, 12],
    ],
    cp0,
    [],
  ],
  ["the shortest address", `${CHAIN1}address /!\n`, [[0, 0]], null, ["/!"]],
  ["an address of the last printable character", `${CHAIN1}address /~\n`, [[0, 0]], null, ["/~"]],
  [
    "three charters, two epochs, a checkpoint, eight addresses",
    CHAIN2 + block(third, 0) + checkpointBlock(cp2) + addressLines(eight()),
    [
      [0, 0],
      [0, 12],
      [1, 0],
    ],
    cp2,
    eight(),
  ],
];

const MALFORMED: readonly (readonly [string, string, string?])[] = [
  ["nothing", ""],
  ["another first line", CHAIN1.replace("v1", "v2")],
  ["a byte order mark", `\ufeff${CHAIN1}`],
  ["no newline at the end", CHAIN1.slice(0, -1)],
  ["carriage returns", CHAIN1.replaceAll("\n", "\r\n")],
  ["an empty line at the end", `${CHAIN1}\n`],
  ["an empty line before the charters", HEAD + `\n${block(first, 0)}`],
  ["no charter", HEAD],
  ["no authority line", `entente chain v1\n${block(first, 0)}`],
  ["not a name", CHAIN1.replace("authority nvwa.nl", "authority nvwa")],
  ["an id of 31 bytes", CHAIN1.replace(ID, ID.slice(2))],
  ["the id of another authority", CHAIN1.replace(ID, digest("x"))],
  ["the id of the second charter", CHAIN2.replace(ID, digest(second.text))],
  ["one line too few", CHAIN1.replace(/charter 0 0 \d+/, `charter 0 0 ${count(first.note) + 1}`)],
  ["one line too many", CHAIN1.replace(/charter 0 0 \d+/, `charter 0 0 ${count(first.note) - 1}`)],
  ["no lines", CHAIN1.replace(/charter 0 0 \d+/, "charter 0 0 0")],
  ["2^53 lines", CHAIN1.replace(/charter 0 0 \d+/, "charter 0 0 9007199254740992")],
  ["a charter without a place", CHAIN1.replace("charter 0 0 ", "charter ")],
  ["a negative index", CHAIN1.replace("charter 0 0 ", "charter 0 -1 ")],
  ["an epoch with a leading zero", CHAIN1.replace("charter 0 0 ", "charter 00 0 ")],
  ["two spaces", CHAIN1.replace("charter 0 0 ", "charter 0  0 ")],
  ["a charter that is no note", `${HEAD}charter 0 0 1\nentente charter v1\n`, "NOTE_MALFORMED"],
  ["two checkpoints", CHAIN1 + checkpointBlock(cp0) + checkpointBlock(cp0)],
  ["a checkpoint before the charters", HEAD + checkpointBlock(cp0) + block(first, 0)],
  ["an address before the checkpoint", CHAIN1 + addressLines(ADDRESSES) + checkpointBlock(cp0)],
  ["nine addresses", CHAIN1 + addressLines([...eight(), "/ip4/192.0.2.9/tcp/1"])],
  ["an address that is no multiaddr", CHAIN1 + addressLines(["192.0.2.7:4001"])],
  ["an address with a space", CHAIN1 + addressLines(["/ip4/192.0.2.7 /tcp/4001"])],
  ["an address of a slash alone", `${CHAIN1}address /\n`],
  ["an address beyond ASCII", `${CHAIN1}address /ü\n`],
  ["an address with U+007F", `${CHAIN1}address /\u007f\n`],
  ["an address with a tab", `${CHAIN1}address /ip4\t\n`],
  ["a charter after an address", CHAIN1 + addressLines(["/ip4/192.0.2.7/tcp/4001"]) + block(second, 12)],
  ["a charter after the checkpoint", CHAIN1 + checkpointBlock(cp0) + block(second, 12)],
  [
    "a charter of 65 signature lines",
    HEAD + block(withLines(first, [...linesOf(first), ...strangers(65)]), 0),
    "NOTE_MALFORMED",
  ],
  [
    "a checkpoint of 17 signature lines",
    CHAIN1 + checkpointBlock(`${cp0}${`${stranger.sign("x\n")}\n`.repeat(16)}`),
    "NOTE_MALFORMED",
  ],
  ["an empty address", `${CHAIN1}address \n`],
  ["a line of another kind", `${CHAIN1}comment hello\n`],
];

const UNVERIFIED: readonly (readonly [string, string, string])[] = [
  ["another name than the charters'", CHAIN1.replace("authority nvwa.nl", "authority bvl.example"), "CHAIN_MALFORMED"],
  ["a charter missing", `${CHAIN1}${block(third, 0)}`, "CHAIN_MALFORMED"],
  ["charters out of order", CHAIN1 + block(third, 0) + block(second, 12), "CHAIN_MALFORMED"],
  ["a charter at the wrong place", `${CHAIN1}${block(second, 0)}`, "CHAIN_MALFORMED"],
  [
    "a checkpoint by the key that was in force before",
    CHAIN2 + checkpointBlock(checkpoint("nvwa.nl", 13, nvwa.log)),
    "NOTE_UNTRUSTED",
  ],
  [
    "a checkpoint by the key that was not yet in force",
    CHAIN2 + checkpointBlock(checkpoint("nvwa.nl", 12, log2)),
    "NOTE_UNTRUSTED",
  ],
  ["a checkpoint of an earlier epoch", CHAIN2 + block(third, 0) + checkpointBlock(cp1), "NOTE_UNTRUSTED"],
  ["a checkpoint of another log", CHAIN1 + checkpointBlock(checkpoint("bvl.example", 5, nvwa.log)), "NOTE_UNTRUSTED"],
  [
    "a checkpoint whose signature does not verify",
    CHAIN1 + checkpointBlock(cp0.replace("nvwa.nl\n5\n", "nvwa.nl\n6\n")),
    "NOTE_SIGNATURE_INVALID",
  ],
  [
    "a checkpoint that is none",
    CHAIN1 + checkpointBlock(`hello\n\n${nvwa.log.sign("hello\n")}\n`),
    "CHECKPOINT_MALFORMED",
  ],
];

function count(note: string): number {
  return note.split("\n").length - 1;
}

function eight(): readonly string[] {
  return Array.from({ length: 8 }, (_, i) => `/ip4/192.0.2.${i}/tcp/4001`);
}

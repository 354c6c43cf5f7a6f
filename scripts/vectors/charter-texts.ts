import { authority, charterText, digest, insertLine, key, memberKey, nvwa, unknownVkey } from "./authority.ts";
import type { CharterKey, Spec } from "./authority.ts";
import { base64, hex, sha256 } from "./tools.ts";
import type { Case } from "./tools.ts";

// Texts of charters, without signatures.

const ROOT = base64(sha256("a root"));
const { spec } = nvwa;
const good = charterText(spec);

export function charterTexts() {
  return {
    valid: VALID.map(([name, text, fields]) => ({ name, kind: "text", text, fields: { ...FIELDS, ...fields } })),
    invalid: INVALID.map(([name, text, code = "CHARTER_MALFORMED"]) => ({
      name,
      kind: "text",
      text,
      code,
    })) satisfies Case[],
  };
}

const FIELDS = {
  authority: "nvwa.nl",
  title: spec.title,
  country: "NL",
  serial: 0,
  previous: null,
  epoch: 0,
  continues: null,
  rootThreshold: 2,
  roots: vkeys(nvwa.roots),
  nextThreshold: 2,
  next: nvwa.next.map(({ vkey }) => digest(vkey)),
  log: nvwa.log.vkey,
  witness: nvwa.witness.vkey,
  node: nvwa.node.vkey,
  member: memberKey("nvwa.nl"),
  roles: vkeys([nvwa.lab, nvwa.approver]),
  kept: [] as readonly (readonly [line: number, keyword: string, value: string])[],
  unknownCritical: [] as readonly string[],
};

const logOfEpoch3 = key("nvwa.nl/3");
const later: Spec = {
  ...spec,
  serial: 7,
  previous: digest("x"),
  epoch: 3,
  continues: `1 4711 ${ROOT}`,
  log: [logOfEpoch3],
};
const strangeRoot = unknownVkey("nvwa.nl/root/1001", "strange root");
const strangeLog = unknownVkey("nvwa.nl", "strange log");
const strangeWitness = unknownVkey("nvwa.nl/witness", "strange witness");
const strangeNode = unknownVkey("nvwa.nl/node", "strange node");
const strangeRole = unknownVkey("nvwa.nl/lab/1001", "strange role");
const sameName = unknownVkey("nvwa.nl/root/1", "same name");
const foreign = unknownVkey("whatever", "foreign");

/** As public keys: a point of order 8, a point of prime order with one of order 2 added, and no point at all. */
const LOW_ORDER = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05";
const MIXED_ORDER = "b0bfe83c17bc76a56d48f558b2e481436367d330d13b69733f32aa0ed50b99f3";
const NO_POINT = `02${"00".repeat(31)}`;

const VALID: readonly (readonly [string, string, Partial<typeof FIELDS> | object])[] = [
  ["a first charter", good, {}],
  [
    "a later charter of a later epoch",
    charterText(later),
    { serial: 7, previous: digest("x"), epoch: 3, continues: [1, 4711, ROOT], log: logOfEpoch3.vkey },
  ],
  [
    "one root key, one to follow, no role keys",
    charterText({
      ...spec,
      rootThreshold: 1,
      roots: nvwa.roots.slice(0, 1),
      nextThreshold: 1,
      next: nvwa.next.slice(0, 1),
      roles: [],
    }),
    {
      rootThreshold: 1,
      roots: vkeys(nvwa.roots.slice(0, 1)),
      nextThreshold: 1,
      next: [digest(nvwa.next[0]?.vkey ?? "")],
      roles: [],
    },
  ],
  ["a title of 128 characters", charterText({ ...spec, title: "𝔘".repeat(128) }), { title: "𝔘".repeat(128) }],
  ["a title with two spaces in it", charterText({ ...spec, title: "a  b" }), { title: "a  b" }],
  [
    "the largest numbers",
    charterText({ ...later, serial: 2 ** 53 - 1, continues: `${2 ** 53 - 1} ${2 ** 53 - 1} ${ROOT}` }),
    {
      serial: 2 ** 53 - 1,
      previous: digest("x"),
      epoch: 3,
      continues: [2 ** 53 - 1, 2 ** 53 - 1, ROOT],
      log: logOfEpoch3.vkey,
    },
  ],
  [
    "unknown lines, first and last",
    `${insertLine(good, 1, "x-first some value")}zebra ünïcode\n`,
    {
      kept: [
        [1, "x-first", "some value"],
        [23, "zebra", "ünïcode"],
      ],
    },
  ],
  ["an unknown line between root lines", insertLine(good, 10, "roots 3"), { kept: [[10, "roots", "3"]] }],
  [
    "an unknown critical line, and a known keyword made critical",
    insertLine(insertLine(good, 5, "quorum! 3"), 6, "role! nobody"),
    {
      kept: [
        [5, "quorum!", "3"],
        [6, "role!", "nobody"],
      ],
      unknownCritical: ["quorum!", "role!"],
    },
  ],
  ["64 unknown lines", good + "x y\n".repeat(64), { kept: Array.from({ length: 64 }, (_, i) => [22 + i, "x", "y"]) }],
  [
    "a key of unknown type in a line of every kind",
    charterText({
      ...spec,
      roots: [strangeRoot, ...nvwa.roots],
      log: [nvwa.log, strangeLog],
      witness: [strangeWitness, nvwa.witness],
      node: [nvwa.node, strangeNode],
      roles: [nvwa.lab, strangeRole, nvwa.approver],
    }),
    {
      kept: [
        [9, "root", strangeRoot],
        [18, "log", strangeLog],
        [19, "witness", strangeWitness],
        [22, "node", strangeNode],
        [25, "role", strangeRole],
      ],
    },
  ],
  [
    "an unknown line before a key of unknown type, and one after it",
    `${insertLine(charterText({ ...spec, roles: [strangeRole, nvwa.lab] }), 2, "motto safe")}zebra 1\n`,
    {
      roles: [nvwa.lab.vkey],
      kept: [
        [2, "motto", "safe"],
        [21, "role", strangeRole],
        [23, "zebra", "1"],
      ],
    },
  ],
  [
    "a type that is known, but not for its line, does not count",
    charterText({
      ...spec,
      witness: [key("nvwa.nl/witness", "plain witness"), nvwa.witness],
      node: [nvwa.node, key("nvwa.nl/node", "node 4", 0x04)],
    }),
    {
      kept: [
        [17, "witness", key("nvwa.nl/witness", "plain witness").vkey],
        [20, "node", key("nvwa.nl/node", "node 4", 0x04).vkey],
      ],
    },
  ],
  [
    "a key of low order, and one that is no point, of types that do not count for their lines",
    charterText({
      ...spec,
      node: [nvwa.node, rawVkey("nvwa.nl/node", LOW_ORDER, "04")],
      roles: [nvwa.lab, rawVkey("nvwa.nl/lab/2", NO_POINT, "04"), nvwa.approver],
    }),
    {
      kept: [
        [19, "node", rawVkey("nvwa.nl/node", LOW_ORDER, "04")],
        [22, "role", rawVkey("nvwa.nl/lab/2", NO_POINT, "04")],
      ],
    },
  ],
  [
    "the name of a key that does not count is not checked",
    charterText({ ...spec, roles: [foreign, foreign] }),
    {
      roles: [],
      kept: [
        [20, "role", foreign],
        [21, "role", foreign],
      ],
    },
  ],
  [
    "a root key that does not count may have the name of one that does",
    charterText({ ...spec, roots: [...nvwa.roots, sameName] }),
    {
      kept: [[12, "root", sameName]],
    },
  ],
  [
    "16 root lines, 16 next lines, 32 role lines",
    charterText({ ...spec, roots: many("root", 16), next: many("root", 16, 17), roles: many("lab", 32) }),
    {
      roots: vkeys(many("root", 16)),
      next: many("root", 16, 17).map(({ vkey }) => digest(vkey)),
      roles: vkeys(many("lab", 32)),
    },
  ],
  [
    "a role label of 31 characters",
    charterText({ ...spec, roles: [key(`nvwa.nl/${"a".repeat(31)}/9007199254740991`)] }),
    {
      roles: vkeys([key(`nvwa.nl/${"a".repeat(31)}/9007199254740991`)]),
    },
  ],
];

const INVALID: readonly (readonly [string, string, string?])[] = [
  ["nothing", ""],
  ["another first line", good.replace("v1", "v2")],
  ["a space after the first line", good.replace("v1", "v1 ")],
  ["a byte order mark", `\ufeff${good}`],
  ["carriage returns", good.replaceAll("\n", "\r\n")],
  ["no newline at the end", good.slice(0, -1)],
  ["an empty line", insertLine(good, 3, "")],
  ["an empty line at the end", `${good}\n`],
  ["a line without a value", insertLine(good, 3, "alone")],
  ["a line with an empty value", insertLine(good, 3, "alone ")],
  ["two spaces after a keyword", insertLine(good, 3, "extra  1")],
  ["a space after a value", insertLine(good, 3, "extra 1 ")],
  ["two spaces before a title", good.replace("title ", "title  ")],
  ["a space after a title", good.replace("\ncountry", " \ncountry")],
  ["a tab after a keyword", good.replace("country NL", "country\tNL")],
  ["a keyword with a capital letter", insertLine(good, 3, "Extra 1")],
  ["a keyword that begins with a digit", insertLine(good, 3, "1extra 1")],
  ["a keyword that begins with a hyphen", insertLine(good, 3, "-extra 1")],
  ["a keyword with two exclamation marks", insertLine(good, 3, "extra!! 1")],
  ["U+0085 in a value", good.replace("Food and", "Food\u0085and")],
  ["U+007F in an unknown line", insertLine(good, 3, "extra a\u007fb")],
  ...[
    "authority",
    "title",
    "country",
    "serial",
    "previous",
    "epoch",
    "continues",
    "root-threshold",
    "root",
    "next-threshold",
    "next",
    "log",
    "witness",
    "node",
    "member",
  ].map((keyword) => [`no ${keyword} line`, withoutLines(keyword)] as const),
  ["a keyword twice", good.replace("country NL\n", "country NL\ncountry NL\n")],
  ["known lines out of order", good.replace("serial 0\nprevious none\n", "previous none\nserial 0\n")],
  ["a root line after the next lines", moved("root", "log")],
  ["an authority without a dot", charterText(authority("nvwa").spec)],
  ["an authority in capitals", charterText(authority("NVWA.nl").spec)],
  ["a title of 129 characters", charterText({ ...spec, title: "x".repeat(129) })],
  ["a country in small letters", good.replace("country NL", "country nl")],
  ["a country of three letters", good.replace("country NL", "country NLD")],
  ["a serial with a leading zero", good.replace("serial 0", "serial 00")],
  ["a negative serial", good.replace("serial 0", "serial -1")],
  ["a serial of 2^53", good.replace("serial 0\nprevious none", `serial 9007199254740992\nprevious ${digest("x")}`)],
  ["a serial in full-width digits", good.replace("serial 0", "serial ０")],
  ["serial 0 with a previous charter", good.replace("previous none", `previous ${digest("x")}`)],
  ["serial 1 without a previous charter", good.replace("serial 0", "serial 1")],
  ["a digest in capitals", charterText({ ...later, previous: digest("x").toUpperCase() })],
  ["a digest of 31 bytes", charterText({ ...later, previous: digest("x").slice(2) })],
  ["epoch 0 that continues", good.replace("continues none", `continues 0 1 ${ROOT}`)],
  ["epoch 1 that continues none", good.replace("epoch 0", "epoch 1").replace(nvwa.log.vkey, key("nvwa.nl/1").vkey)],
  ["a continued size of 0", charterText({ ...later, continues: `1 0 ${ROOT}` })],
  ["a continued root of 31 bytes", charterText({ ...later, continues: `1 5 ${base64(sha256("x").subarray(1))}` })],
  ["a continued root in hex", charterText({ ...later, continues: `1 5 ${hex(sha256("a root"))}` })],
  ["two spaces in continues", charterText({ ...later, continues: `1  5 ${ROOT}` })],
  ["a continued epoch with a leading zero", charterText({ ...later, continues: `01 5 ${ROOT}` })],
  ["a continued epoch of 00", charterText({ ...later, continues: `00 5 ${ROOT}` })],
  ["a continued size with a leading zero", charterText({ ...later, continues: `1 05 ${ROOT}` })],
  ["a continued size of 2^53", charterText({ ...later, continues: `1 9007199254740992 ${ROOT}` })],
  ["a continued epoch of 2^53", charterText({ ...later, continues: `9007199254740992 5 ${ROOT}` })],
  ["a negative continued epoch", charterText({ ...later, continues: `-1 5 ${ROOT}` })],
  ["a continued size in full-width digits", charterText({ ...later, continues: `1 ５ ${ROOT}` })],
  ["four words in continues", charterText({ ...later, continues: `1 5 ${ROOT} x` })],
  ["a root threshold of 0", charterText({ ...spec, rootThreshold: 0 })],
  ["a root threshold above the root keys", charterText({ ...spec, rootThreshold: 4 })],
  [
    "a root threshold above the root keys that count",
    charterText({ ...spec, rootThreshold: 2, roots: [...nvwa.roots.slice(0, 1), strangeRoot] }),
  ],
  ["no root key that counts", charterText({ ...spec, rootThreshold: 1, roots: [strangeRoot] })],
  ["a next threshold of 0", charterText({ ...spec, nextThreshold: 0 })],
  ["a next threshold above the next lines", charterText({ ...spec, nextThreshold: 4 })],
  ["17 root lines", charterText({ ...spec, roots: many("root", 17) })],
  ["17 next lines", charterText({ ...spec, next: many("root", 17) })],
  ["33 role lines", charterText({ ...spec, roles: many("lab", 33) })],
  ["33 role lines, of which 32 count", charterText({ ...spec, roles: [...many("lab", 32), strangeRole] })],
  [
    "17 lines of log, witness and node keys",
    charterText({ ...spec, node: [nvwa.node, ...Array.from({ length: 14 }, () => strangeNode)] }),
  ],
  ["65 unknown lines", good + "x y\n".repeat(65)],
  ["a root name twice", charterText({ ...spec, roots: [...nvwa.roots, key("nvwa.nl/root/1", "another root 1")] })],
  ["a next digest twice", charterText({ ...spec, next: [...nvwa.next, ...nvwa.next] })],
  ["a role name twice", charterText({ ...spec, roles: [nvwa.lab, key("nvwa.nl/lab/1", "another lab 1")] })],
  ["a root key of another name", charterText({ ...spec, roots: [key("nvwa.nl/boot/1")], rootThreshold: 1 })],
  ["a root key numbered 0", charterText({ ...spec, roots: [key("nvwa.nl/root/0")], rootThreshold: 1 })],
  ["a root key numbered 01", charterText({ ...spec, roots: [key("nvwa.nl/root/01")], rootThreshold: 1 })],
  ["a root key of another authority", charterText({ ...spec, roots: [key("bvl.de/root/1")], rootThreshold: 1 })],
  ["a log key named as another epoch", charterText({ ...spec, log: [key("nvwa.nl/1")] })],
  ["a log key of epoch 3 without the epoch", charterText({ ...later, log: [nvwa.log] })],
  ["a witness key of another name", charterText({ ...spec, witness: [key("nvwa.nl/witness/1", "w", 0x04)] })],
  ["a witness key of type 0x01", charterText({ ...spec, witness: [key("nvwa.nl/witness")] })],
  ["a node key of type 0x04", charterText({ ...spec, node: [key("nvwa.nl/node", "n", 0x04)] })],
  ["two log keys that count", charterText({ ...spec, log: [nvwa.log, key("nvwa.nl", "another log key")] })],
  ["a node key of another name", charterText({ ...spec, node: [key("nvwa.nl/nodes")] })],
  ["a node key of another authority", charterText({ ...spec, node: [key("bvl.example/node")] })],
  ["a role key named as a node key", charterText({ ...spec, roles: [key("nvwa.nl/node/1")] })],
  ["a role key named as a root key", charterText({ ...spec, roles: [key("nvwa.nl/root/9")] })],
  ["a role label of 32 characters", charterText({ ...spec, roles: [key(`nvwa.nl/${"a".repeat(32)}/1`)] })],
  ["a role label that begins with a digit", charterText({ ...spec, roles: [key("nvwa.nl/1ab/1")] })],
  ["a role key without a number", charterText({ ...spec, roles: [key("nvwa.nl/lab")] })],
  ["a member key of 31 bytes", charterText({ ...spec, member: memberKey("x").slice(2) })],
  ["a member key in capitals", charterText({ ...spec, member: memberKey("x").toUpperCase() })],
  ["a node key of low order", charterText({ ...spec, node: [rawVkey("nvwa.nl/node", LOW_ORDER)] })],
  ["a role key of mixed order", charterText({ ...spec, roles: [rawVkey("nvwa.nl/lab/1", MIXED_ORDER)] })],
  [
    "a root key that is no point",
    charterText({ ...spec, roots: [...nvwa.roots, rawVkey("nvwa.nl/root/4", NO_POINT)] }),
  ],
  [
    "a vkey with another key id",
    charterText({ ...spec, node: [nvwa.node.vkey.replace(/\+[0-9a-f]{8}\+/, "+00000000+")] }),
    "VKEY_MALFORMED",
  ],
  ["a vkey without a key", charterText({ ...spec, node: ["nvwa.nl/node"] }), "VKEY_MALFORMED"],
  ["a vkey of an unknown type that is no vkey", charterText({ ...spec, roles: [`${strangeRole}=`] }), "VKEY_MALFORMED"],
];

function vkeys(keys: readonly CharterKey[]): readonly string[] {
  return keys.map(({ vkey }) => vkey);
}

function many(label: string, count: number, first: number = 1): readonly CharterKey[] {
  return Array.from({ length: count }, (_, i) => key(`nvwa.nl/${label}/${first + i}`));
}

function withoutLines(keyword: string): string {
  return good
    .split("\n")
    .filter((line) => !line.startsWith(`${keyword} `))
    .join("\n");
}

/** The first line of one keyword, put before the first of another. */
function moved(keyword: string, before: string): string {
  const lines = good.split("\n");
  const [line = ""] = lines.splice(
    lines.findIndex((other) => other.startsWith(`${keyword} `)),
    1,
  );
  return insertLine(
    lines.join("\n"),
    lines.findIndex((other) => other.startsWith(`${before} `)),
    line,
  );
}

/** The vkey of a public key for which nobody has the secret one. */
function rawVkey(name: string, publicKey: string, type: "01" | "04" = "01"): string {
  const typed = Buffer.from(`${type}${publicKey}`, "hex");
  return `${name}+${hex(sha256(`${name}\n`, typed).subarray(0, 4))}+${base64(typed)}`;
}

import type { Vectors } from "./tools.ts";

const ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
const ROOT_HEX = "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62";

export function checkpoint(): Vectors {
  return {
    format: "checkpoint",
    source: "C2SP tlog-checkpoint v1.0.0; the sum.golang.org checkpoint is one of production; the others are ours",
    valid: VALID,
    invalid: INVALID.map(([name, text]) => ({ name, text, code: "CHECKPOINT_MALFORMED" })),
  };
}

const VALID = [
  {
    name: "the example of tlog-checkpoint",
    text: `example.com/behind-the-sofa\n20852163\n${ROOT}\n`,
    origin: "example.com/behind-the-sofa",
    size: 20_852_163,
    root: ROOT_HEX,
  },
  {
    name: "sum.golang.org, an origin with spaces",
    text: "go.sum database tree\n35225469\nvt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ=\n",
    origin: "go.sum database tree",
    size: 35_225_469,
    root: "bede53e8668b097bf21c597d554bef22d478dd76717cb81fb44713c8edde2424",
  },
  {
    name: "an empty tree",
    text: "example.com/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
    origin: "example.com/log",
    size: 0,
    root: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  },
  {
    name: "the largest size",
    text: `nvwa.nl/3\n9007199254740991\n${ROOT}\n`,
    origin: "nvwa.nl/3",
    size: Number.MAX_SAFE_INTEGER,
    root: ROOT_HEX,
  },
  {
    name: "an origin beyond ASCII",
    text: `日誌.example\n1\n${ROOT}\n`,
    origin: "日誌.example",
    size: 1,
    root: ROOT_HEX,
  },
];

const INVALID: readonly (readonly [string, string])[] = [
  ["nothing", ""],
  ["an empty line", "\n"],
  ["two lines", "example.com/log\n1\n"],
  ["no newline at the end", `example.com/log\n1\n${ROOT}`],
  ["an extension line", `example.com/log\n1\n${ROOT}\nextension\n`],
  ["an empty line after the root", `example.com/log\n1\n${ROOT}\n\n`],
  ["an empty origin", `\n1\n${ROOT}\n`],
  ["a control character in the origin", `example.com\u0001/log\n1\n${ROOT}\n`],
  ["a tab in the origin", `example.com\t/log\n1\n${ROOT}\n`],
  ["carriage returns", `example.com/log\r\n1\r\n${ROOT}\r\n`],
  ["an empty size", `example.com/log\n\n${ROOT}\n`],
  ["a leading zero", `example.com/log\n01\n${ROOT}\n`],
  ["size 00", `example.com/log\n00\n${ROOT}\n`],
  ["a sign", `example.com/log\n+1\n${ROOT}\n`],
  ["a negative size", `example.com/log\n-1\n${ROOT}\n`],
  ["a space before the size", `example.com/log\n 1\n${ROOT}\n`],
  ["a space after the size", `example.com/log\n1 \n${ROOT}\n`],
  ["a hexadecimal size", `example.com/log\n0x10\n${ROOT}\n`],
  ["an exponent", `example.com/log\n1e3\n${ROOT}\n`],
  ["a fraction", `example.com/log\n1.0\n${ROOT}\n`],
  ["digits beyond ASCII", `example.com/log\n１２\n${ROOT}\n`],
  ["2^53", `example.com/log\n9007199254740992\n${ROOT}\n`],
  ["2^64", `example.com/log\n18446744073709551616\n${ROOT}\n`],
  ["an empty root", "example.com/log\n1\n\n"],
  ["a root of 31 bytes", "example.com/log\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n"],
  ["a root of 33 bytes", "example.com/log\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2IA\n"],
  ["a root without padding", `example.com/log\n1\n${ROOT.slice(0, -1)}\n`],
  ["unused bits that are not zero", `example.com/log\n1\n${ROOT.slice(0, -2)}J=\n`],
  ["base64 of the URL alphabet", `example.com/log\n1\n${ROOT.replace("/", "_")}\n`],
  ["a space after the root", `example.com/log\n1\n${ROOT} \n`],
  ["the root in hex", `example.com/log\n1\n${ROOT_HEX}\n`],
];

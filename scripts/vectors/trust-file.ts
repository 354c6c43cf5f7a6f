import { hex, sha256 } from "./tools.ts";
import type { Vectors } from "./tools.ts";

const [ID, OTHER] = [hex(sha256("an id")), hex(sha256("another id"))];
const ONE = `authority nvwa.nl ${ID}\n`;

export function trustFileVectors(): Vectors {
  return {
    format: "trust-file",
    source: "ours; names.md, Trust file",
    valid: VALID.map(([name, text, authorities]) => ({ name, text, authorities })),
    invalid: INVALID.map(([name, text]) => ({ name, text, code: "TRUST_MALFORMED" })),
  };
}

const VALID: readonly (readonly [string, string, readonly (readonly [string, string])[]])[] = [
  ["one authority", ONE, [["nvwa.nl", ID]]],
  [
    "two authorities, in the order of the file",
    `${ONE}authority bvl.example ${OTHER}\n`,
    [
      ["nvwa.nl", ID],
      ["bvl.example", OTHER],
    ],
  ],
  ["comments and empty lines", `# told to us on paper, 3 March 2026\n\n${ONE}\n#\n# authority\tx\n`, [["nvwa.nl", ID]]],
  ["no newline after the last line", ONE.slice(0, -1), [["nvwa.nl", ID]]],
  ["nobody", "", []],
];

const INVALID: readonly (readonly [string, string])[] = [
  ["two spaces", ONE.replace("authority ", "authority  ")],
  ["a space at the end", `authority nvwa.nl ${ID} \n`],
  ["a space before", ` ${ONE}`],
  ["a tab", ONE.replace(" nvwa", "\tnvwa")],
  ["carriage returns", ONE.replace("\n", "\r\n")],
  ["a line with one space", ` \n${ONE}`],
  ["a space before a comment", ` # comment\n${ONE}`],
  ["a comment after an authority", `authority nvwa.nl ${ID} # comment\n`],
  ["a byte order mark", `\ufeff${ONE}`],
  ["another keyword", ONE.replace("authority", "witness")],
  ["no id", "authority nvwa.nl\n"],
  ["an id in capitals", `authority nvwa.nl ${ID.toUpperCase()}\n`],
  ["an id of 63 digits", `authority nvwa.nl ${ID.slice(1)}\n`],
  ["an id of 66 digits", `authority nvwa.nl ${ID}00\n`],
  ["not a name", `authority nvwa ${ID}\n`],
  ["a name twice", `${ONE}authority nvwa.nl ${OTHER}\n`],
  ["an id twice", `${ONE}authority bvl.example ${ID}\n`],
  ["a line twice", ONE + ONE],
];

import { hostname } from "node:os";
import { join, resolve } from "node:path";
import type { InitResult } from "../../node/node.ts";
import { getNewPassphrase } from "../../keys/passphrase.ts";
import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import type { Context } from "../context.ts";
import { fields } from "../text.ts";
import { nodeProblem } from "../node-problem.ts";
import { passphrasePrompt } from "../passphrase-prompt.ts";
import { isInitialised } from "../socket-path.ts";

const LISTEN = "/ip4/0.0.0.0/tcp/4001";

export const init = defineCommand({
  name: "init",
  usage: "",
  arguments: [0, 0],
  summary: "make the keys and the log of a new authority",
  description: [
    "The name (lower case, at least one dot) never changes. Root keys decide over all other keys and are needed only to change them: they and their successors are written to a directory of their own, which you take away from this machine and of which the node keeps nothing.",
    "Addresses are multiaddrs. Where a node behind a firewall is reached under another address than it listens on, announce that one.",
  ],
  options: {
    name: { type: "string", value: "NAME", required: true, help: "name of the authority, e.g. nvwa.nl" },
    title: { type: "string", value: "TEXT", required: true, help: "what the authority is called" },
    country: { type: "string", value: "CC", required: true, help: "two letters, EU for an institution of the Union" },
    "offline-dir": {
      type: "string",
      value: "DIR",
      required: true,
      help: "where the root keys go, on a medium that you take away",
    },
    "offline-passphrase-file": {
      type: "string",
      value: "FILE",
      help: "passphrase of the root keys; else it is asked for",
    },
    roots: { type: "string", value: "N", help: "number of root keys, 1 when left out" },
    "root-threshold": { type: "string", value: "K", help: "how many of them must sign, more than half when left out" },
    listen: { type: "string", multiple: true, value: "ADDRESS", help: `where to listen, ${LISTEN} when left out` },
    announce: { type: "string", multiple: true, value: "ADDRESS", help: "what peers are told" },
    approver: { type: "boolean", help: "make an approver key, for grants that relays may serve" },
    operator: { type: "string", value: "NAME", help: "the first operator, your user name when left out" },
  },
  examples: [
    'entente init --name nvwa.nl --title "Netherlands Food and Consumer Product Safety Authority" --country NL --offline-dir /media/usb/nvwa',
    'entente init --name gacc.gov.cn --title "General Administration of Customs" --country CN --offline-dir /media/usb/gacc --roots 3 --announce /dns4/entente.gacc.gov.cn/tcp/4001',
  ],
  async run({ world, print, dataDir, passphraseFile, command }, _args, options) {
    const roots = parseCount(options.roots ?? "1", "--roots");
    const rootThreshold = parseCount(
      options["root-threshold"] ?? String(Math.floor(roots / 2) + 1),
      "--root-threshold",
    );
    if (rootThreshold > roots)
      throw new CliError(
        "USAGE",
        `--root-threshold: ${rootThreshold} of ${roots} keys cannot sign`,
        "entente help init",
      );
    // Before anybody is asked for anything.
    if (await isInitialised(dataDir))
      throw new CliError(
        "REFUSED",
        `there is a node in ${dataDir} already`,
        "entente start, or choose another directory with --data",
      );
    const prompt = passphrasePrompt(world);
    const offlineDir = resolve(options["offline-dir"]);
    const passphrase = await getNewPassphrase(
      { file: passphraseFile, prompt },
      join(dataDir, "keys", "online.key.age"),
    );
    const offlinePassphrase = await getNewPassphrase(
      { file: options["offline-passphrase-file"], prompt },
      `the root keys in ${offlineDir}`,
    );
    if (!print.isJson) print.note("making the keys and encrypting each of them: this takes some seconds");
    const { initNode } = await import("../../node/node.ts");
    const made = await initNode({
      dataDir,
      name: options.name,
      title: options.title,
      country: options.country,
      listen: options.listen.length === 0 ? [LISTEN] : options.listen,
      announce: options.announce,
      roots,
      rootThreshold,
      approver: options.approver,
      offlineDir,
      passphrase,
      offlinePassphrase,
      operator: options.operator ?? world.userName,
    }).catch(nodeProblem);
    print.result("entente/init/1", { name: options.name, dataDir, ...made }, () =>
      welcome(options.name, dataDir, made, command),
    );
  },
});

function welcome(
  name: string,
  dataDir: string,
  { id, fingerprint, offlineFiles, tokenFile }: InitResult,
  command: Context["command"],
): string[] {
  return [
    `${name} is ready on ${hostname()} in ${dataDir}`,
    ...fields([
      ["id", id],
      ["fingerprint", fingerprint],
      ["your token", tokenFile],
    ]),
    "",
    "Root keys, and those that will follow them:",
    ...offlineFiles.map((file) => `  ${file}`),
    "Take them to a safe place, apart from this machine and its backups, and their passphrase to another.",
    "",
    command(
      "Next: entente start, then entente charter export > charter.txt for the authorities that are to trust this one.",
    ),
  ];
}

function parseCount(text: string, option: string): number {
  const number = /^[1-9][0-9]?$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > 16)
    throw new CliError("USAGE", `${option}: "${text}" is no number from 1 to 16`, "entente help init");
  return number;
}

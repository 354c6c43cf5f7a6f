import { join } from "node:path";
import { getPassphrase } from "../../keys/passphrase.ts";
import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { nodeProblem } from "../node-problem.ts";
import { passphrasePrompt } from "../passphrase-prompt.ts";
import { isInitialised } from "../socket-path.ts";

const LOG_LEVELS = ["error", "warn", "info", "debug"] as const;

export const start = defineCommand({
  name: "start",
  usage: "",
  arguments: [0, 0],
  summary: "run the node until it is stopped",
  description: [
    "Prints one line on the standard output once it is ready, and its log on the standard error, one JSON object a line. SIGTERM, Ctrl-C and entente stop end it cleanly. The passphrase comes from --passphrase-file, else from the systemd credential entente-passphrase, else from the terminal.",
  ],
  options: { "log-level": { type: "string", value: "LEVEL", help: "error, warn, info or debug; info when left out" } },
  examples: ["entente start", "entente start --passphrase-file /etc/entente/passphrase --log-level warn"],
  async run({ world, print, dataDir, passphraseFile }, _args, options) {
    const level = parseLevel(options["log-level"] ?? "info");
    if (!(await isInitialised(dataDir)))
      throw new CliError(
        "NOT_FOUND",
        `there is no node in ${dataDir}`,
        "entente init, or name its directory with --data or ENTENTE_DATA",
      );
    const passphrase = await getPassphrase(
      { file: passphraseFile, prompt: passphrasePrompt(world) },
      join(dataDir, "keys", "online.key.age"),
    );
    const interrupted = world.heedInterrupts();
    // Only this command needs the network and the store; they take longer to load than the others to run.
    const { createLogger } = await import("../../node/logger.ts");
    const { startNode } = await import("../../node/node.ts");
    const node = await startNode({ dataDir, passphrase, log: createLogger(level) }).catch(nodeProblem);
    const { listening } = await node.service.status();
    const ready = { name: node.name, listening, socket: node.socketPath };
    print.result("entente/ready/1", ready, () => [
      `${node.name} is ready: listening on ${listening.join(", ") || "nothing"}, socket ${node.socketPath}`,
    ]);
    const failure = await Promise.race([node.failed, untilAborted(interrupted)]);
    await node.stop();
    if (failure === undefined) return EXIT.done;
    throw new CliError("INTERNAL", `the node stopped itself: ${failure.message}`, "its log says what happened before");
  },
});

function parseLevel(text: string): (typeof LOG_LEVELS)[number] {
  const level = LOG_LEVELS.find((known) => known === text);
  if (level === undefined)
    throw new CliError("USAGE", `--log-level: there is no level "${text}"`, "entente help start");
  return level;
}

function untilAborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}

import { join } from "node:path";
import { getPassphrase } from "../../keys/passphrase.ts";
import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { LINGER_MS } from "../limits.ts";
import { nodeProblem } from "../node-problem.ts";
import { passphrasePrompt } from "../passphrase-prompt.ts";
import { loadSettings, validSettings } from "../load-settings.ts";
import { givenSettings, SETTING_OPTIONS } from "../setting-options.ts";
import { isInitialised } from "../socket-path.ts";

export const start = defineCommand({
  name: "start",
  usage: "",
  arguments: [0, 0],
  summary: "run the node until it is stopped",
  description: [
    "Prints one line on the standard output once it is ready, and its log on the standard error, one JSON object a line. SIGTERM, Ctrl-C and entente stop end it cleanly. The passphrase comes from --passphrase-file, else from the file that config.json names, else from the systemd credential entente-passphrase, else from the terminal.",
    "Settings stand in config.json of the data directory (docs/operations.md); an option wins over it, for this start only.",
  ],
  options: SETTING_OPTIONS,
  examples: ["entente start", "entente start --passphrase-file /etc/entente/passphrase --log-level warn"],
  async run({ world, print, dataDir, passphraseFile }, _args, options) {
    if (!(await isInitialised(dataDir)))
      throw new CliError(
        "NOT_FOUND",
        `there is no node in ${dataDir}`,
        "entente init, or name its directory with --data or ENTENTE_DATA",
      );
    // Only start and config need the node; it takes longer to load than the other commands to run.
    const { createLogger } = await import("../../node/logger.ts");
    const { startNode } = await import("../../node/node.ts");
    const settings = givenSettings(options, passphraseFile);
    const { config } = validSettings(await loadSettings(dataDir, settings));
    const passphrase = await getPassphrase(
      { file: config.passphraseFile, prompt: passphrasePrompt(world) },
      join(dataDir, "keys", "online.key.age"),
    );
    const interrupted = world.heedInterrupts();
    const log = createLogger(config.logLevel);
    // The store survives that at any moment; what would not survive is a node that goes on without knowing its own state.
    world.heedCrashes((err) => log.error({ code: "CRASHED", err }, "the node ends: an error that nobody expected"));
    const node = await startNode({ dataDir, passphrase, log, settings }).catch(nodeProblem);
    const { listening } = await node.service.status();
    const ready = { name: node.name, listening, socket: node.socketPath };
    print.result("entente/ready/1", ready, () => [
      `${node.name} is ready: listening on ${listening.join(", ") || "nothing"}, socket ${node.socketPath}`,
    ]);
    const failure = await Promise.race([node.failed, untilAborted(interrupted)]);
    await node.stop();
    world.endWithin(LINGER_MS);
    if (failure === undefined) return EXIT.done;
    throw new CliError("INTERNAL", `the node stopped itself: ${failure.message}`, "its log says what happened before");
  },
});

function untilAborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}

import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DemoError } from "./demo/demo-error.ts";
import { DEMO_HELP, parseDemoOptions } from "./demo/options.ts";
import type { DemoOptions } from "./demo/options.ts";
import { play } from "./demo/play.ts";
import { Processes } from "./demo/processes.ts";
import { EXIT } from "./exit-code.ts";

// `npm run demo`: acts when it is loaded.

const SAMPLE = "samples/safety-gate-sample.csv";
const EXIT_INTERRUPTED = 130;

const code = await main(process.argv.slice(2));
// What was interrupted may still wait for something.
process.exit(code);

async function main(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv);
  if (options === undefined) return EXIT.usage;
  if (options.help) {
    process.stdout.write(`${DEMO_HELP}\n`);
    return EXIT.done;
  }
  const dataFile = options.dataFile === undefined ? SAMPLE : fromWhereItWasTyped(options.dataFile);
  if (options.dataFile !== undefined && !existsSync(dataFile)) return complain(`there is no file ${dataFile}`);
  return await playAndTidyUp(dataFile, options.keep);
}

async function playAndTidyUp(dataFile: string, keep: boolean): Promise<number> {
  const interrupted = untilInterrupted();
  const dir = await mkdtemp(join(tmpdir(), "entente-demo-"));
  const processes = new Processes();
  const played = play(dir, processes, { dataFile, keep }).then(() => EXIT.done);
  const code = await Promise.race([played, interrupted.then(say)]).catch(report);
  await processes.endAll();
  // Its next step fails now, if it was interrupted: after that it touches nothing any more.
  await played.catch(() => undefined);
  if (!keep) await rm(dir, { recursive: true, force: true });
  else if (code !== EXIT.done) process.stderr.write(`kept: ${dir}\n`);
  return code;
}

function readOptions(argv: readonly string[]): DemoOptions | undefined {
  try {
    return parseDemoOptions(argv);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    complain(`${error.message}; npm run demo -- --help`);
    return undefined;
  }
}

/** npm runs scripts in the folder of the package, and says where it was called. */
function fromWhereItWasTyped(file: string): string {
  return resolve(process.env["INIT_CWD"] ?? "", file);
}

function complain(message: string): number {
  process.stderr.write(`demo: ${message}\n`);
  return EXIT.usage;
}

/** Resolves with the name of the signal, or of what else says that nobody listens any more. */
function untilInterrupted(): Promise<string> {
  return new Promise((resolveWith) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, resolveWith);
    for (const output of [process.stdout, process.stderr])
      output.on("error", () => resolveWith("nobody reads the output any more"));
  });
}

function report(error: unknown): number {
  if (!(error instanceof Error)) throw error;
  const details = error instanceof DemoError ? error.details : [error.stack ?? ""];
  const lines = [`the demonstration failed: ${error.message}`, ...details.map((line) => `    ${line}`)];
  process.stderr.write(`\n${lines.join("\n").trimEnd()}\n`);
  return EXIT.refused;
}

function say(interruption: string): number {
  process.stderr.write(`\n${interruption}: stopping everything\n`);
  return EXIT_INTERRUPTED;
}

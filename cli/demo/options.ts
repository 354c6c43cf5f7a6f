import { parseArgs } from "node:util";

export type DemoOptions = {
  /** CSV of the portal's export, as typed; undefined: the sample. */
  readonly dataFile: string | undefined;
  readonly keep: boolean;
  readonly help: boolean;
};

export const DEMO_HELP = `npm run demo -- [OPTIONS]

  Runs three authorities as three processes on this machine and shows what they do: trust, an import, an alert with a
  confidential part, an answer and a crash, a test report and a cut line, the case until it is closed and counted, a
  proof. It takes less than a minute, needs no network but the loopback, and leaves nothing running or behind.

Options
  --data FILE  import this CSV of the Safety Gate portal's export instead of samples/safety-gate-sample.csv
  --keep       leave the three data directories, and say how to go on with them
  --help       this text`;

/** Throws TypeError, with a sentence, for what is no option. */
export function parseDemoOptions(argv: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: { data: { type: "string" }, keep: { type: "boolean" }, help: { type: "boolean", short: "h" } },
  });
  return { dataFile: values.data, keep: values.keep ?? false, help: values.help ?? false };
}

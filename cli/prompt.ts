import { CliError } from "./cli-error.ts";
import { safeLine } from "./print-safe.ts";
import { typeKeys } from "./typed-line.ts";
import type { TypedLine } from "./typed-line.ts";
import type { Terminal } from "./world.ts";

/** Where a person must be asked and none can: `hint` says which option answers instead. */
export function requireTerminal(terminal: Terminal | undefined, what: string, hint: string): Terminal {
  if (terminal !== undefined) return terminal;
  throw new CliError("REFUSED", `${what}, and there is no terminal to ask on`, hint);
}

/** What a person typed at `question`, shown as it is typed. */
export function ask(terminal: Terminal, question: string): Promise<string> {
  return readLine(terminal, question, (shown) => terminal.output.write(shown));
}

/** The same, and nothing of it is shown. */
export function askSecret(terminal: Terminal, question: string): Promise<string> {
  return readLine(terminal, question, () => undefined);
}

/** Whether a person typed `yes`. */
export async function confirm(terminal: Terminal, question: string): Promise<boolean> {
  return (await ask(terminal, `${question} Type yes to go on: `)).trim().toLowerCase() === "yes";
}

async function readLine(
  { input, output }: Terminal,
  question: string,
  echo: (shown: string) => unknown,
): Promise<string> {
  // The terminal shows nothing by itself and hands over every key: before the question, since an answer may come at once.
  input.setRawMode(true);
  output.write(safeLine(question));
  const line = Promise.withResolvers<string>();
  const decoder = new TextDecoder();
  let typed: TypedLine = { text: "", state: "typing", shown: "", rest: "" };
  const onKeys = (keys: Uint8Array): void => {
    typed = typeKeys(typed.text, decoder.decode(keys, { stream: true }));
    echo(typed.shown);
    if (typed.state === "typing") return;
    // Paused, it does not keep the process alive.
    input.pause();
    // The answers to two questions may have been pasted at once: back now, before the end of them is told.
    if (typed.rest !== "") input.unshift(new TextEncoder().encode(typed.rest));
    if (typed.state === "entered") line.resolve(typed.text);
    if (typed.state === "interrupted") line.reject(new CliError("REFUSED", "interrupted: nothing was changed"));
  };
  const onEnd = (): void => line.reject(new CliError("REFUSED", "the terminal was closed: nothing was changed"));
  input.on("data", onKeys);
  input.on("end", onEnd);
  // A second question to a terminal that was closed at the first.
  if (input.readableEnded) onEnd();
  input.resume();
  try {
    return await line.promise;
  } finally {
    input.off("data", onKeys);
    input.off("end", onEnd);
    input.pause();
    input.setRawMode(false);
    output.write("\n");
  }
}

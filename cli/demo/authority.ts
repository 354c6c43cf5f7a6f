import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generatePassphrase } from "../../keys/generated-passphrase.ts";
import { DemoError } from "./demo-error.ts";
import { Desk } from "./desk.ts";
import type { Background, Finished, Processes, Surroundings } from "./processes.ts";
import type { Color } from "./voice.ts";

export type AuthorityInit = {
  readonly name: string;
  readonly title: string;
  readonly country: string;
  readonly color: Color;
  readonly port: number;
};

/** One authority: a directory, a node, and the desk of its operator. */
export class Authority extends Desk {
  /** Everything of this authority, its passphrases and what stands for a USB stick included. */
  readonly dir: string;
  /** Where it listens. */
  readonly address: string;
  readonly port: number;
  readonly #init: AuthorityInit;
  #node: Background | undefined;

  constructor(init: AuthorityInit, processes: Processes, { cwd, env }: Surroundings) {
    const dir = join(cwd, init.name);
    super(init.name, init.color, processes, { cwd, env: { ...env, ENTENTE_DATA: join(dir, "data") } });
    this.dir = dir;
    this.port = init.port;
    this.address = loopback(init.port);
    this.#init = init;
  }

  get initArgs(): string[] {
    const { name, title, country } = this.#init;
    return [
      ["init", "--name", name, "--title", title, "--country", country, "--listen", this.address],
      ["--passphrase-file", `${name}/passphrase`, "--operator", "duty-officer"],
      ["--offline-dir", `${name}/usb-stick`, "--offline-passphrase-file", `${name}/root-passphrase`],
    ].flat();
  }

  get startArgs(): string[] {
    return ["start", "--passphrase-file", `${this.name}/passphrase`];
  }

  /** Passphrases that were generated, in files that only their owner can read. */
  async prepare(): Promise<void> {
    await mkdir(this.dir, { mode: 0o700 });
    for (const file of ["passphrase", "root-passphrase"])
      await writeFile(join(this.dir, file), `${generatePassphrase(randomBytes(16))}\n`, { mode: 0o600 });
  }

  /** Gives what the node says when it is ready. */
  async start(): Promise<string> {
    const starting = this.processes.start(this.startArgs, this.surroundings, join(this.dir, "node.log"));
    this.#node = await starting.catch((error: unknown) => this.#failed(error));
    return this.#node.greeting;
  }

  override run(args: readonly string[], codes: readonly number[] = [0]): Promise<Finished> {
    return super.run(args, codes).catch((error: unknown) => this.#failed(error));
  }

  /** kill -9: it gets no chance to tidy up. */
  async kill(): Promise<void> {
    await this.#node?.kill();
  }

  /** Resolves when the node has ended. */
  async ended(): Promise<void> {
    await this.#node?.ended;
  }

  /** Its node may have written down why. */
  async #failed(error: unknown): Promise<never> {
    if (!(error instanceof DemoError)) throw error;
    const log = await readFile(join(this.dir, "node.log"), "utf8").catch(() => "");
    const tail = log.trimEnd().split("\n").slice(-10);
    throw new DemoError(error.message, [...error.details, `the end of the log of ${this.name}:`, ...tail]);
  }
}

export function loopback(port: number): string {
  return `/ip4/127.0.0.1/tcp/${port}`;
}

import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocalClient, type LocalClient } from "../../cli/local-client.ts";
import { findSocket, nodeDown } from "../../cli/socket-path.ts";
import { readToken } from "../../cli/token.ts";
import { generatePassphrase } from "../../keys/generated-passphrase.ts";
import type { Status } from "../../node/service.ts";
import { runInProcess } from "./fake-world.ts";
import { type CliResult, jsonLines, runCli } from "./run-cli.ts";
import { until } from "./until.ts";

const MAIN = join(import.meta.dirname, "..", "..", "cli", "main.ts");
/** Below the ports that the system gives to those who call, so that a node finds its own again after a restart. */
const PORTS = { from: 20_000, to: 32_000 };

type Json = Readonly<Record<string, unknown>>;

const nodes: NodeProcess[] = [];
const directories: string[] = [];
let compileCache: Promise<string> | undefined;
process.once("exit", () => nodes.forEach((node) => node.end()));

/** Call after the tests of a file: ends every process that was started here and removes what they left. */
export async function removeNodes(): Promise<void> {
  await Promise.all(nodes.splice(0).map((node) => node.kill()));
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true, force: true });
  compileCache = undefined;
}

export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "entente-test-"));
  directories.push(directory);
  return directory;
}

/** Initialised and started authorities, each its own process, who have added each other. */
export async function startFederation(...names: readonly string[]): Promise<NodeProcess[]> {
  const federation: NodeProcess[] = [];
  for (const name of names) federation.push(await NodeProcess.create(name));
  await Promise.all(federation.map((node) => node.start()));
  for (const node of federation) for (const other of federation) if (other !== node) await node.trust(other);
  for (const node of federation)
    await node.waitFor("connected to all", ({ peers }) => peers.every(({ state }) => state === "connected"));
  return federation;
}

/** Where a node runs, if not on loopback: its address, and the command under which its process runs. */
export type Place = { readonly address: string; readonly under: readonly string[] };

/** An authority's node, on loopback unless it is placed elsewhere: its directory stays, its processes come and go. */
export class NodeProcess {
  readonly name: string;
  readonly home: string;
  readonly dataDir: string;
  readonly address: string;
  readonly #under: readonly string[];
  #child: ChildProcess | undefined;
  /** Lines that the processes wrote on their standard error. */
  #log = "";

  private constructor(name: string, home: string, { address, under }: Place) {
    this.name = name;
    this.home = home;
    this.dataDir = join(home, "data");
    this.address = address;
    this.#under = under;
    nodes.push(this);
  }

  /** Made by `entente init`, not yet started; where it matters, in a directory and at a place of the test's choice. */
  static async create(name: string, directory?: string, place?: Place): Promise<NodeProcess> {
    const node = new NodeProcess(name, directory ?? (await temporaryDirectory()), place ?? (await onLoopback()));
    for (const file of [node.#passphraseFile, join(node.home, "offline-passphrase")])
      await writeFile(file, `${generatePassphrase(randomBytes(16))}\n`, { mode: 0o600 });
    const args = [
      ["init", "--name", name, "--title", `Authority ${name}`, "--country", "EU", "--listen", node.address],
      ["--offline-dir", join(node.home, "offline"), "--operator", "anna", "--data", node.dataDir],
      ["--passphrase-file", node.#passphraseFile],
      ["--offline-passphrase-file", join(node.home, "offline-passphrase")],
    ].flat();
    const { code, stderr } = await runCli(args, { env: await environment() });
    if (code !== 0) throw new Error(`entente init ended with ${code}: ${stderr}`);
    return node;
  }

  /** With these options. Resolves when the process says that it is ready. */
  async start(...options: readonly string[]): Promise<void> {
    const args = ["start", "--json", "--log-level", "warn", "--data", this.dataDir, ...options];
    const line = [...this.#under, process.execPath, MAIN, ...args, "--passphrase-file", this.#passphraseFile];
    const [command = process.execPath, ...rest] = line;
    const child = spawn(command, rest, {
      env: { PATH: process.env["PATH"], HOME: this.home, ...(await environment()) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    child.stderr.setEncoding("utf8").on("data", (text: string) => (this.#log += text));
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    await until(`${this.name} is ready`, () => {
      if (child.exitCode !== null) throw new Error(`${this.name} did not start: ${this.#log}`);
      return output.includes('"schema":"entente/ready/1"');
    });
  }

  /** Ends the process as an administrator does, and resolves with its exit code. */
  async stop(): Promise<number | null> {
    const child = this.#child;
    if (child === undefined) return null;
    child.kill("SIGTERM");
    return await this.#ended(child);
  }

  /** Ends the process as a power failure does, short of what the system still has in memory. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    child.kill("SIGKILL");
    await this.#ended(child);
  }

  /** Resolves with the exit code of a process that ends by itself. */
  async ended(): Promise<number | null> {
    return this.#child === undefined ? null : await this.#ended(this.#child);
  }

  /** Without waiting: for when this process ends. */
  end(): void {
    this.#child?.kill("SIGKILL");
  }

  get log(): string {
    return this.#log;
  }

  /** Of the running process. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** What the node reported as an error so far. */
  errors(): readonly string[] {
    return this.#log.split("\n").filter((line) => line !== "" && !/^\{"level":"(?:info|warn|debug)"/.test(line));
  }

  /** A command with `--json`, whatever becomes of it. */
  command(...args: readonly string[]): Promise<CliResult> {
    return runInProcess([...args, "--json", "--data", this.dataDir]);
  }

  /** A command with `--json` that must succeed: its objects. */
  async entente(...args: readonly string[]): Promise<readonly Json[]> {
    const result = await this.command(...args);
    if (result.code !== 0) throw new Error(`entente ${args.join(" ")} ended with ${result.code}: ${result.stderr}`);
    return jsonLines(result);
  }

  /** The same where it prints one object. */
  async one(...args: readonly string[]): Promise<Json> {
    const [object, ...more] = await this.entente(...args);
    if (object === undefined || more.length > 0) throw new Error(`entente ${args.join(" ")} printed no single object`);
    return object;
  }

  /** The running node as its operator sees it. */
  async client(): Promise<LocalClient> {
    const token = await readToken({ env: {}, userName: "anna" }, this.dataDir, undefined);
    return createLocalClient({
      socketPath: await findSocket(this.dataDir),
      token,
      whenDown: () => nodeDown(this.dataDir),
    });
  }

  async status(): Promise<Status> {
    return await (await this.client()).status();
  }

  /** Waits until the node's status is as it should be. */
  async waitFor(what: string, isSo: (status: Status) => boolean): Promise<Status> {
    let latest: Status | undefined;
    await until(`${this.name}: ${what}`, async () => isSo((latest = await this.status()))).catch((error: unknown) => {
      throw new Error(`${String(error)}; the last status was ${JSON.stringify(latest)}`);
    });
    return latest ?? (await this.status());
  }

  /** Waits until this node holds what `other` has now. */
  async catchUpWith(other: NodeProcess): Promise<void> {
    const { log } = await other.status();
    await this.waitFor(`holds ${log.size} entries of ${other.name}`, ({ peers }) =>
      peers.some(({ name, held }) => name === other.name && held >= log.size),
    );
  }

  /** Adds another authority as two officers do who have spoken on the telephone. */
  async trust(other: NodeProcess): Promise<Json> {
    const file = join(this.home, `${other.name}.txt`);
    await other.entente("charter", "export", "--out", file);
    const { fingerprint } = await other.status();
    const added = await this.one("peer", "add", file, "--fingerprint", fingerprint);
    await rm(file);
    return added;
  }

  get #passphraseFile(): string {
    return join(this.home, "passphrase");
  }

  async #ended(child: ChildProcess): Promise<number | null> {
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    if (this.#child === child) this.#child = undefined;
    return child.exitCode;
  }
}

/** Processes that end in good order keep what they compiled for those after them: half of a start. */
async function environment(): Promise<Readonly<Record<string, string>>> {
  return { NODE_COMPILE_CACHE: await (compileCache ??= temporaryDirectory()) };
}

async function onLoopback(): Promise<Place> {
  return { address: `/ip4/127.0.0.1/tcp/${await freePort()}`, under: [] };
}

export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(PORTS.from, PORTS.to);
    const server = createServer().listen(port, "127.0.0.1");
    const isFree = await Promise.race([
      once(server, "listening").then(() => true),
      new Promise<boolean>((resolve) => server.once("error", () => resolve(false))),
    ]).catch(() => false);
    if (!isFree) continue;
    server.close();
    await once(server, "close");
    return port;
  }
}

import { execFile, execFileSync } from "node:child_process";
import { promisify } from "node:util";
import type { Place } from "./nodes.ts";

const execute = promisify(execFile);
const PORT = 4001;
/** Tells the namespaces of test runs at the same time apart. */
const PREFIX = `entente-${process.pid}`;
const ROUTER = `${PREFIX}-router`;

const networks: Network[] = [];
process.once("exit", () => networks.forEach((network) => network.removeNow()));

/** Why no namespaces can be made here, if so. */
export function whyNoNamespaces(): string | undefined {
  const probe = `${PREFIX}-probe`;
  try {
    execFileSync("ip", ["netns", "add", probe], { stdio: "pipe" });
  } catch (error) {
    return `network namespaces cannot be made here: ${error instanceof Error ? error.message.trim() : String(error)}`;
  }
  try {
    execFileSync("ip", ["netns", "exec", probe, "iptables", "-t", "nat", "-L"], { stdio: "pipe" });
    return undefined;
  } catch (error) {
    return `iptables does not work here: ${error instanceof Error ? error.message.trim() : String(error)}`;
  } finally {
    execFileSync("ip", ["netns", "del", probe]);
  }
}

/** Hosts that each have a network of their own, and a router between them, all apart from the machine's own network. */
export class Network {
  #hosts = 0;

  static async lay(): Promise<Network> {
    const network = new Network();
    networks.push(network);
    await ip("netns", "add", ROUTER);
    await inside(ROUTER, "ip", "link", "set", "lo", "up");
    await inside(ROUTER, "sysctl", "-qw", "net.ipv4.ip_forward=1");
    return network;
  }

  async addHost(): Promise<Host> {
    this.#hosts += 1;
    const host = new Host(this.#hosts);
    await ip("netns", "add", host.namespace);
    await ip(
      "-n",
      ROUTER,
      "link",
      "add",
      "name",
      host.line,
      "type",
      "veth",
      "peer",
      "name",
      "eth0",
      "netns",
      host.namespace,
    );
    await ip("-n", ROUTER, "addr", "add", `${host.gateway}/24`, "dev", host.line);
    await ip("-n", ROUTER, "link", "set", host.line, "up");
    await ip("-n", host.namespace, "link", "set", "lo", "up");
    await ip("-n", host.namespace, "addr", "add", `${host.ip}/24`, "dev", "eth0");
    await host.linkUp();
    return host;
  }

  /** What the router does with packets; `iptables` arguments. */
  async rule(...rule: readonly string[]): Promise<void> {
    await inside(ROUTER, "iptables", ...rule);
  }

  /** Everything passes again, as it is. */
  async clear(): Promise<void> {
    await this.rule("-F");
    await this.rule("-t", "nat", "-F");
  }

  /** Call when the processes in it have ended. */
  removeNow(): void {
    networks.splice(networks.indexOf(this), 1);
    for (let host = 1; host <= this.#hosts; host++) removeNamespace(`${PREFIX}-${host}`);
    removeNamespace(ROUTER);
  }
}

/** A machine of an authority. */
export class Host {
  readonly namespace: string;
  /** The router's end of its line. */
  readonly line: string;
  readonly gateway: string;
  #ip: string;
  readonly #number: number;

  constructor(number: number) {
    this.#number = number;
    this.namespace = `${PREFIX}-${number}`;
    this.line = `host${number}`;
    this.gateway = `10.77.${number}.1`;
    this.#ip = `10.77.${number}.2`;
  }

  get ip(): string {
    return this.#ip;
  }

  get address(): string {
    return `/ip4/${this.#ip}/tcp/${PORT}`;
  }

  get place(): Place {
    // It is told where to listen once, and may get another address later.
    return { address: `/ip4/0.0.0.0/tcp/${PORT}`, under: ["ip", "netns", "exec", this.namespace] };
  }

  async linkUp(): Promise<void> {
    await ip("-n", this.namespace, "link", "set", "eth0", "up");
    await ip("-n", this.namespace, "route", "add", "default", "via", this.gateway);
  }

  async linkDown(): Promise<void> {
    await ip("-n", this.namespace, "link", "set", "eth0", "down");
  }

  /** As after a move: what it had open on the old address is dead, and nobody is told. */
  async changeAddress(): Promise<void> {
    const before = this.#ip;
    this.#ip = `10.77.${this.#number}.3`;
    await ip("-n", this.namespace, "addr", "del", `${before}/24`, "dev", "eth0");
    await ip("-n", this.namespace, "addr", "add", `${this.#ip}/24`, "dev", "eth0");
    await ip("-n", this.namespace, "route", "replace", "default", "via", this.gateway);
  }

  /** Nobody gets in; it may call out, and be answered. */
  async closeToCallers(): Promise<void> {
    await inside(this.namespace, "iptables", "-A", "INPUT", "-i", "eth0", "-p", "tcp", "--syn", "-j", "DROP");
  }
}

async function inside(namespace: string, ...command: readonly string[]): Promise<void> {
  await ip("netns", "exec", namespace, ...command);
}

async function ip(...args: readonly string[]): Promise<void> {
  await execute("ip", args);
}

function removeNamespace(name: string): void {
  try {
    execFileSync("ip", ["netns", "del", name], { stdio: "pipe" });
  } catch {
    // It was never made.
  }
}

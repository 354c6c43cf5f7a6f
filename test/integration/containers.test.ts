import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ComposeService, readComposeFile } from "../support/compose-file.ts";
import { until } from "../support/until.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const COMPOSE = readComposeFile(readFileSync(join(ROOT, "docker/compose.yaml"), "utf8"));
const DOCKERFILE = readFileSync(join(ROOT, "docker/Dockerfile"), "utf8");
const UNIT = join(ROOT, "docker/entente.service");
const NODES = ["nvwa", "gacc", "ptac"];
const TIMEOUT_MS = 240_000;
const NIGHTLY = process.env["ENTENTE_NIGHTLY"] === "1";

/** Instructions of the last stage, by word. */
function instruction(word: string): string {
  const lines = DOCKERFILE.replaceAll(/\\\n/g, "").split("\n");
  return lines.findLast((line) => line.startsWith(`${word} `))?.slice(word.length + 1) ?? "";
}

describe("docker/Dockerfile", () => {
  it("ends in a user that is not root, one volume, and a health check that asks the node", () => {
    expect(instruction("USER")).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(DOCKERFILE.match(/^VOLUME .*$/gm)).toEqual(["VOLUME /var/lib/entente"]);
    expect(instruction("ENV")).toContain("ENTENTE_DATA=/var/lib/entente");
    expect(instruction("HEALTHCHECK")).toMatch(/CMD \["entente", "status"\]$/);
    expect(DOCKERFILE.match(/^FROM .*$/gm)).toEqual(["FROM ${BASE} AS build", "FROM ${BASE}"]);
  });

  it("copies what the command needs, and nothing that is not in the context", () => {
    const copied = [...DOCKERFILE.matchAll(/^COPY (?!--)(.+) \S+$/gm)].flatMap(([, names = ""]) => names.split(" "));
    const ignored = readFileSync(join(ROOT, ".dockerignore"), "utf8").trim().split("\n");
    expect(ignored.toSorted()).toEqual(["*", ...copied.map((name) => `!${name}`)].toSorted());
  });
});

describe("docker/compose.yaml", () => {
  it.each([...COMPOSE.services])("gives %s no more than it needs", (_name, service) => {
    expect(service).toMatchObject({
      image: "entente",
      read_only: "true",
      tmpfs: ["/tmp"],
      cap_drop: ["ALL"],
      security_opt: ["no-new-privileges:true"],
    });
  });

  it("names every volume and every service that it uses", () => {
    const services = [...COMPOSE.services.values()];
    const used = services.flatMap(({ volumes }) => volumes.map((volume) => volume.split(":")[0] ?? ""));
    expect(new Set(used.filter((source) => !source.startsWith(".")))).toEqual(new Set(COMPOSE.volumes));
    for (const { depends_on } of services)
      for (const name of Object.keys(depends_on)) expect([...COMPOSE.services.keys()]).toContain(name);
  });

  it("lets no running node see root keys, or the passphrase of another", () => {
    for (const name of NODES)
      expect(serviceOf(name).volumes).toEqual([`${name}:/var/lib/entente`, `${name}-passphrase:/run/entente:ro`]);
  });
});

describe("what the services of docker/compose.yaml run", () => {
  let home: string;
  let ports: ReadonlyMap<string, number>;
  const running: ChildProcess[] = [];
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "entente-compose-"));
    await mkdir(join(home, "bin"));
    await symlink(join(ROOT, "cli/entente.cjs"), join(home, "bin/entente"));
    ports = new Map(await Promise.all(NODES.map(async (name) => [name, await freePort()] as const)));
  });
  afterEach(async () => {
    for (const child of running.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    await rm(home, { recursive: true, force: true });
  });

  /** The service as a process of this machine: volumes are directories, and each name of a host is a port on loopback. */
  async function run(name: string): Promise<Process> {
    const service = serviceOf(name);
    const mounts = await Promise.all(
      service.volumes.map(async (volume) => {
        const [source = "", target = ""] = volume.split(":");
        const path = source.startsWith(".") ? resolve(ROOT, "docker", source) : join(home, "volumes", source);
        if (!source.startsWith(".")) await mkdir(path, { recursive: true, mode: 0o700 });
        return { target, path };
      }),
    );
    const here = (text: string): string => {
      const mount = mounts.find(({ target }) => text === target || text.startsWith(`${target}/`));
      if (mount !== undefined) return mount.path + text.slice(mount.target.length);
      return text.replace(
        /^\/dns4\/(\w+)\/tcp\/4001$/,
        (_all, host: string) => `/ip4/127.0.0.1/tcp/${ports.get(host)}`,
      );
    };
    const [program = "", ...args] = [
      ...(service.entrypoint.length > 0 ? service.entrypoint : ["entente"]),
      ...service.command,
    ];
    // A container has an address of its own to listen on; here only the port tells the nodes apart.
    if (NODES.includes(name)) args.push("--listen", `/ip4/127.0.0.1/tcp/${ports.get(name)}`);
    const environment = Object.entries(service.environment).map(([key, value]) => [key, here(value)] as const);
    const child = spawn(program, args.map(here), {
      env: {
        PATH: `${join(home, "bin")}:${process.env["PATH"]}`,
        HOME: "/nonexistent",
        ENTENTE_DATA: here("/var/lib/entente"),
        ...Object.fromEntries(environment),
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.push(child);
    const started = { child, stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (started.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (started.stderr += text));
    return started;
  }

  async function runToItsEnd(name: string): Promise<string> {
    const { child, ...output } = await untilClosed(await run(name));
    expect({ name, code: child.exitCode, stderr: output.stderr }).toMatchObject({ name, code: 0 });
    return output.stdout;
  }

  it.skipIf(!NIGHTLY)(
    "makes three authorities that exchange the sample, and nothing twice when it is run again",
    async () => {
      await Promise.all(NODES.map((name) => runToItsEnd(`prepare-${name}`)));
      const nodes = await Promise.all(NODES.map(run));
      for (const node of nodes) await until("the node is ready", () => node.stdout.includes("is ready"));
      const first = await runToItsEnd("exchange");
      expect(first.split("\n").at(-3)).toMatch(/^nvwa\.example:5 {2}alert {2}Wooden pull-along toy/);
      expect(first.split("\n").at(-2)).toMatch(/^ {2}gacc\.example:\d {2}follow-up {2}Product found/);

      expect(await runToItsEnd("prepare-nvwa")).toBe("");
      const again = await runToItsEnd("exchange");
      expect(again.split("\n").slice(-3)).toEqual(first.split("\n").slice(-3));
      for (const { child } of nodes) {
        child.kill("SIGTERM");
        expect(await once(child, "exit")).toEqual([0, null]);
      }
    },
    TIMEOUT_MS,
  );
});

const hasSystemd = spawnSync("systemd-analyze", ["--version"]).status === 0;

describe.skipIf(!hasSystemd)("docker/entente.service", () => {
  it("leaves little open, by the count of systemd itself", () => {
    const args = ["--no-pager", "security", "--offline=yes", "--threshold=15", UNIT];
    const { status, stdout, stderr } = spawnSync("systemd-analyze", args, { encoding: "utf8" });
    expect({ status, end: stdout.trimEnd().split("\n").at(-1), stderr }).toMatchObject({ status: 0 });
  });

  it("has nothing that systemd does not know", () => {
    const { stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", UNIT], { encoding: "utf8" });
    // Where nothing is installed in /opt, that is all that it may say.
    const lines = stderr.split("\n").filter((line) => line !== "" && !line.includes("/opt/entente/cli/entente.cjs"));
    expect(lines.filter((line) => line.includes("entente.service"))).toEqual([]);
  });
});

type Process = { readonly child: ChildProcess; stdout: string; stderr: string };

function serviceOf(name: string): ComposeService {
  const service = COMPOSE.services.get(name);
  if (service === undefined) throw new Error(`compose.yaml has no service ${name}`);
  return service;
}

async function untilClosed(started: Process): Promise<Process> {
  if (started.child.exitCode === null) await once(started.child, "close");
  return started;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

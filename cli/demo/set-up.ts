import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { Authority } from "./authority.ts";
import type { AuthorityInit } from "./authority.ts";
import { Desk } from "./desk.ts";
import { freePorts, Line } from "./line.ts";
import type { Processes } from "./processes.ts";
import type { Stage } from "./stage.ts";
import { Voice } from "./voice.ts";

const SAMPLES = join(import.meta.dirname, "..", "..", "samples");

/** Everything that the scenes need, in the empty directory `dir`; no process runs yet. */
export async function setUp(dir: string, processes: Processes): Promise<Stage> {
  await symlink(SAMPLES, join(dir, "samples"));
  const surroundings = { cwd: dir, env: environment(dir) };
  const [toysPort = 0, exportPort = 0, consumerPort = 0] = await freePorts(3);
  const make = async (init: AuthorityInit): Promise<Authority> => {
    const authority = new Authority(init, processes, surroundings);
    await authority.prepare();
    return authority;
  };
  const [toys, exporter, consumer] = await Promise.all([
    make({ name: "toys.nl.example", title: "Toy Safety Authority", country: "NL", color: "cyan", port: toysPort }),
    make({ name: "export.cn.example", title: "Export Control", country: "CN", color: "yellow", port: exportPort }),
    make({
      name: "consumer.lv.example",
      title: "Consumer Office",
      country: "LV",
      color: "magenta",
      port: consumerPort,
    }),
  ]);
  const court = new Desk("court", "gray", processes, surroundings);
  return { dir, voice: new Voice(), processes, line: new Line(), toys, exporter, consumer, court };
}

/** Ours, without what would lead commands to another node; compiled code is kept, so that later commands start sooner. */
function environment(dir: string): Record<string, string> {
  const entries = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || name.startsWith("ENTENTE_") || name === "CREDENTIALS_DIRECTORY"
      ? []
      : [[name, value] as const],
  );
  return { ...Object.fromEntries(entries), NODE_COMPILE_CACHE: join(dir, "compile-cache") };
}

import type { Finding } from "../../node/service.ts";
import packageJson from "../../package.json" with { type: "json" };
import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../exit-code.ts";
import { runningProcess } from "../running-process.ts";
import { findingLines } from "../show/finding.ts";
import { count, formatTime } from "../text.ts";

export const doctor = defineCommand({
  name: "doctor",
  usage: "",
  arguments: [0, 0],
  summary: "look for what is wrong: data directory, keys, disk, clock, the running node, its peers",
  description: [
    "Every finding says what is so and why, what mends it, and what to type. Nothing is changed. What can be seen without a running node is looked at in any case.",
    "With --peer: whether the two nodes reach each other, how far each holds the other's log, and their clocks; for that the node must run.",
    "Exit code 0: nothing to do. 1: there is a warning or an alarm. 3: no node in that directory. 4: the node is not running, whatever else was found.",
  ],
  options: {
    peer: { type: "string", value: "NAME|ID", help: "look at what stands between this node and that peer" },
    all: { type: "boolean", help: "also show what is well" },
  },
  examples: ["entente doctor", "entente doctor --all", "entente doctor --peer baua.de"],
  async run(context, _args, { peer, all }) {
    const { findings, isDown } = peer === undefined ? await examineAll(context) : await examinePeer(context, peer);
    const shown = findings.filter(({ level }) => all || level !== "ok");
    const hidden = findings.length - shown.length;
    context.print.list("entente/finding/1", shown, () => [
      ...shown.flatMap(findingLines),
      ...(hidden === 0 ? [] : [`${count(hidden, "thing")} looked at and found well (--all shows them)`]),
    ]);
    if (findings.some(({ code }) => code === "NO_NODE")) return EXIT.notFound;
    if (isDown) return EXIT.nodeDown;
    return findings.some(({ level }) => level === "alarm" || level === "warning") ? EXIT.refused : EXIT.done;
  },
});

type Examination = { readonly findings: readonly Finding[]; readonly isDown: boolean };

async function examinePeer({ connect }: Context, peer: string): Promise<Examination> {
  return { findings: await (await connect()).examinePeer(peer), isDown: false };
}

async function examineAll(context: Context): Promise<Examination> {
  const node = await import("../../node/node.ts");
  const offline = await node.examineNode(context.dataDir);
  if (offline.some(({ code }) => code === "NO_NODE")) return { findings: offline, isDown: true };
  const running = await examineRunning(context);
  return { findings: [...running.findings, ...offline], isDown: running.isDown };
}

/** The node itself, if it answers; else why it does not. */
async function examineRunning({ connect, dataDir }: Context): Promise<Examination> {
  try {
    const { name, version, startedAt, health } = await (await connect()).status();
    const cause = `it runs since ${formatTime(startedAt)}`;
    const runs = { code: "NODE", level: "ok", subject: name, cause, fix: null, command: null } as const;
    return { findings: [runs, versionFinding(version), ...health.findings], isDown: false };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const process = await runningProcess(dataDir);
    const lives = process?.isAlive() === true;
    // Without a token nothing is asked of a node that runs; one that does not is down, whatever else is wrong.
    if (error.code !== "NODE_DOWN" && lives) {
      const { message: cause, hint: fix } = error;
      return { findings: [{ code: "NODE", level: "alarm", subject: null, cause, fix, command: null }], isDown: false };
    }
    return { findings: [downFinding(dataDir, process?.pid, lives)], isDown: true };
  }
}

/** The node that runs and this command are of one checkout or image, unless an upgrade stopped half-way. */
function versionFinding(running: string): Finding {
  const about = { code: "VERSION", subject: null } as const;
  const mine = packageJson.version;
  if (running === mine)
    return { ...about, level: "ok", cause: `version ${mine}, Node ${process.version}`, fix: null, command: null };
  return {
    ...about,
    level: "warning",
    cause: `the running node is version ${running}, this command ${mine}`,
    fix: "start the node again, to end the upgrade",
    command: "entente stop",
  };
}

/** `pid`: of the process that said last that it is the node, and did not say that it ends. */
function downFinding(dataDir: string, pid: number | undefined, lives: boolean): Finding {
  const about = { code: "NODE", level: "alarm", subject: null } as const;
  const cause = `no node answers in ${dataDir}`;
  if (lives)
    return {
      ...about,
      cause: `${cause}, and process ${pid}, which it was, still lives`,
      fix: "look into its log; if it says nothing more, end it, and start the node again",
      command: `kill ${pid}`,
    };
  const ending = pid === undefined ? "" : `; process ${pid} ended without closing: it was killed, or the power failed`;
  return {
    ...about,
    cause: `${cause}${ending}`,
    fix: "start it; what was acknowledged is there",
    command: "entente start",
  };
}

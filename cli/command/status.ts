import { setTimeout as delay } from "node:timers/promises";
import type { Status } from "../../node/service.ts";
import { defineCommand } from "../command.ts";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { CliError } from "../cli-error.ts";
import { checkLine, findingLines } from "../show/finding.ts";
import { logFields } from "../show/log.ts";
import { peerTable } from "../show/peer.ts";
import { count, fields, formatBytes, formatTime, indent } from "../text.ts";

/** As often as a person sees something change; a status costs the node a few milliseconds. */
const WATCH_MS = 2_000;
/** To the upper left corner, and everything below is gone. */
const CLEAR_SCREEN = "\u001b[H\u001b[J";

export const status = defineCommand({
  name: "status",
  usage: "",
  arguments: [0, 0],
  summary: "show how the node does: its log, its peers, what a person should look at",
  description: [
    "--check is for monitoring: one line, and exit code 0 if all is well, 1 if there is a warning or an alarm. In any case exit code 4 says that no node is running.",
    "--watch shows it again every two seconds until Ctrl-C.",
  ],
  options: {
    check: { type: "boolean", help: "one line for monitoring, and an exit code" },
    watch: { type: "boolean", help: "show it again and again" },
  },
  examples: [
    "entente status",
    "entente status --check",
    "entente status --watch",
    "entente status --json | jq .health",
  ],
  async run(context, _args, { check, watch }) {
    if (check && watch) throw new CliError("USAGE", "--check and --watch exclude each other", "entente help status");
    const client = await context.connect();
    if (check) return checked(context, await client.status());
    if (watch) return await watchStatus(context, () => client.status());
    const now = await client.status();
    context.print.result("entente/status/1", now, () => statusLines(now));
    return EXIT.done;
  },
});

function checked({ print }: Context, now: Status): ExitCode {
  const { health, name, peers, signing, log } = now;
  const connected = peers.filter(({ state }) => state === "connected").length;
  const summary = `${name} ${signing.state === "ready" ? "signs" : "waits"}, ${connected} of ${count(peers.length, "peer")} connected, ${count(log.size, "entry", "entries")}`;
  const line = checkLine(health, summary);
  print.result("entente/check/1", { state: health.state, line, findings: health.findings }, () => [line]);
  return health.state === "ok" ? EXIT.done : EXIT.refused;
}

async function watchStatus({ world, print }: Context, ask: () => Promise<Status>): Promise<ExitCode> {
  const interrupted = world.heedInterrupts();
  while (!interrupted.aborted) {
    const now = await ask();
    if (world.stdoutIsTerminal && !print.isJson) print.raw(CLEAR_SCREEN);
    print.result("entente/status/1", now, () => [...statusLines(now), ""]);
    await delay(WATCH_MS, undefined, { signal: interrupted }).catch(() => undefined);
  }
  return EXIT.done;
}

/** For people; `settle` shows it too. */
export function statusLines(now: Status): string[] {
  const { name, title, log, peers, disk, index, health } = now;
  return [
    `${name}: ${title}`,
    ...fields([
      ["id", now.id],
      ["fingerprint", now.fingerprint],
      ["running since", `${formatTime(now.startedAt)}, version ${now.version}`],
      ["listening", now.listening.join(", ")],
      ["signing", signingText(now)],
      ["disk", diskText(disk)],
      ["search index", indexText(index)],
      ["clocks", clocksText(peers)],
    ]),
    "",
    "own log",
    ...indent(logFields(log)),
    "",
    peers.length === 0 ? "no peers: entente peer add FILE" : "peers",
    ...indent(peers.length === 0 ? [] : peerTable(peers)),
    "",
    health.findings.length === 0 ? "nothing that a person should look at" : "for a person to look at",
    ...indent(health.findings.flatMap(findingLines)),
  ];
}

function signingText({ signing: { state, reason, queued } }: Status): string {
  const waiting = queued === 0 ? "" : `; ${count(queued, "record")} waiting, kept safely`;
  switch (state) {
    case "ready":
      return "yes";
    case "asking":
      return `not yet: asking peers how far this log was${waiting} (entente settle --alone goes on without them)`;
    case "held":
      return `stopped: ${reason ?? "a person must decide"}${waiting}`;
  }
}

function indexText({ entries, behind, problem }: Status["index"]): string {
  if (problem !== null) return `does not go on: ${problem}`;
  return `${count(entries, "record")}${behind === 0 ? "" : `; ${behind} not looked through yet`}`;
}

function diskText({ free, total, state }: Status["disk"]): string {
  const room = `${formatBytes(free)} of ${formatBytes(total)} free`;
  switch (state) {
    case "ok":
    case "little":
      return room;
    case "low":
      return `${room}: attachments are not taken in`;
    case "full":
      return `${room}: neither entries nor attachments are taken in`;
  }
}

/** What shows of the clocks of others in what they signed. */
function clocksText(peers: Status["peers"]): string {
  const others = peers.filter(({ clockOffset }) => clockOffset !== 0);
  if (others.length === 0) return "no difference shows";
  const each = others.map(
    ({ name, clockOffset }) => `${name} at least ${Math.abs(clockOffset)} s ${clockOffset > 0 ? "ahead" : "behind"}`,
  );
  return each.join(", ");
}

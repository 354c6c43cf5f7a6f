import { CLOCK_OFFSET_S, HEAD_AGE_S, PEER_AWAY_S, PEER_LAG_S, SETTLING_S, WITNESS_LAG_S } from "./limits.ts";
import { quoted } from "./quoted.ts";
import type { Finding, Health, LogStatus, PeerStatus, Status } from "./service.ts";

/** What health is judged by: what people are told, and the little beside it that they are not. */
export type Facts = Omit<Status, "health"> & {
  readonly mirrors: readonly LogStatus[];
  /** When the last entry of our own log was appended, by our clock then; seconds since 1970. */
  readonly lastTime: number | undefined;
  /** Seconds since 1970. */
  readonly now: number;
  readonly dataDir: string;
};

const ORDER: readonly Finding["level"][] = ["alarm", "warning", "note", "ok"];

/** What a person should look at, the worst first. The one place where a number of the node becomes an opinion. */
export function judgeHealth(facts: Facts): Health {
  const findings = [
    ...signingFindings(facts),
    ...[facts.log, ...facts.mirrors].flatMap((log) =>
      logFindings(
        log,
        facts.peers.find(({ id }) => id === log.id),
      ),
    ),
    ...facts.peers.flatMap((peer) => peerFindings(peer, facts.now)),
    ...clockFindings(facts),
    ...diskFindings(facts),
    ...pendingFindings(facts),
  ].sort((a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level));
  const [worst] = findings;
  const state = worst === undefined || worst.level === "note" || worst.level === "ok" ? "ok" : worst.level;
  return { state, findings };
}

function signingFindings({ signing, startedAt, now }: Facts): readonly Finding[] {
  const reason = signing.reason ?? "the node waits";
  switch (signing.state) {
    case "ready":
      return [];
    case "held":
      return [
        {
          code: "SIGNING_HELD",
          level: "alarm",
          subject: null,
          cause: `nothing is signed: ${reason}`,
          fix:
            signing.ahead === null
              ? "find out which history is right, then let the right node go on"
              : "if this data directory was put back from a backup, take back what they hold; if not, the key was used elsewhere: see docs/operations.md",
          command: signing.ahead === null ? "entente settle --alone" : "entente settle --take-back",
        },
      ];
    case "asking": {
      const isLong = now - epochSeconds(startedAt) > SETTLING_S;
      return [
        {
          code: "SIGNING_WAITS",
          level: isLong ? "warning" : "note",
          subject: null,
          cause: `nothing is signed yet: ${reason}; what is published is kept`,
          fix: "see which peers are away; without them a person may decide: entente settle --alone",
          command: "entente peer list",
        },
      ];
    }
  }
}

function logFindings(log: LogStatus, owner: PeerStatus | undefined): readonly Finding[] {
  const findings: Finding[] = [];
  if (log.contested)
    findings.push({
      code: log.own ? "OWN_LOG_CONTESTED" : "LOG_CONTESTED",
      level: "alarm",
      subject: log.name,
      cause: log.own
        ? "there is proof that two histories of this authority's log were signed"
        : "there is proof that its authority signed two histories",
      fix: log.own ? "find out what else signs with these keys, before anything is decided" : "call the authority",
      command: "entente evidence list",
    });
  for (const alarm of log.alarms)
    findings.push({
      code: "LOG_ALARM",
      level: "alarm",
      subject: log.name,
      cause: alarm,
      // What is held may well be whole: it is the other history that is not here.
      ...(log.contested
        ? { fix: "see what proves it, then call the authority", command: "entente evidence list" }
        : { fix: "ask the authority of that log, and verify what is held", command: `entente verify ${log.name}` }),
    });
  if (log.missingParts > 0) findings.push(partsFinding(log, owner));
  return findings;
}

/** A relay gives only what it may read itself: of the rest the owner must be reached. */
function partsFinding({ name, missingParts }: LogStatus, owner: PeerStatus | undefined): Finding {
  const about = { code: "PARTS_MISSING", level: "note", subject: name } as const;
  const cause = `${counted(missingParts, "part")} addressed to this authority ${missingParts === 1 ? "is" : "are"} not here yet`;
  if (owner !== undefined && owner.state !== "connected")
    return {
      ...about,
      cause: `${cause}, and ${owner.name} is not connected: what only the two of you may read passes through nobody else`,
      fix: `a connection with ${owner.name} itself brings them`,
      command: `entente doctor --peer ${owner.name}`,
    };
  return {
    ...about,
    cause: `${cause}: large ones are fetched when somebody asks`,
    fix: "see which are missing and why; fetch what is wanted",
    command: `entente complete ${name}`,
  };
}

function peerFindings(peer: PeerStatus, now: number): readonly Finding[] {
  const connection = connectionFinding(peer, now);
  return [...(connection === undefined ? [] : [connection]), ...lagFindings(peer), ...clockOf(peer)];
}

/** Why a peer is not connected, where that is so for too long. */
function connectionFinding(peer: PeerStatus, now: number): Finding | undefined {
  if (peer.downSince === null) return undefined;
  const away = now - epochSeconds(peer.downSince);
  const level = away > PEER_AWAY_S ? "warning" : "note";
  const about = { level, subject: peer.name, command: `entente doctor --peer ${peer.name}` } as const;
  const since = `since ${peer.downSince}`;
  if (peer.state === "not-admitted")
    return {
      ...about,
      code: "PEER_NOT_ADMITTED",
      ...(peer.addedUsBefore
        ? {
            cause: `${peer.name} does not trust this authority any more, ${since}`,
            fix: "call them; if it is to be added again, send them what entente charter export prints",
          }
        : {
            cause: `${peer.name} has not added this authority, ${since}`,
            fix: "send them what entente charter export prints",
          }),
      command: "entente charter export",
    };
  if (peer.state === "no-address")
    return {
      ...about,
      code: "PEER_NO_ADDRESS",
      cause: `no address of ${peer.name} is known, and it has not called ${since}`,
      fix: "ask them for their address",
      command: `entente peer set-address ${peer.name} ADDRESS`,
    };
  if (peer.contested)
    return {
      ...about,
      code: "PEER_UNREACHABLE",
      cause: `${peer.name} is not connected ${since}: its log is contested, and what it shows is not taken${peer.reason === null ? "" : ` (${peer.reason})`}`,
      fix: "see what proves it, then call the authority",
      command: "entente evidence list",
    };
  return {
    ...about,
    code: "PEER_UNREACHABLE",
    cause: `${peer.name} is not reached ${since}${peer.reason === null ? "" : `: ${peer.reason}`}`,
    fix: "see whether their node runs and the line is open; the node goes on trying",
  };
}

function lagFindings({ name, lag, witnessed, headAge, state }: PeerStatus): readonly Finding[] {
  // Who is away has its own finding.
  if (state !== "connected") return [];
  const findings: Finding[] = [];
  if (lag.seconds > PEER_LAG_S)
    findings.push({
      code: "PEER_LAG",
      level: "warning",
      subject: name,
      cause: `${counted(lag.entries, "entry", "entries")} of ${name} ${lag.entries === 1 ? "is" : "are"} known and not here for ${lag.seconds} s`,
      fix: "see what stands in the way",
      command: `entente doctor --peer ${name}`,
    });
  if (witnessed.seconds > WITNESS_LAG_S)
    findings.push({
      code: "WITNESS_LAG",
      level: "warning",
      subject: name,
      cause: `${name} has not cosigned the last ${counted(witnessed.entries, "entry", "entries")} of this log, the first of them ${witnessed.seconds} s old`,
      fix: "ask them whether their node signs, and whether it has evidence against this log",
      command: `entente doctor --peer ${name}`,
    });
  if (headAge !== null && headAge > HEAD_AGE_S)
    findings.push({
      code: "HEAD_OLD",
      level: "note",
      subject: name,
      cause: `${name} last confirmed the head of its log ${headAge} s ago: newer entries may be withheld, or its node signs nothing`,
      fix: "ask them",
      command: null,
    });
  return findings;
}

function clockOf({ name, clockOffset }: PeerStatus): readonly Finding[] {
  if (Math.abs(clockOffset) <= CLOCK_OFFSET_S) return [];
  const side = clockOffset > 0 ? "ahead of" : "behind";
  return [
    {
      code: "PEER_CLOCK",
      level: "warning",
      subject: name,
      cause: `the clock of ${name} is at least ${Math.abs(clockOffset)} s ${side} this one, by what it signed`,
      fix: "see that both machines keep time by a time service",
      command: "timedatectl",
    },
  ];
}

function clockFindings({ peers, lastTime, now }: Facts): readonly Finding[] {
  const findings: Finding[] = [];
  if (lastTime !== undefined && lastTime - now > CLOCK_OFFSET_S)
    findings.push({
      code: "CLOCK_SET_BACK",
      level: "alarm",
      subject: null,
      cause: `the last entry of this log is ${lastTime - now} s in the future: this machine's clock was ahead then, or is behind now`,
      fix: "set the clock, and see that it is kept by a time service",
      command: "timedatectl",
    });
  const ahead = peers.filter(({ clockOffset }) => clockOffset > CLOCK_OFFSET_S).length;
  const behind = peers.filter(({ clockOffset }) => clockOffset < -CLOCK_OFFSET_S).length;
  const most = Math.max(ahead, behind);
  // One peer may be wrong; that most of them err by the same side is less likely than that we do.
  if (most >= 2 && most * 2 > peers.length)
    findings.push({
      code: "CLOCK_DIFFERS",
      level: "alarm",
      subject: null,
      cause: `${most} of ${peers.length} peers have a clock ${ahead > behind ? "ahead of" : "behind"} this one: it is this one that is wrong`,
      fix: "set the clock, and see that it is kept by a time service",
      command: "timedatectl",
    });
  return findings;
}

const DISK = {
  little: { code: "DISK_LITTLE", level: "warning", means: "" },
  low: { code: "DISK_LOW", level: "warning", means: ": attachments are not taken in" },
  full: { code: "DISK_FULL", level: "alarm", means: ": neither entries nor attachments are taken in" },
} as const;

function diskFindings({ disk, dataDir }: Facts): readonly Finding[] {
  if (disk.state === "ok") return [];
  const { code, level, means } = DISK[disk.state];
  return [
    {
      code,
      level,
      subject: null,
      cause: `${Math.floor(disk.free / 1024 ** 2)} MiB are free where the data directory lies${means}`,
      fix: "make room, or move the data directory to a larger disk",
      command: `df -h ${quoted(dataDir)}`,
    },
  ];
}

function pendingFindings({ pending }: Facts): readonly Finding[] {
  if (pending === 0) return [];
  return [
    {
      code: "PEERS_PENDING",
      level: "note",
      subject: null,
      cause: `${counted(pending, "authority", "authorities")} whom this node does not trust asked for contact`,
      fix: "see who they are; nothing is given to them",
      command: "entente peer pending",
    },
  ];
}

/** Of an ISO 8601 time. */
function epochSeconds(iso: string): number {
  return Date.parse(iso) / 1000;
}

function counted(number: number, singular: string, plural = `${singular}s`): string {
  return `${number} ${number === 1 ? singular : plural}`;
}

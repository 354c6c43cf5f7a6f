import { CLOCK_OFFSET_S, INBOUND_FRESH_S } from "./limits.ts";
import type { Finding, PeerStatus } from "./service.ts";

type Checked = {
  readonly peer: PeerStatus;
  /** Why nothing of its log is asked for, if so. */
  readonly paused: string | null;
  /** Addresses that others are told of this node. */
  readonly announced: readonly string[];
  /** Seconds since 1970. */
  readonly now: number;
};

/** Everything that stands between this node and one peer, also what is well: `doctor --peer`. */
export function examinePeer(checked: Checked): readonly Finding[] {
  return [
    connection(checked),
    announcement(checked),
    reachability(checked),
    ourMirror(checked),
    theirMirror(checked),
    clock(checked),
  ];
}

function connection({ peer }: Checked): Finding {
  const { name, state, downSince, addresses } = peer;
  const about = { code: "PEER_CONNECTION", subject: name } as const;
  const reason = peer.reason === null ? "" : `: ${peer.reason}`;
  const others = addresses.filter((address) => !reason.includes(address));
  const tried =
    others.length === 0 ? "" : `; ${others.length === addresses.length ? "" : "also "}tried: ${others.join(", ")}`;
  switch (state) {
    case "connected":
      return well({ ...about, cause: `connected; both speak /entente/exchange/1 and have added each other` });
    case "not-admitted":
      return {
        ...about,
        level: "warning",
        ...(peer.addedUsBefore
          ? {
              cause: `${name} is reached and does not trust this authority any more${downSince === null ? "" : `, since ${downSince}`}`,
              fix: "call them; to be added again, send them the charter file, and compare fingerprints",
            }
          : {
              cause: `${name} is reached and has not added this authority`,
              fix: "send them the charter file, and compare fingerprints by telephone",
            }),
        command: "entente charter export",
      };
    case "no-address":
      return {
        ...about,
        level: "warning",
        cause: `no address of ${name} is known; it can still call this node`,
        fix: "ask them for their address",
        command: `entente peer set-address ${name} ADDRESS`,
      };
    case "unreachable":
    case "connecting":
      return {
        ...about,
        level: "warning",
        cause: `${name} is not reached since ${downSince ?? "the start"}${reason}${tried}`,
        fix: "see whether their node runs, and no firewall stands between; if they have another address now, set it",
        command: `entente peer set-address ${name} ADDRESS`,
      };
  }
}

function announcement({ announced, peer }: Checked): Finding {
  const about = { code: "ADDRESS_ANNOUNCED", subject: null } as const;
  if (announced.length === 0)
    return {
      ...about,
      level: "warning",
      cause: "this node listens nowhere and announces no address: only it can call others",
      fix: "set listen and announce in config.json, or see that every peer has an address that this node reaches",
      command: "entente config show",
    };
  const isOneMachine = peer.addresses.length > 0 && peer.addresses.every(isLoopback);
  if (announced.every(isLoopback) && isOneMachine)
    return well({ ...about, cause: `${peer.name} and this node are on one machine, and find each other there` });
  if (announced.every(isLoopback))
    return {
      ...about,
      level: "warning",
      cause: `the addresses that others are told (${announced.join(", ")}) lead to their own machines`,
      fix: "set announce in config.json to where this node is reached from outside, and export the charter file again",
      command: "entente config show",
    };
  return well({ ...about, cause: `others are told ${announced.join(", ")}` });
}

/** No message asks a peer to try: a connection that it made is its word, and silence is none. */
function reachability({ peer, announced, now }: Checked): Finding {
  const { name, lastInbound, state } = peer;
  const about = { code: "PEER_REACHES_US", subject: name } as const;
  if (lastInbound !== null && now - Date.parse(lastInbound) / 1000 <= INBOUND_FRESH_S)
    return well({ ...about, cause: `${name} reaches this node: a connection that it made was open at ${lastInbound}` });
  const address = announced.find((text) => !isLoopback(text)) ?? "our address";
  return {
    ...about,
    level: "note",
    cause: `whether ${name} reaches this node is not known: no connection that it made was open within the last hour${state === "connected" ? "; one connection is enough, and it is ours" : ""}`,
    fix: `ask them to try ${address} from their machine`,
    command: null,
  };
}

function ourMirror({ peer: { name, lag, held, seen, contested, state }, paused }: Checked): Finding {
  const about = { code: "PEER_LAG", subject: name } as const;
  if (contested)
    return {
      ...about,
      level: "alarm",
      cause: `the log of ${name} is contested`,
      fix: "call the authority",
      command: "entente evidence list",
    };
  if (lag.entries === 0) return well({ ...about, cause: `all ${held} entries of ${name} that are known are here` });
  const lagging = {
    ...about,
    level: "warning",
    cause: `${held} of ${seen} entries of ${name} are here, for ${lag.seconds} s`,
  } as const;
  if (paused !== null)
    return {
      ...lagging,
      cause: `${lagging.cause}: ${paused}`,
      fix: "ask the authority of that log",
      command: "entente logs",
    };
  if (state !== "connected")
    return {
      ...lagging,
      fix: `reach ${name}, or another authority that holds its log and is connected with this one`,
      command: `entente peer set-address ${name} ADDRESS`,
    };
  return {
    ...lagging,
    fix: "wait if that is new; else see whether there is room on the disk, and what the node says",
    command: "entente status",
  };
}

function theirMirror({ peer: { name, witnessed } }: Checked): Finding {
  const about = { code: "WITNESS_LAG", subject: name } as const;
  const { size, entries, seconds } = witnessed;
  if (entries === 0) return well({ ...about, cause: `${name} has cosigned all ${size} entries of this log` });
  return {
    ...about,
    level: "warning",
    cause: `${name} has cosigned ${size} entries of this log; ${entries === 1 ? "1 is not," : `${entries} are not, the first of them`} ${seconds} s old`,
    fix: "wait if they are new; else ask them whether their node signs",
    command: null,
  };
}

function clock({ peer: { name, clockOffset } }: Checked): Finding {
  const about = { code: "PEER_CLOCK", subject: name } as const;
  if (Math.abs(clockOffset) <= CLOCK_OFFSET_S)
    return well({ ...about, cause: `nothing that ${name} signed shows a clock other than this one` });
  return {
    ...about,
    level: "warning",
    cause: `the clock of ${name} is at least ${Math.abs(clockOffset)} s ${clockOffset > 0 ? "ahead of" : "behind"} this one`,
    fix: "see that both machines keep time by a time service",
    command: "timedatectl",
  };
}

function well(finding: Pick<Finding, "code" | "subject" | "cause">): Finding {
  return { ...finding, level: "ok", fix: null, command: null };
}

/** Of a multiaddr. */
function isLoopback(address: string): boolean {
  return /^\/ip4\/127\.|^\/ip6\/::1\/|^\/dns[46]?\/localhost\//.test(address);
}

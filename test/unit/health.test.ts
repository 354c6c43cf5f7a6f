import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Facts, judgeHealth } from "../../node/health.ts";
import { examinePeer } from "../../node/peer-checks.ts";
import type { Finding, LogStatus, PeerStatus } from "../../node/service.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const NOW = Date.parse("2026-11-22T14:00:00Z") / 1000;
const HOUR = 3_600;

const LOG: LogStatus = {
  name: "nvwa.nl",
  id: "ef".repeat(32),
  epoch: 0,
  own: true,
  followed: true,
  size: 120,
  seenSize: 120,
  root: "11".repeat(32),
  missingParts: 0,
  witnesses: [],
  receipts: [],
  alarms: [],
  contested: false,
};

function ago(seconds: number): string {
  return new Date((NOW - seconds) * 1000).toISOString();
}

function peer(more: Partial<PeerStatus> = {}): PeerStatus {
  return {
    name: "baua.de",
    id: "cd".repeat(32),
    title: "Bundesanstalt",
    country: "DE",
    fingerprint: "",
    addresses: ["/ip4/192.0.2.8/tcp/4001"],
    state: "connected",
    reason: null,
    addedUsBefore: false,
    lastSeen: ago(0),
    held: 5,
    seen: 5,
    contested: false,
    lag: { entries: 0, seconds: 0 },
    witnessed: { size: 120, entries: 0, seconds: 0 },
    downSince: null,
    headAge: 10,
    clockOffset: 0,
    lastInbound: null,
    ...more,
  };
}

function facts(more: Partial<Facts> = {}): Facts {
  return {
    name: "nvwa.nl",
    id: LOG.id,
    title: "Netherlands",
    fingerprint: "",
    version: "0.1.0",
    startedAt: ago(10 * HOUR),
    listening: [],
    announced: [],
    disk: { free: 2 ** 40, total: 2 ** 41, state: "ok" },
    index: { entries: 98, behind: 0, problem: null },
    signing: { state: "ready", reason: null, queued: 0, ahead: null },
    log: LOG,
    peers: [peer()],
    pending: 0,
    mirrors: [{ ...LOG, name: "baua.de", own: false }],
    lastTime: NOW - HOUR,
    now: NOW,
    dataDir: "/srv/the node",
    ...more,
  };
}

function codes(more: Partial<Facts>): readonly string[] {
  return judgeHealth(facts(more)).findings.map(({ code, level, subject }) => `${level} ${code} ${subject}`);
}

describe("health", () => {
  it("is well where nothing is wrong", () => {
    expect(judgeHealth(facts())).toEqual({ state: "ok", findings: [] });
  });

  it.each<[string, Partial<Facts>, readonly string[]]>([
    [
      "a node that a person must free",
      { signing: { state: "held", reason: "a twin", queued: 1, ahead: null } },
      ["alarm SIGNING_HELD null"],
    ],
    [
      "a node that just asks",
      { signing: { state: "asking", reason: "", queued: 0, ahead: null }, startedAt: ago(60) },
      ["note SIGNING_WAITS null"],
    ],
    [
      "a node that asks for long",
      { signing: { state: "asking", reason: "", queued: 0, ahead: null } },
      ["warning SIGNING_WAITS null"],
    ],
    ["our own log contested", { log: { ...LOG, contested: true } }, ["alarm OWN_LOG_CONTESTED nvwa.nl"]],
    [
      "another's log contested",
      { mirrors: [{ ...LOG, name: "baua.de", own: false, contested: true }] },
      ["alarm LOG_CONTESTED baua.de"],
    ],
    [
      "an alarm of a log",
      { mirrors: [{ ...LOG, name: "baua.de", own: false, alarms: ["odd"] }] },
      ["alarm LOG_ALARM baua.de"],
    ],
    [
      "parts that wait",
      { mirrors: [{ ...LOG, name: "baua.de", own: false, missingParts: 2 }] },
      ["note PARTS_MISSING baua.de"],
    ],
    [
      "a peer that just left",
      { peers: [peer({ state: "unreachable", downSince: ago(60) })] },
      ["note PEER_UNREACHABLE baua.de"],
    ],
    [
      "a peer away for long",
      { peers: [peer({ state: "unreachable", downSince: ago(2 * HOUR) })] },
      ["warning PEER_UNREACHABLE baua.de"],
    ],
    [
      "a peer that did not add us",
      { peers: [peer({ state: "not-admitted", downSince: ago(2 * HOUR) })] },
      ["warning PEER_NOT_ADMITTED baua.de"],
    ],
    [
      "a peer without an address",
      { peers: [peer({ state: "no-address", downSince: ago(2 * HOUR) })] },
      ["warning PEER_NO_ADDRESS baua.de"],
    ],
    ["a short lag", { peers: [peer({ lag: { entries: 3, seconds: 20 } })] }, []],
    ["a long lag", { peers: [peer({ lag: { entries: 3, seconds: 700 } })] }, ["warning PEER_LAG baua.de"]],
    [
      "a witness that does not sign",
      { peers: [peer({ witnessed: { size: 100, entries: 20, seconds: 2 * HOUR } })] },
      ["warning WITNESS_LAG baua.de"],
    ],
    ["a head that nobody confirms", { peers: [peer({ headAge: 4 * HOUR })] }, ["note HEAD_OLD baua.de"]],
    ["a peer's clock", { peers: [peer({ clockOffset: -300 })] }, ["warning PEER_CLOCK baua.de"]],
    [
      "our own clock",
      { peers: [peer({ clockOffset: 300 }), peer({ name: "samr.cn", clockOffset: 400 })] },
      ["alarm CLOCK_DIFFERS null", "warning PEER_CLOCK baua.de", "warning PEER_CLOCK samr.cn"],
    ],
    [
      "clocks that err by both sides",
      { peers: [peer({ clockOffset: 300 }), peer({ name: "samr.cn", clockOffset: -400 })] },
      ["warning PEER_CLOCK baua.de", "warning PEER_CLOCK samr.cn"],
    ],
    ["a clock that was set back", { lastTime: NOW + 900 }, ["alarm CLOCK_SET_BACK null"]],
    ["little room", { disk: { free: 5e9, total: 1e12, state: "low" } }, ["warning DISK_LOW null"]],
    ["no room", { disk: { free: 5e6, total: 1e12, state: "full" } }, ["alarm DISK_FULL null"]],
    ["strangers", { pending: 3 }, ["note PEERS_PENDING null"]],
  ])("tells %s", (_what, more, expected) => {
    expect(codes(more)).toEqual(expected);
  });

  it("looks at the disk of the data directory, in a command that can be typed as it stands", () => {
    const { findings } = judgeHealth(facts({ disk: { free: 5e6, total: 1e12, state: "full" } }));
    expect(findings.map(({ command }) => command)).toEqual(["df -h '/srv/the node'"]);
  });

  it("shows the worst first and is as bad as that; a note is well", () => {
    const { state, findings } = judgeHealth(
      facts({ pending: 1, disk: { free: 1, total: 2, state: "full" }, peers: [peer({ clockOffset: 600 })] }),
    );
    expect(state).toBe("alarm");
    expect(findings.map(({ level }) => level)).toEqual(["alarm", "warning", "note"]);
    expect(judgeHealth(facts({ pending: 1 })).state).toBe("ok");
  });
});

describe("what stands between two nodes", () => {
  function examine(more: Partial<PeerStatus>, announced = ["/dns4/entente.nvwa.nl/tcp/4001"]): readonly string[] {
    const bad = (finding: Finding): boolean => finding.level !== "ok";
    return examinePeer({ peer: peer(more), paused: null, announced, now: NOW })
      .filter(bad)
      .map(({ code, level }) => `${level} ${code}`);
  }

  it("is nothing where both reach each other", () => {
    expect(examine({ lastInbound: ago(60) })).toEqual([]);
  });

  it("is not known to be nothing where the peer made no connection within an hour", () => {
    expect(examine({ lastInbound: null })).toEqual(["note PEER_REACHES_US"]);
    expect(examine({ lastInbound: ago(2 * HOUR) })).toEqual(["note PEER_REACHES_US"]);
  });

  it("is told, each thing by itself", () => {
    const lastInbound = ago(0);
    expect(examine({ lastInbound, state: "unreachable", downSince: ago(9) })).toEqual(["warning PEER_CONNECTION"]);
    expect(examine({ lastInbound, state: "not-admitted", downSince: ago(9) })).toEqual(["warning PEER_CONNECTION"]);
    expect(examine({ lastInbound }, [])).toEqual(["warning ADDRESS_ANNOUNCED"]);
    expect(examine({ lastInbound }, ["/ip4/127.0.0.1/tcp/4001"])).toEqual(["warning ADDRESS_ANNOUNCED"]);
    const here = ["/ip4/127.0.0.1/tcp/4002"];
    expect(examine({ lastInbound, addresses: here }, ["/ip4/127.0.0.1/tcp/4001"])).toEqual([]);
    expect(examine({ lastInbound, lag: { entries: 1, seconds: 1 } })).toEqual(["warning PEER_LAG"]);
    expect(examine({ lastInbound, contested: true })).toEqual(["alarm PEER_LAG"]);
    expect(examine({ lastInbound, witnessed: { size: 1, entries: 1, seconds: 1 } })).toEqual(["warning WITNESS_LAG"]);
    expect(examine({ lastInbound, clockOffset: 121 })).toEqual(["warning PEER_CLOCK"]);
  });
});

describe("the command that is named helps", () => {
  const away = {
    state: "unreachable",
    downSince: ago(60),
    reason: "connection refused: /ip4/192.0.2.8/tcp/4001",
  } as const;
  const mirror: LogStatus = { ...LOG, name: "baua.de", id: peer().id, own: false };

  function named(code: string, more: Partial<Facts>): Finding | undefined {
    return judgeHealth(facts(more)).findings.find((finding) => finding.code === code);
  }

  function examined(code: string, more: Partial<PeerStatus>, paused: string | null = null): Finding | undefined {
    const findings = examinePeer({ peer: peer(more), paused, announced: [], now: NOW });
    return findings.find((finding) => finding.code === code);
  }

  it("where parts are missing that nobody but their owner can give", () => {
    const mirrors = [{ ...mirror, missingParts: 4 }];
    const found = named("PARTS_MISSING", { mirrors, peers: [peer(away)] });
    expect(found?.command).toBe("entente doctor --peer baua.de");
    expect(found?.fix).toContain("a connection with baua.de itself");
    expect(found?.cause).not.toContain("large");
    expect(named("PARTS_MISSING", { mirrors })?.command).toBe("entente complete baua.de");
  });

  it("where entries are missing", () => {
    const lag = { entries: 7, seconds: 700 };
    expect(named("PEER_LAG", { peers: [peer({ lag })] })?.command).toBe("entente doctor --peer baua.de");
    expect(examined("PEER_LAG", { ...away, lag })?.command).toBe("entente peer set-address baua.de ADDRESS");
    expect(examined("PEER_LAG", { lag })?.command).toBe("entente status");
    expect(examined("PEER_LAG", { lag }, "nothing is asked for: it is odd")?.cause).toMatch(/: it is odd$/);
  });

  it("where a peer is not reached: another address is set, and one that was tried is said once", () => {
    const found = examined("PEER_CONNECTION", away);
    expect(found?.command).toBe("entente peer set-address baua.de ADDRESS");
    expect(found?.cause.match(/192\.0\.2\.8/g)).toHaveLength(1);
  });

  it("where the peer removed this authority, which is not that it has not added it yet", () => {
    const refused = { state: "not-admitted", downSince: ago(60) } as const;
    const removed = { ...refused, addedUsBefore: true };
    expect(named("PEER_NOT_ADMITTED", { peers: [peer(removed)] })?.cause).toBe(
      `baua.de does not trust this authority any more, since ${ago(60)}`,
    );
    expect(named("PEER_NOT_ADMITTED", { peers: [peer(refused)] })?.cause).toContain("has not added");
    expect(examined("PEER_CONNECTION", removed)?.fix).toContain("call them");
    expect(examined("PEER_CONNECTION", refused)?.cause).toContain("has not added");
  });

  it("after a fork", () => {
    const mirrors = [{ ...mirror, contested: true, alarms: ["two roots at size 11"] }];
    const peers = [peer({ ...away, contested: true, reason: "two roots at size 11" })];
    for (const code of ["LOG_CONTESTED", "LOG_ALARM", "PEER_UNREACHABLE"])
      expect(named(code, { mirrors, peers })?.command).toBe("entente evidence list");
  });

  it("counts one as one", () => {
    expect(examined("WITNESS_LAG", { witnessed: { size: 8, entries: 1, seconds: 3 } })?.cause).toContain(
      "; 1 is not, 3 s",
    );
  });
});

it("every finding stands in docs/operations.md, and no other", () => {
  const texts = [...readdirSync(join(ROOT, "node")).map((name) => `node/${name}`), "cli/command/doctor.ts"].filter(
    (name) => /(health|-checks|doctor)\.ts$/.test(name),
  );
  const source = texts.map((name) => readFileSync(join(ROOT, name), "utf8")).join("\n");
  const made = [...source.matchAll(/code: (.*)$/gm)].flatMap(
    ([, line = ""]) => line.match(/(?<=")[A-Z_]{4,}(?=")/g) ?? [],
  );
  const table = readFileSync(join(ROOT, "docs/operations.md"), "utf8").match(/^\| finding .*?\n\n/ms)?.[0] ?? "";
  const listed = [...table.matchAll(/^\| ([^|]*)/gm)].flatMap(([, cell = ""]) => cell.match(/[A-Z_]{4,}/g) ?? []);
  expect(new Set(listed)).toEqual(new Set(made));
});

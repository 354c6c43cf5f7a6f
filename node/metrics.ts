import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { LogStatus, Status } from "./service.ts";

export interface Metrics {
  /** The numbers of this moment, in the text format of Prometheus 0.0.4. */
  render(status: Status, logs: readonly LogStatus[]): Promise<string>;
}

/**
 * What monitoring reads: the numbers that `status` shows, and those of the process. Nothing is counted here that is not
 * shown there. Names carry their unit; `peer` and `log` are names of authorities.
 */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const gauges = new Map<string, Gauge>();
  let isCollecting = false;

  const gauge = (name: string, help: string, labelNames: readonly string[] = []): Gauge => {
    const known = gauges.get(name);
    if (known !== undefined) return known;
    const made = new Gauge({ name: `entente_${name}`, help, labelNames: [...labelNames], registers: [registry] });
    gauges.set(name, made);
    return made;
  };

  return {
    render(status, logs) {
      // Not before somebody reads them: they watch the process.
      if (!isCollecting) collectDefaultMetrics({ register: registry });
      isCollecting = true;
      // A peer that was removed must not stay with its last number.
      for (const one of gauges.values()) one.reset();
      nodeNumbers(gauge, status);
      for (const log of logs) logNumbers(gauge, log);
      for (const peer of status.peers) peerNumbers(gauge, peer);
      return registry.metrics();
    },
  };
}

type MakeGauge = (name: string, help: string, labels?: readonly string[]) => Gauge;

function nodeNumbers(gauge: MakeGauge, { name, version, signing, disk, health, pending, peers }: Status): void {
  gauge("node_info", "always 1", ["name", "version"]).set({ name, version }, 1);
  gauge("signing", "1 for the state of signing that holds", ["state"]).set({ state: signing.state }, 1);
  gauge("queued_records", "records that wait until the node may sign").set(signing.queued);
  gauge("disk_free_bytes", "free where the data directory lies").set(disk.free);
  gauge("disk_total_bytes", "size of the file system of the data directory").set(disk.total);
  gauge("peers", "authorities that are trusted").set(peers.length);
  gauge("pending_peers", "authorities that asked for contact and are not trusted").set(pending);
  for (const level of ["alarm", "warning", "note"] as const) {
    const count = health.findings.filter((finding) => finding.level === level).length;
    gauge("findings", "what entente status shows for a person to look at", ["level"]).set({ level }, count);
  }
}

function logNumbers(
  gauge: MakeGauge,
  { name, size, seenSize, missingParts, witnesses, alarms, contested }: LogStatus,
): void {
  const log = { log: name };
  gauge("log_entries", "entries held", ["log"]).set(log, size);
  gauge("log_seen_entries", "entries of the largest checkpoint seen", ["log"]).set(log, seenSize);
  gauge("log_missing_parts", "parts addressed to this authority that are not here", ["log"]).set(log, missingParts);
  gauge("log_witnesses", "authorities whose cosignature is held", ["log"]).set(log, witnesses.length);
  gauge("log_alarms", "alarms of the log", ["log"]).set(log, alarms.length);
  gauge("log_contested", "1 if there is evidence against it that nobody passed over", ["log"]).set(
    log,
    Number(contested),
  );
}

function peerNumbers(gauge: MakeGauge, status: Status["peers"][number]): void {
  const { name, state, lag, witnessed, headAge, clockOffset, downSince, lastSeen } = status;
  const peer = { peer: name };
  gauge("peer_connected", "1 if connected", ["peer"]).set(peer, Number(state === "connected"));
  gauge("peer_lag_entries", "entries of its log that are known and not held", ["peer"]).set(peer, lag.entries);
  gauge("peer_lag_seconds", "for how long some have been known and not held", ["peer"]).set(peer, lag.seconds);
  gauge("peer_uncosigned_entries", "entries of the own log that it has not cosigned", ["peer"]).set(
    peer,
    witnessed.entries,
  );
  gauge("peer_uncosigned_seconds", "age of the first of them", ["peer"]).set(peer, witnessed.seconds);
  gauge("peer_clock_offset_seconds", "by how much its clock is ahead, at least", ["peer"]).set(peer, clockOffset);
  if (headAge !== null)
    gauge("peer_head_age_seconds", "since its owner last confirmed the head of its log", ["peer"]).set(peer, headAge);
  if (downSince !== null)
    gauge("peer_down_since_seconds", "since when it is not connected, Unix time", ["peer"]).set(
      peer,
      Date.parse(downSince) / 1000,
    );
  if (lastSeen !== null)
    gauge("peer_last_seen_seconds", "last contact, Unix time", ["peer"]).set(peer, Date.parse(lastSeen) / 1000);
}

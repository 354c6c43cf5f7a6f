import { isoTime, seconds } from "./clock.ts";
import type { Core } from "./core.ts";
import type { Entries, NamedLog } from "./entries.ts";
import { pausedReason } from "./followed-logs.ts";
import { connectionOf } from "./peer-status.ts";
import type { Completeness } from "./service.ts";
import type { HeldCosignature } from "./witness.ts";

/** What was counted of a log: entries held and seen, and parts that are missing. */
export type CountedLog = {
  readonly log: NamedLog;
  /** Whether its entries are still asked for. */
  readonly followed: boolean;
  readonly size: number;
  readonly seenSize: number;
  readonly missing: number;
};

/**
 * Whether a log may be called complete. That nothing is missing says little of a log of which nobody has told us anything
 * lately: then it is complete so far, and the reason is named.
 */
export function judgeCompleteness(
  core: Core,
  entries: Entries,
  counted: CountedLog,
): Pick<Completeness, "state" | "confirmed" | "doubt"> {
  const { log, size, seenSize, missing } = counted;
  const found = confirmation(core, log, size);
  const confirmed =
    found === undefined
      ? null
      : {
          name: entries.nameOf(found.witness) ?? found.witness,
          size: found.size,
          time: isoTime(found.time),
          age: Math.max(0, seconds(core.clock) - found.time),
        };
  if (seenSize > size || missing > 0) return { state: "incomplete", confirmed, doubt: null };
  const doubt = doubtOf(core, counted, found);
  if (size === 0) return { state: "unknown", confirmed, doubt };
  return { state: doubt === null ? "complete" : "so-far", confirmed, doubt };
}

/** The newest cosignature of all that is here: the owner's own says more than that of anybody else. */
function confirmation(core: Core, log: NamedLog, size: number): HeldCosignature | undefined {
  const witnesses = log.mirror === undefined ? core.ownWitnesses : core.witnessesOf(log.mirror);
  const others = (witnesses?.cosignatures ?? []).filter((one) => one.witness !== core.ownId && one.size >= size);
  const [newest] = others.toSorted(
    (a, b) => Number(b.witness === log.id) - Number(a.witness === log.id) || b.time - a.time,
  );
  return newest;
}

function doubtOf(core: Core, counted: CountedLog, confirmed: HeldCosignature | undefined): string | null {
  const { log, followed, size } = counted;
  if (log.mirror === undefined) return ownDoubt(core);
  const peer = core.trust.get(log.id);
  if (peer === undefined) return `${log.name} is not trusted any more, so nothing newer is asked for`;
  if (!followed) return `${log.name} goes on in a newer epoch, and nothing newer of this one is asked for`;
  const paused = pausedReason(log.mirror);
  if (paused !== undefined) return `nothing is asked for: ${paused}`;
  const { state, reason } = connectionOf(core, peer);
  if (state === "not-admitted") return reason;
  if (state !== "connected") return `${log.name} is not connected${reason === null ? "" : `: ${reason}`}`;
  if (size > 0 && !log.mirror.followers.has(core.ownId))
    return `this authority is not among those who may follow the log of ${log.name}`;
  return confirmed?.witness === log.id ? null : `${log.name} has not confirmed that this is all of it yet`;
}

/** Before peers have said how far it was, our own log may be a restored one. */
function ownDoubt(core: Core): string | null {
  const { settlement } = core;
  switch (settlement.state) {
    case "ready":
      return null;
    case "asking":
      return "the other authorities are still being asked how far this log was";
    case "recovering":
      return "the store was restored, and entries are being taken back from peers";
    case "held":
      return settlement.reason;
  }
}

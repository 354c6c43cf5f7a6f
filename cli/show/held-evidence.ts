import type { EvidenceStatus } from "../../node/service.ts";
import { fields, formatBytes, formatTime, table } from "../text.ts";

/** One file a line. */
export function evidenceTable(held: readonly EvidenceStatus[]): string[] {
  const rows = held.map((one) => [
    one.digest.slice(0, 16),
    one.epoch === 0 || one.kind === "charters" ? one.name : `${one.name}/${one.epoch}`,
    subject(one),
    meaning(one),
    one.from,
    formatTime(one.receivedAt),
  ]);
  return table(["evidence", "against", "shows", "means", "from", "since"], rows);
}

/** What this node knows of a file beside what it says itself. */
export function heldEvidenceFields(held: EvidenceStatus): string[] {
  const { decision } = held;
  return fields([
    ["evidence", `${held.digest}, ${formatBytes(held.size)}`],
    ["came from", `${held.from}, ${formatTime(held.receivedAt)}`],
    ["means", meaning(held)],
    [
      "decided",
      decision === null
        ? `nothing yet: entente evidence decide ${held.digest.slice(0, 16)} resume|hold --why TEXT`
        : `${decision.decision} by ${decision.by}, ${formatTime(decision.at)}: ${decision.why}`,
    ],
  ]);
}

function subject({ kind, sizes, serial }: EvidenceStatus): string {
  return kind === "charters" ? `two charters of serial ${serial}` : `two trees of ${sizes?.join(" and ")} entries`;
}

/** What follows from it here and now. */
function meaning({ historic, contests, decision }: EvidenceStatus): string {
  if (historic) return "historic: under a log key that was replaced since";
  if (contests) return decision === null ? "contested: not cosigned until a person decides" : "contested: held";
  return decision === null ? "nothing: the authority is not known here" : "settled: a person decided to go on";
}

import type { Chain } from "../protocol/charter-chain.ts";
import { isoTime, seconds } from "./clock.ts";
import type { Core } from "./core.ts";
import { contests, type HeldEvidence, isHistoric } from "./held-evidence.ts";
import { type EvidenceStatus, type NodeService, ServiceError } from "./service.ts";

type EvidenceService = Pick<NodeService, "evidence" | "evidenceOf" | "evidenceFile" | "decideEvidence">;

/** What is held against authorities, and what a person decided about it. */
export function createEvidenceService(core: Core): EvidenceService {
  return {
    evidence: () => Promise.resolve(core.evidence.list().map((held) => evidenceStatus(core, held))),
    evidenceOf: async (digest) => evidenceStatus(core, find(core, digest)),
    async evidenceFile(digest) {
      const file = await core.evidence.bytes(find(core, digest).digest);
      if (file === undefined) throw notFound(digest);
      return file;
    },
    async decideEvidence(digest, { decision, why }, operator) {
      const told = { decision, why, by: operator, at: seconds(core.clock) };
      const decided = await core.evidence.decide(find(core, digest).digest, told);
      if (decided === undefined) throw notFound(digest);
      return evidenceStatus(core, decided);
    },
  };
}

/** SPEC: at least 8 unambiguous hex digits. */
function find(core: Core, digits: string): HeldEvidence {
  if (!/^[0-9a-f]{8,64}$/.test(digits))
    throw new ServiceError("INVALID", `${digits} is no digest`, "give at least 8 of its hex digits, in lower case");
  const [held, other] = core.evidence.list().filter(({ digest }) => digest.startsWith(digits));
  if (held === undefined) throw notFound(digits);
  if (other !== undefined)
    throw new ServiceError("AMBIGUOUS", `${digits} means more than one file`, "give more digits of the digest");
  return held;
}

function notFound(digits: string): ServiceError {
  return new ServiceError("NOT_FOUND", `no evidence ${digits} is held here`, "entente evidence list");
}

function evidenceStatus(core: Core, held: HeldEvidence): EvidenceStatus {
  const { digest, name, id, epoch, shows, from, at, size, decision } = held;
  const chain = chainOf(core, id);
  return {
    digest,
    name,
    id,
    kind: shows.kind,
    epoch,
    sizes: shows.kind === "checkpoints" ? shows.heads.map((head) => head.size) : null,
    serial: shows.kind === "charters" ? shows.serial : null,
    historic: chain !== undefined && isHistoric(held, chain),
    contests: chain !== undefined && contests(held, chain),
    from: from === core.ownId ? core.ownName : (core.trust.knownName(from) ?? from),
    receivedAt: isoTime(at),
    size,
    decision: decision === null ? null : { ...decision, at: isoTime(decision.at) },
  };
}

/** Also of an authority that is not trusted any more. */
function chainOf(core: Core, id: string): Chain | undefined {
  if (id === core.ownId) return core.ownChain;
  return (core.trust.get(id) ?? core.trust.former().find((peer) => peer.id === id))?.chain;
}

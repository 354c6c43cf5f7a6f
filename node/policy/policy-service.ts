import { FormatError } from "../../protocol/format-error.ts";
import { groundsFor, isInArea } from "../../protocol/policy/disclose.ts";
import { type PolicyFile, policyOf, readPolicyFile } from "../../protocol/policy/policy.ts";
import { isoTime, seconds } from "../clock.ts";
import type { Core } from "../core.ts";
import type { Entries } from "../entries.ts";
import { LEFT_AREA_LISTED_MAX } from "../limits.ts";
import type { LeftArea, PolicyService, PolicySet, PolicyStatus } from "../policy-types.ts";
import { ServiceError } from "../service.ts";
import type { Peer } from "../trust.ts";
import { recordsFor } from "./personal-parts.ts";
import type { PolicyStore } from "./policy-store.ts";

/** What people see of the policy, and how they change it. */
export function createPolicyService(
  core: Core,
  entries: Entries,
  policies: PolicyStore,
  onSet: () => void,
): PolicyService {
  return {
    policy: () => Promise.resolve(statusOf(core, policies)),
    async setPolicy(value, operator): Promise<PolicySet> {
      const file = parseFile(value);
      const before = policies.policy;
      await policies.set({ file, by: operator, at: seconds(core.clock) });
      core.log.warn({ operator, policy: file }, "a policy was set");
      onSet();
      const after = policies.policy;
      const left = core.trust.peers().filter((peer) => isInArea(before, peer) && !isInArea(after, peer));
      return { ...statusOf(core, policies), left: await stillOpen(core, entries, left) };
    },
  };
}

function statusOf(core: Core, { policy, stored }: PolicyStore): PolicyStatus {
  const peers = core.trust.peers();
  const known = new Set([core.ownName, core.ownId, ...peers.flatMap(({ id, name }) => [id, name])]);
  return {
    policy: stored?.file ?? null,
    setBy: stored?.by ?? null,
    setAt: stored === undefined ? null : isoTime(stored.at),
    area: policy.area?.name ?? null,
    sections: policy.sections,
    authorities: peers
      .map((peer) => ({
        name: peer.name,
        id: peer.id,
        inArea: isInArea(policy, peer),
        grounds: isInArea(policy, peer) ? [] : groundsFor(policy, peer),
      }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    notTrusted: stored === undefined ? [] : authoritiesOf(stored.file).filter((one) => !known.has(one)),
  };
}

function authoritiesOf(file: PolicyFile): readonly string[] {
  const { area, sections, grounds } = policyOf(file);
  const lists = [area?.authorities, ...Object.values(sections), ...grounds.map(({ authorities }) => authorities)];
  return [...new Set(lists.flatMap((list) => (list === undefined || typeof list === "string" ? [] : list)))].toSorted();
}

/** What those who left the area were given they keep; what is still open to them is listed, so that it can be erased. */
async function stillOpen(core: Core, entries: Entries, left: readonly Peer[]): Promise<readonly LeftArea[]> {
  const [log] = entries.logs();
  if (log === undefined || left.length === 0) return [];
  const found = new Map<string, string[]>(left.map(({ id }) => [id, []]));
  for await (const { index, personal } of recordsFor(core, entries, () => true, core.ownLog.store.head.size)) {
    const readers = new Set<string>();
    for (const audience of personal) for (const id of await openTo(core, audience, index)) readers.add(id);
    for (const id of readers) found.get(id)?.push(entries.entryText(log, index));
  }
  return left.map(({ id, name }) => {
    const all = found.get(id) ?? [];
    return { name, entries: all.slice(0, LEFT_AREA_LISTED_MAX), count: all.length };
  });
}

/** Ids of those who read what the entry at `index` addresses to `audience`, also by a grant. */
async function openTo(core: Core, audience: number, index: number): Promise<readonly string[]> {
  const audiences = [audience, ...core.ownGrants.opening(audience, index).map((grant) => grant.audience)];
  const members = await Promise.all(audiences.map((one) => core.ownAudiences.members(one)));
  return members.flatMap((ids) => [...(ids ?? [])]);
}

function parseFile(value: unknown): PolicyFile {
  try {
    return readPolicyFile(value);
  } catch (error) {
    if (error instanceof FormatError) throw new ServiceError("INVALID", error.message, "entente policy check FILE");
    throw error;
  }
}

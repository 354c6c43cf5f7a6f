import { approvedBytes } from "../protocol/approval.ts";
import { fromHex } from "../protocol/bytes.ts";
import { lastCharter } from "../protocol/charter-chain.ts";
import { formatLeaf, readLeaf } from "../protocol/leaf/leaf.ts";
import type { GrantItem, GrantLeaf } from "../protocol/leaf/grant.ts";
import { MAX_GRANT_ITEMS } from "../protocol/limits.ts";
import { type Approver, approverOf } from "./approver.ts";
import type { Core } from "./core.ts";
import type { Entries } from "./entries.ts";
import type { EntryDraft } from "./own-log.ts";
import { type GrantInput, type GrantReport, ServiceError } from "./service.ts";
import type { Peer } from "./trust.ts";

/** Leaves read in one go while the entries that a grant opens are counted. */
const COUNT_PAGE = 4_096;

/** Opens what was addressed so far to one authority to others: a new member, a successor. */
export async function grant(core: Core, entries: Entries, input: GrantInput, operator: string): Promise<GrantReport> {
  const to = input.to.map((name) => entries.peer(name));
  const like = entries.peer(input.like);
  if (to.length === 0)
    throw new ServiceError("EMPTY_AUDIENCE", "a grant to nobody opens nothing", "entente help grant");
  if (to.some(({ id }) => id === like.id))
    throw new ServiceError("INVALID", `${like.name} can read already what it can read`, "entente help grant");
  const { store } = core.ownLog;
  const past = await audiencesOf(core, to, like);
  const { size } = store.head;
  const report = {
    to: to.map(({ name }) => name),
    like: like.name,
    audiences: past.length,
    entries: await countEntries(core, new Set(past), size),
    approved: input.approved,
  };
  if (input.preview || past.length === 0) return { ...report, granted: [] };
  if (!core.ready)
    throw new ServiceError("REFUSED", "the node may not sign yet", "entente status says what it waits for");
  core.init.space.require("entries");
  const approver = input.approved ? approverOf(core, "without --approve only this node serves the grant") : undefined;
  const audience = await core.ownAudiences.ensure(
    to.map(({ id, chain }) => ({ id: fromHex(id), memberKey: lastCharter(chain).member })),
  );
  const items = past.map((index): GrantItem => ({ epoch: store.epoch, past: index, from: index + 1, to: size }));
  const drafts: EntryDraft[] = [];
  for (let at = 0; at < items.length; at += MAX_GRANT_ITEMS)
    drafts.push(draft(core, audience, items.slice(at, at + MAX_GRANT_ITEMS), approver));
  const first = await core.appendGrants(drafts);
  core.log.info({ operator, to: report.to, like: like.name, audiences: past.length }, "granted");
  const [own] = entries.logs();
  const granted = own === undefined ? [] : drafts.map((_, offset) => entries.entryText(own, first + offset));
  return { ...report, granted };
}

/** Indexes of our audiences that list `like` and not everybody of `to`. */
async function audiencesOf(core: Core, to: readonly Peer[], like: Peer): Promise<readonly number[]> {
  const found: number[] = [];
  for await (const { index, leaf } of core.ownLog.store.controlLeaves()) {
    const reading = readLeaf(leaf);
    if (reading.status !== "known" || reading.leaf.kind !== "audience") continue;
    const members = await core.ownAudiences.members(index);
    if (members?.has(like.id) === true && to.some(({ id }) => !members.has(id))) found.push(index);
  }
  return found;
}

async function countEntries(core: Core, past: ReadonlySet<number>, size: number): Promise<number> {
  let count = 0;
  for (let from = 0; past.size > 0 && from < size; from += COUNT_PAGE) {
    for (const leaf of await core.ownLog.store.readLeaves(from, Math.min(size, from + COUNT_PAGE))) {
      const reading = readLeaf(leaf);
      if (reading.status === "known" && reading.leaf.kind === "record")
        count += reading.leaf.parts.some(({ audience }) => past.has(audience)) ? 1 : 0;
    }
  }
  return count;
}

function draft(core: Core, audience: number, items: readonly GrantItem[], approver: Approver | undefined): EntryDraft {
  const { id, epoch } = core.ownLog.store;
  return {
    leaf(time) {
      const bare: GrantLeaf = { kind: "grant", time, audience, items, approval: "" };
      if (approver === undefined) return bare;
      return { ...bare, approval: approver.signBytes(approvedBytes(id, epoch, formatLeaf(bare))) };
    },
    parts: [],
    extra: (index) => [core.ownGrants.write(index)],
  };
}

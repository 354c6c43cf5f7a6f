import { approvedBytes } from "../protocol/approval.ts";
import { fromHex } from "../protocol/bytes.ts";
import { lastCharter } from "../protocol/charter-chain.ts";
import { formatLeaf, readLeaf } from "../protocol/leaf/leaf.ts";
import type { GrantItem, GrantLeaf } from "../protocol/leaf/grant.ts";
import { MAX_GRANT_ITEMS } from "../protocol/limits.ts";
import { isInArea } from "../protocol/policy/disclose.ts";
import type { Policy } from "../protocol/policy/policy.ts";
import { type Approver, approverOf } from "./approver.ts";
import type { Core } from "./core.ts";
import type { Entries } from "./entries.ts";
import type { EntryDraft } from "./own-log.ts";
import { recordsFor } from "./policy/personal-parts.ts";
import { type GrantInput, type GrantReport, ServiceError } from "./service.ts";
import type { Peer } from "./trust.ts";

/** Opens what was addressed so far to one authority to others: a new member, a successor. */
export async function grant(
  core: Core,
  entries: Entries,
  policy: Policy,
  input: GrantInput,
  operator: string,
): Promise<GrantReport> {
  const to = input.to.map((name) => entries.peer(name));
  const like = entries.peer(input.like);
  if (to.length === 0)
    throw new ServiceError("EMPTY_AUDIENCE", "a grant to nobody opens nothing", "entente help grant");
  if (to.some(({ id }) => id === like.id))
    throw new ServiceError("INVALID", `${like.name} can read already what it can read`, "entente help grant");
  const { store } = core.ownLog;
  const past = await audiencesOf(core, to, like);
  const { size } = store.head;
  // SPEC: Where one of those to whom it opens them is outside the area, personal parts are left out.
  const withPersonal = to.every((peer) => isInArea(policy, peer));
  const { items, opened, leftOut } = await itemsOf(core, entries, past, size, withPersonal);
  const [own] = entries.logs();
  const report = {
    to: to.map(({ name }) => name),
    like: like.name,
    audiences: new Set(items.map((item) => item.past)).size,
    entries: opened,
    leftOut: own === undefined ? [] : leftOut.map((index) => entries.entryText(own, index)),
    approved: input.approved,
  };
  if (input.preview || items.length === 0) return { ...report, granted: [] };
  if (!core.ready)
    throw new ServiceError("REFUSED", "the node may not sign yet", "entente status says what it waits for");
  core.init.space.require("entries");
  const approver = input.approved ? approverOf(core, "without --approve only this node serves the grant") : undefined;
  const audience = await core.ownAudiences.ensure(
    to.map(({ id, chain }) => ({ id: fromHex(id), memberKey: lastCharter(chain).member })),
  );
  const drafts: EntryDraft[] = [];
  for (let at = 0; at < items.length; at += MAX_GRANT_ITEMS)
    drafts.push(draft(core, audience, items.slice(at, at + MAX_GRANT_ITEMS), approver));
  const first = await core.appendGrants(drafts);
  core.log.info(
    { operator, to: report.to, like: like.name, audiences: report.audiences, leftOut: leftOut.length },
    "granted",
  );
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

type Opening = {
  readonly items: readonly GrantItem[];
  /** How many records have something that is opened. */
  readonly opened: number;
  /** Those that have personal data for one of the audiences. */
  readonly leftOut: readonly number[];
};

/** What a grant of `past` has to name: of each audience all that came after it, less what is left out. */
async function itemsOf(
  core: Core,
  entries: Entries,
  past: readonly number[],
  size: number,
  withPersonal: boolean,
): Promise<Opening> {
  const { epoch } = core.ownLog.store;
  /** Of each audience the range that is being made, and whether it opens anything. */
  const open = new Map(past.map((audience) => [audience, { from: audience + 1, opens: false }]));
  const gaps = new Set<number>();
  const items: GrantItem[] = [];
  const leftOut: number[] = [];
  let opened = 0;
  for await (const record of recordsFor(core, entries, (audience) => open.has(audience), size)) {
    const { index } = record;
    const closed = withPersonal ? new Set<number>() : record.personal;
    for (const audience of record.audiences) {
      const range = open.get(audience);
      if (range === undefined) continue;
      if (!closed.has(audience)) range.opens = true;
      else {
        if (range.opens) items.push({ epoch, past: audience, from: range.from, to: index });
        open.set(audience, { from: index + 1, opens: false });
        gaps.add(audience);
      }
    }
    const named = [...record.audiences].filter((audience) => open.has(audience));
    if (named.some((audience) => !closed.has(audience))) opened += 1;
    if (named.some((audience) => closed.has(audience))) leftOut.push(index);
  }
  // An audience of which nothing is left is not named: its member list stays closed too.
  for (const [audience, { from, opens }] of open)
    // Nothing may have come after an audience: it is written before what is addressed to it.
    if (from < size && (opens || !gaps.has(audience))) items.push({ epoch, past: audience, from, to: size });
  // SPEC: items ascend as number lists.
  return { items: items.toSorted((a, b) => a.past - b.past || a.from - b.from), opened, leftOut };
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

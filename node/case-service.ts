import { lastCharter } from "../protocol/charter-chain.ts";
import { utf8Decode, utf8Encode } from "../protocol/bytes.ts";
import type { Case } from "../protocol/case/fold.ts";
import { deadlinesOf } from "../protocol/case/deadlines.ts";
import { calendarOfCountry } from "../protocol/case/holidays/calendar.ts";
import { IndicatorCount } from "../protocol/case/indicators.ts";
import type { Calendar } from "../protocol/case/working-days.ts";
import { compareRefs, type CaseNode } from "../protocol/case/graph.ts";
import { entryKey } from "../protocol/case/entry.ts";
import { formatSummary, type Summary } from "../protocol/record/summary.ts";
import type { CaseAct, CaseDetail, CaseService, CaseSummary, OwedDuty } from "./case-types.ts";
import type { CaseKey } from "./case-rows.ts";
import { isoTime, seconds } from "./clock.ts";
import { CASE_ROW_DUTIES_MAX } from "./limits.ts";
import { Cases, type HeldCase } from "./cases.ts";
import type { Core } from "./core.ts";
import type { Entries } from "./entries.ts";
import type { ReferenceIndex } from "./reference-index.ts";
import type { FirstWitnessed } from "./witness.ts";

/** What a list keeps of a case: in no language yet. */
type CaseRow = Omit<CaseSummary, "title"> & { readonly says: Summary };

/** The cases that are here, as people are told. */
export function createCaseService(
  core: Core,
  entries: Entries,
  references: ReferenceIndex,
): { readonly service: CaseService; readonly cases: Cases } {
  const nameOf = (id: string): string => entries.nameOf(id) ?? id.slice(0, 16);
  const view = new CaseView(core, entries, nameOf);
  const cases = new Cases(
    core,
    entries,
    references,
    (held) => utf8Encode(JSON.stringify(view.row(held, CASE_ROW_DUTIES_MAX))),
    (row) => caseKeyOf(JSON.parse(utf8Decode(row)) as CaseRow),
  );
  const service: CaseService = {
    async cases({ status, mine, limit, lang }) {
      const day = today(core);
      const { rows, total } = await cases.list({ status, mine, limit });
      return { cases: rows.map((row) => titled(parseRow(row, day), lang)), total };
    },
    async indicators({ from, until }, onProgress) {
      const count = new IndicatorCount();
      let seen = 0;
      for await (const held of cases.all((done) => onProgress({ done, total: done, what: "entries" }))) {
        seen += 1;
        onProgress({ done: seen, total: seen, what: "cases" });
        const day = Cases.time(held, held.case.root).slice(0, 10);
        if (day < (from ?? "") || day > (until ?? NEVER)) continue;
        count.add({ case: held.case, timeOf: (node) => Cases.member(held, node).time });
      }
      const authorities = count.all.map(({ authority, ...rest }) => ({ name: nameOf(authority), ...rest }));
      return { from: from ?? null, until: until ?? null, cases: count.cases, authorities };
    },
    async caseOf(entry, language) {
      const held = await cases.of(entry);
      const all = [...held.members.values()].map((member) => member.entry.ref);
      return { ...view.detail(held, await cases.witnessed(held), language), hash: cases.digest(held, all) };
    },
    async caseDigest(entry, authority) {
      const held = await cases.of(entry);
      const peer = entries.peer(authority);
      const shared = await cases.sharedWith(held, peer.id);
      return {
        case: view.entryText(held, held.case.root),
        between: [core.ownName, peer.name],
        hash: cases.digest(held, shared),
        entries: [...shared].sort(compareRefs).map(entryKey),
      };
    },
  };
  return { service, cases };
}

/** Rows are written by this very version; what is due goes on being due, or is late by now. */
function parseRow(row: Uint8Array, day: string): CaseRow {
  const summary = JSON.parse(utf8Decode(row)) as CaseRow;
  const duties = summary.duties.map((duty) =>
    duty.due === null ? duty : { ...duty, state: day > duty.due ? ("overdue" as const) : ("due" as const) },
  );
  return { ...summary, duties };
}

function titled({ says, ...row }: CaseRow, language = "en"): CaseSummary {
  return { ...row, title: formatSummary(says, [language]) };
}

/** In UTC. */
function today({ clock }: Core): string {
  return isoTime(seconds(clock)).slice(0, 10);
}

/** Each country's calendar, made once. */
class Calendars {
  readonly #made = new Map<string, Calendar>();

  of(country: string): Calendar {
    const made = this.#made.get(country) ?? calendarOfCountry(country);
    this.#made.set(country, made);
    return made;
  }
}

/** By what a list is sorted: what is due first, then what has no day, then since when; or the latest first. */
function caseKeyOf({ status, latest, duties }: CaseRow): CaseKey {
  const mine = duties.filter((duty) => duty.mine).map(({ due, since }) => `${due ?? NEVER} ${since}`);
  return { status, latest, mine: mine.toSorted()[0] };
}

/** After every day. */
const NEVER = "9999-99-99";

/** A fold in the words of the API. */
class CaseView {
  readonly #core: Core;
  readonly #entries: Entries;
  readonly #nameOf: (id: string) => string;
  readonly #calendars = new Calendars();

  constructor(core: Core, entries: Entries, nameOf: (id: string) => string) {
    this.#core = core;
    this.#entries = entries;
    this.#nameOf = nameOf;
  }

  entryText(held: HeldCase, node: CaseNode): string {
    const { log, index } = Cases.member(held, node).place;
    return this.#entries.entryText(log, index);
  }

  /** `most`: what others owe beyond so many is left out. */
  row(held: HeldCase, most = Number.POSITIVE_INFINITY): CaseRow {
    const { case: folded } = held;
    const times = folded.graph.nodes.map((node) => Cases.time(held, node)).sort();
    return {
      case: this.entryText(held, folded.root),
      says: folded.alert.record.summary,
      status: folded.status,
      owners: folded.owners.map(this.#nameOf),
      contested: [...new Set(folded.contests.map(({ kind }) => kind))],
      entries: folded.graph.nodes.length,
      latest: times.at(-1) ?? "",
      duties: this.#duties(held, folded, most),
    };
  }

  detail(held: HeldCase, witnessed: ReadonlyMap<string, FirstWitnessed>, language = "en"): Omit<CaseDetail, "hash"> {
    const { case: folded, readers } = held;
    const text = (node: CaseNode): string => this.entryText(held, node);
    const heads = new Set(folded.graph.heads());
    return {
      ...titled(this.row(held), language),
      alert: text(folded.alert),
      contests: folded.contests.map(({ kind, acts }) => ({ kind, acts: acts.map(text) })),
      parties: folded.parties.map(({ id, state, followUp, acts }) => ({
        name: this.#nameOf(id),
        state,
        outcome: followUp?.record.body.outcome ?? null,
        followUp: followUp === undefined ? null : text(followUp),
        acts: acts.length,
        owes: folded.duties.filter(({ who }) => who === id).map(({ kind }) => kind),
      })),
      requests: folded.requests.map(({ request, to, state, answers }) => ({
        request: text(request),
        from: this.#nameOf(request.author),
        to: this.#nameOf(to),
        kind: request.record.body.kind,
        state,
        answers: answers.map(text),
      })),
      measures: folded.measures.map(({ entry, index, measure, state, verifications }) => ({
        entry: text(entry),
        index,
        by: this.#nameOf(entry.author),
        measure,
        state,
        verifications: verifications.map(text),
      })),
      offers: folded.offers.map(({ node, to, state }) => ({
        offer: text(node),
        from: this.#nameOf(node.author),
        to: this.#nameOf(to),
        state,
      })),
      acts: folded.graph.nodes.map((node) => ({
        entry: text(node),
        author: this.#nameOf(node.author),
        time: Cases.time(held, node),
        type: node.record.type,
        summary: formatSummary(node.record.summary, [language]),
        withdrawn: folded.withdrawn.has(node),
        head: heads.has(node),
        witnessed: this.#witnessedText(witnessed.get(node.key)),
      })),
      readers: readers === undefined ? null : readers.map(this.#nameOf).sort(),
    };
  }

  #witnessedText(first: FirstWitnessed | undefined): CaseAct["witnessed"] {
    return first === undefined ? null : { by: this.#nameOf(first.witness), time: isoTime(first.time) };
  }

  #duties(held: HeldCase, folded: Case, most: number): readonly OwedDuty[] {
    const deadlines = deadlinesOf(folded, {
      timeOf: (node) => Cases.member(held, node).time,
      witnessedAt: () => undefined,
      calendarOf: (id) => this.#calendars.of(this.#countryOf(id)),
      today: today(this.#core),
    });
    let others = 0;
    const kept = deadlines.filter(({ duty }) => duty.who === this.#core.ownId || others++ < most);
    return kept.map(({ duty, due = null, state, basis = null }) => ({
      kind: duty.kind,
      who: this.#nameOf(duty.who),
      mine: duty.who === this.#core.ownId,
      about: this.entryText(held, duty.about),
      since: Cases.time(held, duty.about),
      due,
      state,
      basis,
    }));
  }

  #countryOf(id: string): string {
    const chain = id === this.#core.ownId ? this.#core.ownChain : this.#core.trust.get(id)?.chain;
    return chain === undefined ? "" : lastCharter(chain).country;
  }
}

import type { ExactKey, KeyKind } from "../../protocol/record/exact-key.ts";
import { RELATED_COMMON_MAX } from "../limits.ts";
import { type EntryText, type Related, type RelatedEntry, ServiceError, type SharedKey, type Tie } from "../service.ts";
import type { EntryPlace } from "./database.ts";
import { keysOf } from "./entry-words.ts";
import { ask, Places, type SearchInit } from "./places.ts";
import { formatQuestion, markPhrase } from "./question.ts";
import type { Phrase } from "./tokens.ts";

/**
 * What says that two entries are about the same, the strongest first: of each list of kinds the two share a key, of one of
 * the kinds in it.
 */
const TIES: readonly { readonly tie: Tie; readonly of: readonly (readonly KeyKind[])[] }[] = [
  { tie: "barcode", of: [["gtin", "barcode"]] },
  { tie: "batch-model-brand", of: [["batch"], ["model"], ["brand"]] },
  { tie: "case", of: [["case"]] },
  { tie: "consignment", of: [["consignment"]] },
  { tie: "report", of: [["report"]] },
  { tie: "operator", of: [["operator"]] },
  { tie: "model-brand", of: [["model"], ["brand"]] },
  { tie: "batch-brand", of: [["batch"], ["brand"]] },
  { tie: "batch-model", of: [["batch"], ["model"]] },
  { tie: "recall-code", of: [["recall-code"]] },
  { tie: "batch", of: [["batch"]] },
  { tie: "model", of: [["model"]] },
  { tie: "customs-code", of: [["customs-code"]] },
];

const TYING: ReadonlySet<KeyKind> = new Set(TIES.flatMap(({ of }) => of.flat()));

type Query = { readonly limit: number; readonly lang?: string };
type Candidate = { readonly place: EntryPlace; readonly tie: Tie };

export async function relatedTo(init: SearchInit, entry: EntryText, { limit, lang }: Query): Promise<Related> {
  const { log, index } = init.entries.locate(entry);
  const self = { id: log.id, epoch: log.epoch, index };
  const places = new Places(init);
  const own = await readKeys(init, places, self);
  if (own === undefined)
    throw new ServiceError("INVALID", `${entry} is no record that can be read here`, `entente show ${entry}`);
  const counts = new Map<string, number | null>();
  const found: RelatedEntry[] = [];
  for (const { place, tie } of candidates(init, own, self)) {
    const summary = await places.summary(place, lang);
    const keys = summary === undefined ? undefined : await readKeys(init, places, place);
    const shared = own.filter((key) => keys?.some((other) => isSame(key, other)));
    if (summary === undefined || !isTied(tie, shared)) continue;
    if (found.length === limit) return { entries: found, more: true, behind: init.indexer.behind };
    found.push({ tie, shared: shared.map((key) => counted(init, key, counts)), entry: summary });
  }
  return { entries: found, more: false, behind: init.indexer.behind };
}

/** Each entry once, by its strongest tie. */
function* candidates(init: SearchInit, own: readonly ExactKey[], self: EntryPlace): Generator<Candidate> {
  const seen = new Set([textOf(self)]);
  for (const { tie, of } of TIES) {
    const question = of.map((kinds) => formsOf(init, own, kinds));
    if (question.some((forms) => forms.length === 0)) continue;
    const hits = ask(init, (database) => database.find(formatQuestion(question), RELATED_COMMON_MAX + 1));
    if (hits.length > RELATED_COMMON_MAX) continue;
    for (const { id, epoch, index } of hits) {
      const place = { id, epoch, index };
      if (seen.has(textOf(place))) continue;
      seen.add(textOf(place));
      yield { place, tie };
    }
  }
}

/** One of the entry's keys of these kinds. */
function formsOf({ core }: SearchInit, own: readonly ExactKey[], kinds: readonly KeyKind[]): readonly Phrase[] {
  return own.filter(({ kind }) => kinds.includes(kind)).flatMap((key) => markPhrase(key, core.init.crypto.sha256));
}

/** The keys of an entry that may tie it to others, as they are now. */
async function readKeys(init: SearchInit, places: Places, place: EntryPlace): Promise<readonly ExactKey[] | undefined> {
  const log = places.logOf(place);
  if (log === undefined) return undefined;
  const readable = await init.indexer.readable.at(log, place.index);
  return readable === undefined ? undefined : keysOf(readable).filter(({ kind }) => TYING.has(kind));
}

function isTied(tie: Tie, shared: readonly ExactKey[]): boolean {
  const of = TIES.find((one) => one.tie === tie)?.of ?? [];
  return of.every((kinds) => shared.some(({ kind }) => kinds.includes(kind)));
}

/** With how many entries have it. */
function counted(init: SearchInit, key: ExactKey, counts: Map<string, number | null>): SharedKey {
  const text = `${key.kind} ${key.value}`;
  if (!counts.has(text)) {
    const question = formatQuestion([markPhrase(key, init.core.init.crypto.sha256)]);
    const count = ask(init, (database) => database.count(question, RELATED_COMMON_MAX + 1));
    counts.set(text, count > RELATED_COMMON_MAX ? null : count);
  }
  return { ...key, entries: counts.get(text) ?? null };
}

function isSame(a: ExactKey, b: ExactKey): boolean {
  return a.kind === b.kind && a.value === b.value;
}

function textOf({ id, epoch, index }: EntryPlace): string {
  return `${id}/${epoch}:${index}`;
}

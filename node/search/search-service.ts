import { KEY_KINDS } from "../../protocol/record/exact-key.ts";
import { SEARCH_KEYS_ASKED_MAX, SEARCH_RANKED_MAX } from "../limits.ts";
import { type EntrySummary, type Found, type NodeService, type SearchQuery, ServiceError } from "../service.ts";
import { ask, Places, type SearchInit } from "./places.ts";
import { formatQuestion, markPhrase, parseKey, parseQuestion, type Question } from "./question.ts";
import { relatedTo } from "./related.ts";

export function createSearchService(init: SearchInit): Pick<NodeService, "search" | "related"> {
  return {
    search: (query) => search(init, query),
    related: (entry, query) => relatedTo(init, entry, query),
  };
}

async function search(init: SearchInit, query: SearchQuery): Promise<Found> {
  const question = questionOf(init, query);
  if (question.length === 0)
    throw new ServiceError("INVALID", "nothing is searched for", "give words, --type, --log or --key");
  const found = ask(init, (database) => database.find(formatQuestion(question), SEARCH_RANKED_MAX));
  const hits = found.toSorted((a, b) => a.rank - b.rank);
  const places = new Places(init);
  const entries: EntrySummary[] = [];
  // One more than is shown tells whether there are more; of nearly all that is found the record is here.
  for (let at = 0; at < hits.length && entries.length <= query.limit;) {
    const next = hits.slice(at, at + query.limit + 1 - entries.length);
    const summaries = await Promise.all(next.map((hit) => places.summary(hit, query.lang)));
    entries.push(...summaries.filter((summary) => summary !== undefined));
    at += next.length;
  }
  const more = entries.length > query.limit;
  return { entries: entries.slice(0, query.limit), more, behind: init.indexer.behind };
}

function questionOf({ core, entries }: SearchInit, { q, type, from, kind }: SearchQuery): Question {
  if (kind.length > SEARCH_KEYS_ASKED_MAX)
    throw new ServiceError("INVALID", `a search has at most ${SEARCH_KEYS_ASKED_MAX} keys`, "entente help search");
  const { sha256 } = core.init.crypto;
  const marks = [
    ...kind.map((text) => parseKey(text, KEY_KINDS)),
    ...(type === undefined ? [] : [{ kind: "type", value: type } as const]),
    ...(from === undefined ? [] : [{ kind: "owner", value: entries.log(from).id } as const]),
  ];
  return [...parseQuestion(q), ...marks.map((mark) => markPhrase(mark, sha256))];
}

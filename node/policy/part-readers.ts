import { isKnownCode } from "../../protocol/record/codes/tables.ts";
import type { PartGround } from "../../protocol/record/envelope.ts";
import { disclose, type Disclosure, type DisclosedBy, groundsFor } from "../../protocol/policy/disclose.ts";
import { type Section, sectionOf, type TransferGround } from "../../protocol/policy/section.ts";
import type { Core } from "../core.ts";
import type { Entries } from "../entries.ts";
import { type PartInput, type PublishInput, ServiceError } from "../service.ts";
import type { Peer } from "../trust.ts";
import type { PolicyStore } from "./policy-store.ts";

/** Who reads one part of what is about to be published, and why. */
export type PartReaders = Disclosure<Peer> & { readonly section: Section };

/** Readers of the record, then of each other part, and the grounds that the record states. */
export type RecordReaders = { readonly parts: readonly PartReaders[]; readonly grounds: readonly PartGround[] };

/**
 * The one door through which records go out: whatever is published, previewed or taken from the queue is asked here who may
 * read it (docs/spec/policy.md).
 */
export class ReaderPolicy {
  readonly #core: Core;
  readonly #entries: Entries;
  readonly #policies: PolicyStore;

  constructor(core: Core, entries: Entries, policies: PolicyStore) {
    this.#core = core;
    this.#entries = entries;
    this.#policies = policies;
  }

  /**
   * `by`: of a record that waited, by what its readers were chosen. Throws `ServiceError`: `EMPTY_AUDIENCE`, `NOT_TRUSTED`,
   * `INVALID`, and `REFUSED` for personal data that may not go where they would.
   */
  readersOf(input: PublishInput, by: readonly DisclosedBy[] = []): RecordReaders {
    const grounds = (input.grounds ?? []).map(knownGround);
    const record = this.#disclose({
      part: "record",
      named: input.to.length === 0 ? undefined : this.#peers(input.to),
      by: by[0],
      addressees: [],
      grounds,
    });
    // SPEC: An empty audience does not exist.
    if (record.readers.length === 0)
      throw new ServiceError("EMPTY_AUDIENCE", "nobody is addressed", "say who may read it: --to nvwa.nl,baua.de");
    const others = input.parts.map((part, at) => this.#other(part, at + 1, { record, by: by[at + 1], grounds }));
    // What was needed when it was accepted may not be any more.
    if (by.length === 0) assertNeeded(grounds, others);
    return {
      parts: [{ ...record, section: "product" }, ...others],
      grounds: others.flatMap((part, at) =>
        [...new Set(part.grounds.map(({ ground }) => ground))].map((ground) => ({ part: at + 1, ground })),
      ),
    };
  }

  /** Name of the area, for those who are told that somebody is outside of it. */
  get areaText(): string {
    const { area } = this.#policies.policy;
    return area === undefined ? "the area, of which no policy says who is in it" : `the area ${area.name}`;
  }

  #other({ kind, to }: PartInput, part: number, { record, by, grounds }: RecordContext): PartReaders {
    const section = sectionOf(kind);
    // SPEC: A node publishes only kinds that it knows.
    if (section === undefined)
      throw new ServiceError("INVALID", `there is no kind of part "${kind}"`, "entente help publish");
    const named = to === undefined ? undefined : this.#peers(to);
    const disclosure = this.#disclose({ part: section, named, by, addressees: record.readers, grounds });
    const what = `part ${part} (${kind})`;
    if (disclosure.refused.length > 0) throw this.#refusal(what, disclosure.refused);
    if (disclosure.readers.length === 0) throw this.#unread(what, kind, disclosure.outside);
    return { ...disclosure, section };
  }

  #disclose({ part, named, by, addressees, grounds }: Question): Disclosure<Peer> {
    const trusted = this.#core.trust.peers();
    return disclose(this.#policies.policy, {
      part,
      named,
      ...(by === undefined ? {} : { namedBy: by }),
      addressees,
      trusted,
      followers: trusted.filter(({ id }) => this.#core.ownFollowers.has(id)),
      grounds,
    });
  }

  #refusal(what: string, refused: readonly Peer[]): ServiceError {
    const allowed = refused.map((peer) => groundsFor(this.#policies.policy, peer));
    const common = allowed.reduce((all, some) => all.filter((ground) => some.includes(ground)));
    return new ServiceError(
      "REFUSED",
      `${what} has personal data and may not go to ${names(refused)}, outside ${this.areaText}`,
      common.length > 0
        ? `leave them out of its readers; or name the ground: --transfer-ground ${common.join(" --transfer-ground ")}`
        : "leave them out of its readers; entente policy show says who is in the area and which grounds there are",
    );
  }

  #unread(what: string, kind: string, outside: readonly Peer[]): ServiceError {
    return new ServiceError(
      "EMPTY_AUDIENCE",
      outside.length > 0
        ? `nobody would read ${what}: by policy it is for ${names(outside)}, outside ${this.areaText}`
        : `nobody would read ${what}: the policy has no readers for it, so they must be named`,
      `--section ${kind}=FILE@NAME,NAME names them`,
    );
  }

  #peers(authorities: readonly string[]): readonly Peer[] {
    if (authorities.length === 0)
      throw new ServiceError("EMPTY_AUDIENCE", "nobody is addressed", "say who may read it: --to nvwa.nl,baua.de");
    const peers = new Map<string, Peer>();
    for (const name of authorities) {
      if (name === this.#core.ownName || name === this.#core.ownId)
        throw new ServiceError("INVALID", "this authority reads what it publishes anyway; name the others", null);
      const peer = this.#trusted(name);
      peers.set(peer.id, peer);
    }
    return [...peers.values()];
  }

  #trusted(name: string): Peer {
    try {
      return this.#entries.peer(name);
    } catch (error) {
      if (!(error instanceof ServiceError) || error.code !== "NOT_FOUND") throw error;
      throw new ServiceError(
        "NOT_TRUSTED",
        `${name} is not a trusted authority`,
        "entente peer list; entente peer add FILE",
      );
    }
  }
}

type Question = {
  readonly part: "record" | Section;
  readonly named: readonly Peer[] | undefined;
  readonly by: DisclosedBy | undefined;
  readonly addressees: readonly Peer[];
  readonly grounds: readonly TransferGround[];
};
type RecordContext = Pick<Question, "by" | "grounds"> & { readonly record: Disclosure<Peer> };

function knownGround(ground: string): TransferGround {
  if (isGround(ground)) return ground;
  throw new ServiceError(
    "INVALID",
    `there is no ground "${ground}"`,
    "docs/spec/records.md lists them: transfer-ground",
  );
}

function isGround(code: string): code is TransferGround {
  return isKnownCode("transfer-ground", code);
}

/** A ground stands in the record as a statement of its author: not where nothing leaves the area on it. */
function assertNeeded(grounds: readonly TransferGround[], parts: readonly PartReaders[]): void {
  const used = new Set(parts.flatMap((part) => part.grounds.map(({ ground }) => ground)));
  const idle = grounds.find((ground) => !used.has(ground));
  if (idle === undefined) return;
  throw new ServiceError(
    "INVALID",
    `the ground ${idle} is not needed: no part with personal data names a reader outside the area who reads it on this ground`,
    "leave it out; or name the reader: --section personal=FILE@NAME",
  );
}

function names(peers: readonly Peer[]): string {
  return peers.map(({ name }) => name).join(", ");
}

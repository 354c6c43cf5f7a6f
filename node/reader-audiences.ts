import { equalBytes, toHex } from "../protocol/bytes.ts";
import { checkAudience, type MemberList, parseMemberList } from "../protocol/audience.ts";
import { type Chain, memberKeyAt } from "../protocol/charter-chain.ts";
import { FormatError } from "../protocol/format-error.ts";
import { type AudienceLeaf, readLeaf } from "../protocol/leaf/leaf.ts";
import { parsePart } from "../protocol/part.ts";
import { audienceTag } from "../keys/audience-tag.ts";
import { sharedSecret, type X25519KeyPair } from "../keys/x25519.ts";
import type { LogStore } from "./log-store.ts";

/** Audiences of one log kept in memory: twice what one step of storing a mirror may bring before it is on disk. */
const AUDIENCE_CACHE_MAX = 2048;

export type ReaderAudience = {
  /** One of its tags is ours. */
  readonly mine: boolean;
  /** Listed members, where we hold a member list that agrees with the leaf. */
  readonly members: ReadonlySet<string> | undefined;
  readonly alarm: string | undefined;
};

/** What the log's reader, or its owner after a restore, makes of its audiences. */
export interface AudienceJudge {
  /** What is known without reading the disk. */
  peek(index: number): ReaderAudience | undefined;
  /** The audience at an index of the stored log; an index that is no audience opens nothing. */
  get(chain: Chain, index: number): Promise<ReaderAudience>;
  /** Judges an audience leaf with its member list, where that is at hand, and remembers what came out. */
  learn(chain: Chain, index: number, leaf: AudienceLeaf, list: Uint8Array | undefined): ReaderAudience;
  /** The member list of this audience came late: judge it anew when it is next asked for. */
  forget(index: number): void;
}

/** An owner who takes its own entries back from its peers reads everything. */
export const OWNER_READS_ALL: AudienceJudge = {
  peek: () => OWNER,
  get: () => Promise.resolve(OWNER),
  learn: () => OWNER,
  forget: () => undefined,
};

const OWNER: ReaderAudience = { mine: true, members: undefined, alarm: undefined };
const NOBODY: ReaderAudience = { mine: false, members: undefined, alarm: undefined };

/** What a reader makes of the audiences of one log of another authority. */
export class ReaderAudiences implements AudienceJudge {
  readonly #store: LogStore;
  readonly #ownId: Uint8Array;
  readonly #memberKeys: readonly X25519KeyPair[];
  readonly #cache = new Map<number, ReaderAudience>();
  readonly #secrets = new Map<string, readonly Uint8Array[]>();

  constructor(store: LogStore, ownId: Uint8Array, memberKeys: readonly X25519KeyPair[]) {
    this.#store = store;
    this.#ownId = ownId;
    this.#memberKeys = memberKeys;
  }

  peek(index: number): ReaderAudience | undefined {
    return this.#cache.get(index);
  }

  async get(chain: Chain, index: number): Promise<ReaderAudience> {
    const cached = this.#cache.get(index);
    if (cached !== undefined) return cached;
    const leaf = await this.#store.controlLeaf(index);
    if (leaf === undefined) return NOBODY;
    const reading = readLeaf(leaf);
    if (reading.status !== "known" || reading.leaf.kind !== "audience") return NOBODY;
    return this.learn(chain, index, reading.leaf, await this.#store.readSmallPart(index, 0));
  }

  learn(chain: Chain, index: number, leaf: AudienceLeaf, list: Uint8Array | undefined): ReaderAudience {
    const tags = this.#ownTags(chain, index, leaf);
    const mine = leaf.tags.some((tag) => tags.some((own) => equalBytes(own, tag)));
    const judged =
      list === undefined ? { mine, members: undefined, alarm: undefined } : this.#judge(leaf, list, tags, mine, index);
    this.#cache.delete(index);
    this.#cache.set(index, judged);
    const [oldest] = this.#cache.keys();
    if (this.#cache.size > AUDIENCE_CACHE_MAX && oldest !== undefined) this.#cache.delete(oldest);
    return judged;
  }

  forget(index: number): void {
    this.#cache.delete(index);
  }

  #judge(
    leaf: AudienceLeaf,
    list: Uint8Array,
    tags: readonly Uint8Array[],
    mine: boolean,
    index: number,
  ): ReaderAudience {
    const reading = readMembers(leaf, list, this.#store.id);
    if (typeof reading === "string") return { mine: false, members: undefined, alarm: `audience ${index}: ${reading}` };
    const listed = reading.find((member) => equalBytes(member.id, this.#ownId));
    // SPEC: Where a holder finds the two at odds it alarms, and the audience opens nothing there.
    const agrees = listed === undefined ? !mine : mine && tags.some((tag) => equalBytes(tag, listed.tag));
    if (!agrees)
      return { mine: false, members: undefined, alarm: `audience ${index}: its list and our tag are at odds` };
    return { mine, members: new Set(reading.map((member) => toHex(member.id))), alarm: undefined };
  }

  #ownTags(chain: Chain, index: number, leaf: AudienceLeaf): readonly Uint8Array[] {
    const ownerKey = memberKeyAt(chain, this.#store.epoch, index);
    if (ownerKey === undefined) return [];
    return this.#secretsWith(ownerKey).map((secret) =>
      audienceTag(secret, this.#store.id, this.#ownId, this.#store.epoch, leaf.nonce),
    );
  }

  /** SPEC: A member tries all member keys it ever had. An all-zero shared secret is refused. */
  #secretsWith(ownerKey: Uint8Array): readonly Uint8Array[] {
    const name = toHex(ownerKey);
    const known = this.#secrets.get(name);
    if (known !== undefined) return known;
    const secrets: Uint8Array[] = [];
    for (const key of this.#memberKeys) {
      const secret = trySharedSecret(key, ownerKey);
      if (secret !== undefined) secrets.push(secret);
    }
    this.#secrets.set(name, secrets);
    return secrets;
  }
}

function trySharedSecret(own: X25519KeyPair, other: Uint8Array): Uint8Array | undefined {
  try {
    return sharedSecret(own, other);
  } catch {
    // A member key of small order, or none at all: whoever published it has no readers.
    return undefined;
  }
}

/** The member list of an audience leaf, or why it opens nothing. */
export function readMembers(leaf: AudienceLeaf, part: Uint8Array, ownerId: Uint8Array): MemberList | string {
  try {
    const members = parseMemberList(parsePart(part, ownerId).content);
    const checked = checkAudience(leaf, members);
    return checked === "ok" ? members : checked;
  } catch (error) {
    if (error instanceof FormatError) return error.message;
    throw error;
  }
}

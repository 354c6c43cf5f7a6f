import { toHex } from "../../protocol/bytes.ts";
import { leafHash } from "../../protocol/merkle/hash.ts";
import { formatPart } from "../../protocol/part.ts";
import { partDigest } from "../../protocol/part-digest.ts";
import { lastCharter } from "../../protocol/charter-chain.ts";
import { RECORD_MEDIA_TYPE } from "../../node/publisher.ts";
import { type PartInput, type PublishInput, ServiceError } from "../../node/service.ts";
import { sha256 } from "../../keys/sha256.ts";
import type { PartBook } from "./part-book.ts";
import type { Prng } from "./prng.ts";
import type { Safety } from "./safety.ts";
import type { Life, SimNode } from "./sim-node.ts";
import { openStored } from "./stored-logs.ts";

/** A part to be: who may read it, and how long it is. */
export type PlannedPart = { readonly mark: string; readonly to: readonly string[]; readonly length: number };

/** Something that an operator wants to publish, and does not forget until it is acknowledged. */
export type Publication = {
  readonly owner: SimNode;
  readonly parts: readonly [PlannedPart, ...PlannedPart[]];
  state: "open" | "acknowledged" | "given up";
  /** Where it is, if the node said so. */
  index: number | undefined;
  /** The life in which it was tried last. */
  triedIn: Life | undefined;
};

export type WorkloadInit = { readonly prng: Prng; readonly book: PartBook; readonly safety: Safety };

/** Operators who publish, and publish again under the same key after a crash. */
export class Workload {
  readonly publications: Publication[] = [];
  readonly #init: WorkloadInit;
  /** How many parts fill a chunk, and how many take several. */
  readonly #odds: { readonly full: number; readonly several: number };

  constructor(init: WorkloadInit) {
    this.#init = init;
    const { prng } = init;
    this.#odds = prng.chance(0.3) ? { full: 0.6, several: 0.1 } : { full: 0.05, several: 0.04 };
  }

  /** One more record of `owner`, for some of those it trusts. */
  publish(owner: SimNode): void {
    const { life } = owner;
    if (life === undefined) return;
    const { prng } = this.#init;
    const others = Array.from({ length: prng.int(0, 3) }, () => this.#plan(owner, life, prng));
    const publication: Publication = {
      owner,
      parts: [this.#plan(owner, life, prng, 3_000), ...others],
      state: "open",
      index: undefined,
      triedIn: undefined,
    };
    this.publications.push(publication);
    this.#try(publication);
  }

  /** Tries again what a crash interrupted. */
  retry(): void {
    for (const publication of this.publications) {
      const { state, owner, triedIn } = publication;
      if (state === "open" && owner.life !== undefined && owner.life !== triedIn) this.#try(publication);
    }
  }

  /** Very many small entries at once, so that peers must catch up by ranges. */
  burst(owner: SimNode, count: number): void {
    const { life } = owner;
    if (life === undefined || !life.core.ready) return;
    const plan = this.#plan(owner, life, this.#init.prng, 200);
    this.#appendMany(owner, life, plan, count).catch((error: unknown) => this.#failed(owner, life, error));
  }

  /** Nobody insists any more on what is not acknowledged: after a restore, or for want of trust. */
  giveUp(owner: SimNode): void {
    for (const publication of this.publications)
      if (publication.owner === owner && publication.state === "open") publication.state = "given up";
  }

  get open(): number {
    return this.publications.filter(({ state }) => state === "open").length;
  }

  #plan(owner: SimNode, life: Life, prng: Prng, lengthMax = 0): PlannedPart {
    const peers = life.core.trust.peers().map((peer) => peer.name);
    const to = prng.sample(peers, prng.int(1, peers.length + 1));
    return {
      mark: this.#init.book.register(owner.name, to),
      to,
      length: lengthMax > 0 ? prng.int(32, lengthMax) : this.#partLength(),
    };
  }

  #partLength(): number {
    const { prng } = this.#init;
    if (prng.chance(this.#odds.several)) return prng.int(65_536, 260_000);
    return prng.chance(this.#odds.full) ? prng.int(20_000, 65_000) : prng.int(32, 2_000);
  }

  #try(publication: Publication): void {
    const { owner } = publication;
    const { life } = owner;
    if (life === undefined) return;
    publication.triedIn = life;
    this.#publish(publication, life).catch((error: unknown) => {
      publication.triedIn = undefined;
      // Trust ended between the wish and the act.
      if (error instanceof ServiceError && error.code === "NOT_TRUSTED") publication.state = "given up";
      else this.#failed(owner, life, error);
    });
  }

  async #publish(publication: Publication, life: Life): Promise<void> {
    const { owner, parts } = publication;
    const staged: PartInput[] = [];
    for (const part of parts.slice(1)) staged.push(await this.#stage(life, part));
    const published = await life.publisher.publish(recordOf(parts[0], staged), "operator");
    publication.state = "acknowledged";
    if (published.entry === null) return;
    publication.index = Number(published.entry.split(":").at(-1));
    await this.#acknowledge(owner, publication.index);
  }

  async #stage({ core }: Life, { mark, to, length }: PlannedPart): Promise<PartInput> {
    const content = this.#init.book.content(mark, length);
    const ownerId = core.ownLog.store.id;
    const staged = await core.parts.stage(
      { ownerId, name: "photograph", type: "image/jpeg", length: content.length, since: 0 },
      once(content),
    );
    return { kind: "picture", to, staged: String(staged.number) };
  }

  async #appendMany(owner: SimNode, { core }: Life, { mark, to, length }: PlannedPart, count: number): Promise<void> {
    const peers = core.trust.peers().filter((peer) => to.includes(peer.name));
    const audience = await core.ownAudiences.ensure(
      peers.map(({ chain }) => ({ id: chain.id, memberKey: lastCharter(chain).member })),
    );
    const content = this.#init.book.content(mark, length);
    const drafts = Array.from({ length: count }, () => {
      const bytes = formatPart({
        ownerId: core.ownLog.store.id,
        salt: this.#init.prng.bytes(32),
        name: "",
        type: RECORD_MEDIA_TYPE,
        content,
      });
      const committed = { audience, digest: partDigest(sha256, bytes), size: bytes.length };
      return {
        leaf: (time: number) => ({ kind: "record" as const, time, parts: [committed] }),
        parts: [{ part: 0, bytes }],
        extra: () => [],
      };
    });
    const first = await core.ownLog.append(drafts);
    for (const index of [first, first + count - 1]) await this.#acknowledge(owner, index);
  }

  async #acknowledge(owner: SimNode, index: number): Promise<void> {
    const leaf = await (await openStored(owner.drive.instant(), owner.authority)).readLeaf(index);
    if (leaf === undefined)
      return this.#init.safety.violate(`${owner.name} acknowledges entry ${index} and does not have it`);
    this.#init.safety.acknowledge({ owner: owner.name, index, leafHash: toHex(leafHash(sha256, leaf)) });
  }

  /** What fails because the node stops, or has no room, is tried again later. */
  #failed(owner: SimNode, life: Life, error: unknown): void {
    if (owner.life === life && !owner.mayFail)
      this.#init.safety.violate(
        `${owner.name} cannot publish: ${error instanceof Error ? error.stack : String(error)}`,
      );
  }
}

/** An alert with the mark in it, under an idempotency key. */
function recordOf({ mark, to, length }: PlannedPart, parts: readonly PartInput[]): PublishInput {
  const body = {
    notification: "serious-risk",
    product: { name: mark, description: { en: mark.padEnd(length, "x") } },
    risk: {},
  };
  return { type: "alert", version: 1, body, refs: [], to, parts, key: { key: mark, digest: mark } };
}

async function* once(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
}

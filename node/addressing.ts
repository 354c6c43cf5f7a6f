import type { LeafReading } from "../protocol/leaf/leaf.ts";
import { commitmentOf } from "../protocol/verify-batch.ts";
import { addressedParts } from "./answerer.ts";
import type { Core } from "./core.ts";
import type { NamedLog } from "./entries.ts";
import type { Grant } from "./grants.ts";

/** By what a part of an entry is addressed to an authority; `unknown`: to an audience whose members are not known here. */
export type AddressedBy =
  | { readonly kind: "audience"; readonly index: number }
  | { readonly kind: "grant"; readonly index: number }
  | { readonly kind: "nothing" }
  | { readonly kind: "unknown" };

export type PartAddress = {
  readonly part: number;
  /** Bytes, as the leaf says. */
  readonly size: number;
  readonly by: AddressedBy;
};

/** Which parts of the entries of one log are addressed to one authority (by id), as the log itself says. */
export class Addressing {
  readonly #core: Core;
  readonly #log: NamedLog;
  readonly #reader: string;

  constructor(core: Core, log: NamedLog, reader: string) {
    this.#core = core;
    this.#log = log;
    this.#reader = reader;
  }

  async parts(index: number, reading: LeafReading): Promise<readonly PartAddress[]> {
    const found: PartAddress[] = [];
    for (const { part, audience } of addressedParts(index, reading)) {
      const by = await this.#by(audience, index);
      found.push({ part, size: commitmentOf(reading, part)?.size ?? 0, by });
    }
    return found;
  }

  async #by(audience: number, index: number): Promise<AddressedBy> {
    const isIn = await this.#isIn(audience);
    if (isIn === true) return { kind: "audience", index: audience };
    for (const grant of this.#grants(audience, index))
      if ((await this.#isIn(grant.audience)) === true) return { kind: "grant", index: grant.index };
    return { kind: isIn === undefined ? "unknown" : "nothing" };
  }

  #grants(audience: number, index: number): readonly Grant[] {
    // SPEC: a part whose audience is not a known audience leaf before it is the owner's alone.
    if (audience > index) return [];
    return (this.#log.mirror?.grants ?? this.#core.ownGrants).opening(audience, index);
  }

  /** Whether the authority is in an audience: of ourselves our tag tells, of others the member list, where it is here. */
  async #isIn(audience: number): Promise<boolean | undefined> {
    const { mirror, id } = this.#log;
    if (this.#reader === id) return true;
    if (audience === Number.MAX_SAFE_INTEGER) return false;
    if (mirror === undefined) return (await this.#core.ownAudiences.members(audience))?.has(this.#reader);
    const known = mirror.audiences.peek(audience) ?? (await mirror.audiences.get(mirror.chain, audience));
    return this.#reader === this.#core.ownId ? known.mine : known.members?.has(this.#reader);
  }
}

import { fromHex } from "../protocol/bytes.ts";
import type { OwnLog } from "./own-log.ts";
import { readFollowers } from "./stored-followers.ts";
import type { TrustStore } from "./trust.ts";
import { Turns } from "./turns.ts";

export type OwnFollowersInit = {
  readonly ownLog: OwnLog;
  readonly trust: TrustStore;
  /** Called when another followers leaf is in force. */
  readonly onPublished: () => void;
};

/** Who may follow our own log: the followers leaf in force, kept in line with whom we trust. */
export class OwnFollowers {
  readonly #init: OwnFollowersInit;
  #ids: ReadonlySet<string> = new Set();
  readonly #turns = new Turns();

  constructor(init: OwnFollowersInit) {
    this.#init = init;
  }

  get ids(): ReadonlySet<string> {
    return this.#ids;
  }

  /** Reads what is in force from the store. */
  async reload(): Promise<void> {
    this.#ids = await readFollowers(this.#init.ownLog.store);
  }

  /** Brings the followers leaf in line with whom we trust. Returns the index of the leaf, or undefined if nothing changed. */
  publish(): Promise<number | undefined> {
    return this.#turns.run(() => this.#publish());
  }

  async #publish(): Promise<number | undefined> {
    const { trust, ownLog, onPublished } = this.#init;
    const ids = trust
      .peers()
      .map((peer) => peer.id)
      .sort();
    if (ids.length === this.#ids.size && ids.every((id) => this.#ids.has(id))) return undefined;
    const index = await ownLog.append([
      { leaf: (time) => ({ kind: "followers", time, ids: ids.map((id) => fromHex(id)) }), parts: [], extra: () => [] },
    ]);
    this.#ids = new Set(ids);
    onPublished();
    return index;
  }
}

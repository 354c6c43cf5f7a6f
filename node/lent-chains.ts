import type { Chain } from "../protocol/charter-chain.ts";
import type { Session } from "./session.ts";

/**
 * Charters of others that came through a relay. Nobody signs where a charter stands, so its word is taken for what this
 * connection brings and for nothing else (docs/decisions/0005-federation.md).
 */
export class LentChains {
  readonly #lent = new WeakMap<Session, Map<string, Chain>>();

  /** The chain of this authority (id in hex) as the session's peer shows it, where that goes on from the one held. */
  of(session: Session, id: string): Chain | undefined {
    return this.#lent.get(session)?.get(id);
  }

  lend(session: Session, id: string, chain: Chain): void {
    const lent = this.#lent.get(session) ?? new Map<string, Chain>();
    this.#lent.set(session, lent.set(id, chain));
  }

  forget(session: Session, id: string): void {
    this.#lent.get(session)?.delete(id);
  }
}

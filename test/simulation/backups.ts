import type { Federation } from "./federation.ts";
import type { Prng } from "./prng.ts";
import type { Backup, SimNode } from "./sim-node.ts";
import { openStored } from "./stored-logs.ts";

/** How often everything is put back, not the store alone. */
const WHOLE = 0.3;

/** One backup in a history, and once it is put back. */
export class Backups {
  readonly #federation: Federation;
  readonly #prng: Prng;
  #taken: { readonly node: SimNode; readonly backup: Backup } | undefined;
  #isOver = false;

  constructor(federation: Federation, prng: Prng) {
    this.#federation = federation;
    this.#prng = prng;
  }

  /** Takes a backup of `node`; or, if there is one, puts it back, after which `start` is called. */
  next(node: SimNode, start: (node: SimNode) => void): void {
    if (this.#taken === undefined) this.#taken = { node, backup: node.backup() };
    else if (!this.#isOver)
      this.#putBack(this.#taken.node, this.#taken.backup, start).catch((error: unknown) =>
        this.#federation.safety.violate(`a backup: ${String(error)}`),
      );
  }

  async #putBack(node: SimNode, backup: Backup, start: (node: SimNode) => void): Promise<void> {
    const { safety, workload } = this.#federation;
    const whole = this.#prng.chance(WHOLE);
    if (whole && !(await this.#isKnown(node))) return;
    this.#isOver = true;
    node.crash("kill");
    safety.forgive(node);
    workload.giveUp(node);
    node.restore(backup, whole ? "everything" : "store");
    start(node);
  }

  /** Whether every friend holds the whole log: else one who does not know more may be asked, and a fork is nobody's fault. */
  async #isKnown(node: SimNode): Promise<boolean> {
    const { nodes, trust } = this.#federation;
    const { head } = await openStored(node.drive.instant(), node.authority);
    for (const friend of nodes.filter(({ name }) => trust.areFriends(node.name, name))) {
      const mirror = await openStored(friend.drive.durable(), node.authority);
      if (mirror.head.size < head.size) return false;
    }
    return true;
  }
}

import { Backups } from "./backups.ts";
import type { Federation } from "./federation.ts";
import type { Prng } from "./prng.ts";
import type { SimNode } from "./sim-node.ts";

/** What may go wrong. Each history has some of these kinds, so that rare combinations get their histories too. */
export const FAULT_KINDS = [
  "crash",
  "restart",
  "partition",
  "stall",
  "cut",
  "slow",
  "hostile",
  "burst",
  "backup",
  "full",
  "untrust",
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** Makes things go wrong, until `stop`. */
export class Faults {
  readonly #federation: Federation;
  readonly #prng: Prng;
  readonly #kinds: readonly FaultKind[];
  /** Milliseconds between two faults, on average. */
  readonly #pauseMs: number;
  readonly #backups: Backups;
  #hasBurst = false;
  #hasWithdrawn = false;
  #stopped = false;

  /** `kinds`: those that happen, if it is not left to chance. */
  constructor(federation: Federation, prng: Prng, kinds: readonly FaultKind[] | undefined) {
    this.#federation = federation;
    this.#prng = prng;
    const chosen = prng.sample(FAULT_KINDS, prng.int(2, FAULT_KINDS.length + 1));
    this.#kinds = kinds ?? chosen;
    this.#backups = new Backups(federation, prng.fork("backups"));
    this.#pauseMs = prng.between(1_000, 6_000);
  }

  start(): void {
    this.#federation.trace.note("faults", this.#kinds.join(", "));
    this.#next();
  }

  stop(): void {
    this.#stopped = true;
    for (const { drive } of this.#federation.nodes) drive.isFull = false;
  }

  #next(): void {
    this.#federation.timeline.after(this.#prng.between(0, 2 * this.#pauseMs), () => {
      if (this.#stopped) return;
      this.#happen(this.#prng.pick(this.#kinds));
      this.#next();
    });
  }

  #happen(kind: FaultKind): void {
    const { nodes, network, trace } = this.#federation;
    const [a, b] = this.#prng.sample(nodes, 2);
    if (a === undefined || b === undefined) return;
    switch (kind) {
      case "crash":
        a.crash(this.#prng.chance(0.7) ? "power" : "kill");
        return this.#startLater(a);
      case "restart":
        return this.#restart(a);
      case "partition":
        return this.#partition();
      case "stall":
        trace.note(a.name, `does not get through to ${b.name}`);
        network.setBlocked(a.name, b.name, true);
        return this.#later(90_000, () => network.setBlocked(a.name, b.name, false));
      case "cut":
        trace.note(a.name, `is cut off from ${b.name}`);
        return network.cut(a.name, b.name, this.#prng.chance(0.3));
      case "slow":
        network.link(a.name, b.name).latencyMs = [50, this.#prng.between(60, 2_000)];
        return;
      case "hostile":
        return this.#hostile(a, b);
      case "burst":
        return this.#burst(a);
      case "backup":
        return this.#backups.next(a, (node) => this.#startLater(node));
      case "full":
        return this.#fill(a);
      case "untrust":
        return this.#withdrawTrust(a, b);
    }
  }

  #restart(node: SimNode): void {
    node.stop().then(
      () => this.#startLater(node),
      (error: unknown) => this.#federation.safety.violate(`${node.name} cannot stop: ${String(error)}`),
    );
  }

  #startLater(node: SimNode): void {
    this.#later(20_000, () => node.start());
  }

  /** Once in a history, since many entries cost time. */
  #burst(node: SimNode): void {
    if (!this.#hasBurst) this.#federation.workload.burst(node, this.#prng.int(100, 1_400));
    this.#hasBurst = true;
  }

  #partition(): void {
    const { nodes, network, trace } = this.#federation;
    const group = this.#prng.sample(nodes, this.#prng.int(1, nodes.length));
    const pairs = group.flatMap((a) => nodes.filter((b) => !group.includes(b)).map((b) => [a.name, b.name] as const));
    const set = (blocked: boolean): void => {
      for (const [a, b] of pairs)
        for (const [from, to] of [
          [a, b],
          [b, a],
        ] as const)
          network.setBlocked(from, to, blocked);
    };
    trace.note("network", `is parted: ${group.map((node) => node.name).join(", ")}`);
    set(true);
    this.#later(90_000, () => set(false));
  }

  #hostile(a: SimNode, b: SimNode): void {
    const { network, trace } = this.#federation;
    const odds = (): number => (this.#prng.chance(0.5) ? this.#prng.between(0, 0.2) : 0);
    trace.note(a.name, `has a hostile line to ${b.name}`);
    network.makeHostile(a.name, b.name, { drop: odds(), duplicate: odds(), reorder: odds(), corrupt: odds() });
    this.#later(20_000, () => network.endHostility(a.name, b.name));
  }

  #fill(node: SimNode): void {
    node.fillDisk();
    this.#later(10_000, () => {
      node.drive.isFull = false;
    });
    this.#startLater(node);
  }

  /** Once in a history, where enough friends are left who can say how far one's log was, and while both greet anew. */
  #withdrawTrust(a: SimNode, b: SimNode): void {
    const { nodes, network, trust } = this.#federation;
    const friends = nodes.filter((node) => trust.areFriends(a.name, node.name));
    // A backup would bring the trust back.
    if (this.#hasWithdrawn || friends.length < 4 || this.#kinds.includes("backup")) return;
    this.#hasWithdrawn = true;
    network.cut(a.name, b.name, false);
    this.#later(3_000, () => this.#remove(a, b));
  }

  #remove(a: SimNode, b: SimNode): void {
    const { trust, workload, safety, trace } = this.#federation;
    const { life } = a;
    // What waits in the queue might be for the one who is no longer trusted.
    if (life?.core.ready !== true || life.publisher.queued > 0 || a.mayFail) return;
    trace.note(a.name, `trusts ${b.name} no longer`);
    workload.giveUp(a);
    trust.beginWithdrawal(a.name, b.name);
    life.core.removePeer(b.id).then(
      () => {
        trust.withdraw(a.name, b.name);
        life.core
          .publishFollowers()
          .catch((error: unknown) => a.life === life && !a.mayFail && safety.violate(String(error)));
      },
      (error: unknown) =>
        a.life === life && !a.mayFail && safety.violate(`${a.name} cannot withdraw its trust: ${String(error)}`),
    );
  }

  /** Soon, or after a while. A fault that ends early by the end of all faults may end twice. */
  #later(msMax: number, action: () => void): void {
    this.#federation.timeline.after(this.#prng.between(10, this.#prng.between(10, msMax)), action);
  }
}

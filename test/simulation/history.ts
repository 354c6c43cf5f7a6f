import { missingParts, unconverged } from "./convergence.ts";
import { type FaultKind, Faults } from "./faults.ts";
import { type Federation, makeFederation } from "./federation.ts";
import { Prng } from "./prng.ts";

/** How long things may go wrong. */
const TROUBLE_MS = [15_000, 75_000] as const;
/**
 * How long it may take, once nothing goes wrong any more, until all is everywhere: a dead line is noticed after a
 * minute, a pause between two attempts is at most another, and some of what follows waits for the next pull.
 */
const HEALING_MS = 300_000;

export type HistoryResult = {
  readonly seed: number;
  /** Digest of all that happened. */
  readonly digest: string;
  readonly violations: readonly string[];
  /** Lines of the trace: frames, writes, messages. */
  readonly steps: number;
  readonly entries: number;
  /** Virtual milliseconds of the whole, and of them those of healing. */
  readonly virtualMs: number;
  readonly healingMs: number;
};

export type HistoryOptions = {
  /** Called with the lines of the trace that are worth reading. */
  readonly print?: (line: string) => void;
  /** What goes wrong, instead of what the seed says. */
  readonly faults?: readonly FaultKind[];
};

/** One whole history: five nodes work, things go wrong, things are well again, and everything must be as it should. */
export async function runHistory(seed: number, { print, faults }: HistoryOptions = {}): Promise<HistoryResult> {
  const federation = await makeFederation(seed, print);
  const onRejection = (reason: unknown): void =>
    federation.safety.violate(
      `a rejection that nobody handles: ${reason instanceof Error ? reason.stack : String(reason)}`,
    );
  process.on("unhandledRejection", onRejection);
  try {
    return await run(seed, federation, faults);
  } finally {
    process.off("unhandledRejection", onRejection);
  }
}

async function run(seed: number, federation: Federation, kinds: HistoryOptions["faults"]): Promise<HistoryResult> {
  const { timeline, nodes, safety, trace } = federation;
  const prng = new Prng(`history ${seed}`);
  for (const node of nodes) timeline.after(prng.between(0, 3_000), () => node.start());
  await trouble(federation, prng, new Faults(federation, prng.fork("faults"), kinds));
  const calm = timeline.now;
  await healing(federation);
  const entries = nodes.reduce((sum, node) => sum + (node.life?.core.ownLog.store.head.size ?? 0), 0);
  for (const node of nodes) await safety.checkAll(node);
  for (const missing of safety.violations.length > 0 ? [] : await missingParts(federation)) safety.violate(missing);
  for (const node of nodes) node.crash("kill");
  return {
    seed,
    digest: trace.digest(),
    violations: safety.violations,
    steps: trace.lines,
    entries,
    virtualMs: timeline.now,
    healingMs: timeline.now - calm,
  };
}

async function trouble(federation: Federation, prng: Prng, faults: Faults): Promise<void> {
  const { timeline, nodes, safety, workload, trace } = federation;
  const until = prng.between(...TROUBLE_MS);
  const pauseMs = prng.between(300, 3_000);
  const work = (): void => {
    if (timeline.now > until) return;
    workload.retry();
    const owner = prng.pick(nodes);
    for (let count = prng.chance(0.2) ? prng.int(2, 8) : 1; count > 0; count--) workload.publish(owner);
    timeline.after(prng.between(0, 2 * pauseMs), work);
  };
  work();
  faults.start();
  await timeline.runUntil(until, () => safety.violations.length > 0);
  faults.stop();
  trace.note("faults", "are over");
}

async function healing(federation: Federation): Promise<void> {
  const { network, nodes, timeline, safety, workload } = federation;
  network.heal();
  for (const node of nodes) node.start();
  const until = timeline.now + HEALING_MS;
  for (;;) {
    await timeline.runUntil(timeline.now + 1_000, () => safety.violations.length > 0);
    if (safety.violations.length > 0) return;
    for (const node of nodes) node.start();
    workload.retry();
    const waits = await unconverged(federation);
    if (waits === undefined) return;
    if (timeline.now >= until) return safety.violate(`not converged after ${HEALING_MS / 1000} s: ${waits}`);
  }
}

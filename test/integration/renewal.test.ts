import { afterEach, expect, it } from "vitest";
import { type Clock, SYSTEM_CLOCK } from "../../node/clock.ts";
import { RENEW_MS } from "../../node/limits.ts";
import type { Session } from "../../node/session.ts";
import { makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { entriesOf, idOf, link, trust } from "../support/five.ts";
import { type InProcessNode, startInProcess } from "../support/in-process-node.ts";
import { until } from "../support/until.ts";

const nodes: InProcessNode[] = [];
afterEach(async () => {
  for (const node of nodes.splice(0)) await node.stop();
});

/** The system's, but that what is to happen after a day, and is not called off, happens when the test says so. */
class DaysByHand implements Clock {
  readonly #due = new Set<() => void>();

  now(): number {
    return SYSTEM_CLOCK.now();
  }

  after(ms: number, action: () => void): () => void {
    if (ms < RENEW_MS) return SYSTEM_CLOCK.after(ms, action);
    this.#due.add(action);
    return () => this.#due.delete(action);
  }

  get waiting(): number {
    return this.#due.size;
  }

  pass(): void {
    for (const action of this.#due) {
      this.#due.delete(action);
      action();
    }
  }
}

it.each(["who called", "who was called"])("a connection that is a day old is made anew by %s", async (who) => {
  const [days, others] = [new DaysByHand(), new DaysByHand()];
  const caller = await startInProcess(makeAuthority("nvwa.nl", new Prng(`caller ${who}`)), { clock: days });
  const called = await startInProcess(makeAuthority("baua.de", new Prng(`called ${who}`)), { clock: others });
  nodes.push(caller, called);
  await trust(caller, [called.authority]);
  await trust(called, [caller.authority]);
  await link(caller, called);
  const session = (): Session | undefined =>
    caller.core.sessionsOf(idOf(called)).find(({ following, closed }) => following && !closed);
  await until("they follow each other", () => session() !== undefined);
  const first = session();

  (who === "who called" ? days : others).pass();
  await until("there is another connection", () => session() !== undefined && session() !== first);
  const index = await called.publish("after a day", ["nvwa.nl"]);
  await until("it goes on", () => entriesOf(caller, called) > index);
  await until("what has ended is waited for no more", () => days.waiting === 1 && others.waiting === 1);
  expect([...caller.faults, ...called.faults]).toEqual([]);
});

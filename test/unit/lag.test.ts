import { expect, it } from "vitest";
import { LagWatch } from "../../node/lag.ts";
import { LAG_OBSERVE_MS } from "../../node/limits.ts";

it("counts from when entries were known and not held, not from when somebody asks, until the last of them is here", () => {
  const behind = new Map([["a", 0]]);
  let now = 0;
  let timers: { readonly at: number; readonly action: () => void }[] = [];
  let changed = (): void => undefined;
  const watch = new LagWatch({
    clock: {
      now: () => now,
      after: (ms, action) => {
        timers.push({ at: now + ms, action });
        return () => undefined;
      },
    },
    peers: () => [...behind.keys()],
    behind: (id) => behind.get(id) ?? 0,
    onChange: (listener) => (changed = listener),
  });
  const pass = (ms: number): void => {
    now += ms;
    const due = timers.filter(({ at }) => at <= now);
    timers = timers.filter(({ at }) => at > now);
    for (const { action } of due) action();
  };

  expect(watch.of("a")).toEqual({ entries: 0, seconds: 0 });
  behind.set("a", 3);
  for (let i = 0; i < 1_000; i++) changed();
  // However much changes, it is looked at once.
  expect(timers).toHaveLength(1);
  pass(LAG_OBSERVE_MS);
  pass(60_000);
  expect(watch.of("a")).toEqual({ entries: 3, seconds: 60 });
  behind.set("a", 1);
  changed();
  pass(5_000);
  expect(watch.of("a")).toEqual({ entries: 1, seconds: 65 });
  behind.set("a", 0);
  changed();
  pass(LAG_OBSERVE_MS);
  behind.set("a", 2);
  changed();
  pass(LAG_OBSERVE_MS);
  expect(watch.of("a")).toEqual({ entries: 2, seconds: 0 });
});

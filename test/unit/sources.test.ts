import { expect, it } from "vitest";
import type { Clock } from "../../node/clock.ts";
import { OTHER_HISTORY_MS, OTHER_HISTORY_STRIKES, STALL_MS } from "../../node/limits.ts";
import { Sources } from "../../node/sources.ts";

const KEY = "nvwa/0";

type Made = {
  readonly sources: Sources;
  readonly pass: (ms: number) => void;
  readonly rolesAt: (verified: number) => string;
};

function make(): Made {
  let now = 1_000_000;
  let timers: { readonly at: number; readonly action: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    after(ms, action) {
      timers.push({ at: now + ms, action });
      return () => undefined;
    },
  };
  const sources = new Sources({ clock, onTurned: () => undefined });
  return {
    sources,
    pass(ms) {
      now += ms;
      const due = timers.filter(({ at }) => at <= now);
      timers = timers.filter(({ at }) => at > now);
      for (const { action } of due) action();
    },
    rolesAt: (verified) =>
      ["nvwa", "a", "b", "c"].map((peer) => sources.roleOf(peer, { key: KEY, owner: "nvwa", verified })).join(" "),
  };
}

it("asks the owner while he is here, and another in turn when he brings nothing of what others showed", () => {
  const { sources, pass, rolesAt } = make();
  for (const peer of ["nvwa", "a", "b", "c"]) sources.join(peer);
  expect(rolesAt(0)).toBe("source parts parts parts");
  sources.showed("b", KEY, 10);
  expect(rolesAt(4)).toBe("source parts parts parts");
  pass(STALL_MS);
  expect(rolesAt(4)).toBe("second parts source parts");
  pass(STALL_MS);
  expect(rolesAt(4)).toBe("source parts parts parts");
  pass(STALL_MS);
  // Progress puts the order back.
  expect(rolesAt(5)).toBe("source parts parts parts");
});

it("asks two of those who showed something while the owner is away, first one who has more than is here", () => {
  const { sources, rolesAt } = make();
  for (const peer of ["a", "b", "c"]) {
    sources.join(peer);
    sources.showed(peer, KEY, 4);
  }
  expect(rolesAt(4).split(" ").sort()).toEqual(["parts", "parts", "second", "source"]);
  for (const ahead of ["a", "b", "c"]) {
    const { sources: others, rolesAt: roles } = make();
    for (const peer of ["a", "b", "c"]) {
      others.join(peer);
      others.showed(peer, KEY, peer === ahead ? 9 : 4);
    }
    expect(roles(4).split(" ").indexOf("source")).toBe(["nvwa", "a", "b", "c"].indexOf(ahead));
  }
  sources.join("nvwa");
  expect(rolesAt(4)).toBe("source parts parts parts");
  sources.leave("nvwa");
  sources.passOver("a", KEY);
  expect(rolesAt(4).split(" ")[1]).toBe("parts");
  sources.showed("a", KEY, 5);
  expect(rolesAt(4).split(" ")[1]).toBe("source");
});

it("asks who brought another history of a log again after a while, though nothing else changed", () => {
  const { sources, pass, rolesAt } = make();
  for (const peer of ["a", "b"]) {
    sources.join(peer);
    sources.showed(peer, KEY, 4);
  }
  for (let strike = 0; strike < OTHER_HISTORY_STRIKES; strike++) sources.strike("a", KEY);
  expect(rolesAt(0)).toBe("parts parts source parts");
  pass(OTHER_HISTORY_MS);
  expect(rolesAt(0).split(" ").sort()).toEqual(["parts", "parts", "second", "source"]);
});

it("asks others of the logs that a peer showed as soon as it leaves, and the owner as soon as he is here", () => {
  const { sources, rolesAt } = make();
  for (const peer of ["a", "b"]) {
    sources.join(peer);
    sources.showed(peer, KEY, 4);
  }
  expect(rolesAt(0).split(" ").sort()).toEqual(["parts", "parts", "second", "source"]);
  sources.leave("a");
  expect(rolesAt(0)).toBe("parts parts source parts");
  sources.join("nvwa");
  expect(rolesAt(0)).toBe("source parts parts parts");
});

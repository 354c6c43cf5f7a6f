import { expect, it } from "vitest";
import { deliveryLines } from "../../cli/show/delivery.ts";
import type { Delivery, DeliveryStep } from "../../node/service.ts";

const NOTHING = { time: null, evidence: null } as const;

function lines(stopsAt: Delivery["stopsAt"], ...steps: readonly DeliveryStep[]): readonly string[] {
  return deliveryLines({ entry: "nvwa.nl:3", authority: "baua.de", stopsAt, steps, next: null });
}

it("does not call it a failure that nothing refers to the entry", () => {
  const says = "nothing of baua.de that is readable here refers to it";
  const shown = lines(null, { step: "answered", state: "no", says, ...NOTHING });
  expect(shown).toContain(`  – ${says}`);
  expect(shown.join()).not.toContain("✗");
});

it("says what it waits for", () => {
  const says = "baua.de does not admit this authority any more: it was removed there";
  expect(lines("connected", { step: "connected", state: "no", says, ...NOTHING }).at(-1)).toBe(`✗ it waits: ${says}`);
});

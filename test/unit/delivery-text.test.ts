import { expect, it } from "vitest";
import { deliveryLines } from "../../cli/show/delivery.ts";
import type { Delivery, DeliveryStep } from "../../node/service.ts";

const NOTHING = { time: null, evidence: null } as const;

function lines(stopsAt: Delivery["stopsAt"], ...steps: readonly DeliveryStep[]): readonly string[] {
  return deliveryLines({ entry: "nvwa.nl:3", authority: "baua.de", stopsAt, steps, sections: [], next: null }, "en");
}

it("says what it waits for", () => {
  const says = "baua.de does not trust this authority any more";
  expect(lines("connected", { step: "connected", state: "no", says, ...NOTHING }).at(-1)).toBe(`✗ it waits: ${says}`);
});

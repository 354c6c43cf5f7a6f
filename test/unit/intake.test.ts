import { describe, expect, it } from "vitest";
import { Intake } from "../../node/intake.ts";
import { INTAKE_PER_DAY } from "../../node/limits.ts";
import { Timeline } from "../simulation/virtual-clock.ts";

const HOUR_MS = 3_600_000;

function onTimeline(): { timeline: Timeline; intake: Intake; rested: number[] } {
  const timeline = new Timeline();
  const rested: number[] = [];
  const clock = { now: () => timeline.now, after: (ms: number, action: () => void) => timeline.after(ms, action) };
  return { timeline, intake: new Intake({ clock, onRested: () => rested.push(timeline.now) }), rested };
}

describe("the intake of a log", () => {
  it("is not slowed within a day's amount", () => {
    const { intake } = onTimeline();
    intake.took("a", INTAKE_PER_DAY);
    expect(intake.isResting("a")).toBe(false);
    expect(intake.reason("a")).toBeUndefined();
  });

  it("beyond it rests, says so, and goes on by itself", async () => {
    const { timeline, intake, rested } = onTimeline();
    intake.took("a", INTAKE_PER_DAY + INTAKE_PER_DAY / 24);
    expect(intake.isResting("a")).toBe(true);
    expect(intake.isResting("b")).toBe(false);
    expect(intake.reason("a")).toMatch(/^more than 4 GiB came within a day: .* in 3600 s$/);
    await timeline.runUntil(HOUR_MS - 1_000);
    expect(intake.isResting("a")).toBe(true);
    await timeline.runUntil(HOUR_MS + 1_000);
    expect(intake.isResting("a")).toBe(false);
    expect(intake.reason("a")).toBeUndefined();
    expect(rested).toHaveLength(1);
  });

  it("rests longer for what was under way when the rest began", async () => {
    const { timeline, intake, rested } = onTimeline();
    intake.took("a", INTAKE_PER_DAY + INTAKE_PER_DAY / 24);
    intake.took("a", INTAKE_PER_DAY / 24);
    await timeline.runUntil(HOUR_MS + 1_000);
    expect(intake.isResting("a")).toBe(true);
    await timeline.runUntil(2 * HOUR_MS + 1_000);
    expect(intake.isResting("a")).toBe(false);
    expect(rested).toHaveLength(1);
  });

  it("is whole again after a quiet day", async () => {
    const { timeline, intake } = onTimeline();
    intake.took("a", INTAKE_PER_DAY);
    await timeline.runUntil(24 * HOUR_MS);
    intake.took("a", INTAKE_PER_DAY);
    expect(intake.isResting("a")).toBe(false);
  });
});

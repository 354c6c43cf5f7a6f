import type { Delivery, DeliveryStep } from "../../node/service.ts";
import { formatTime, indent } from "../text.ts";
import { sectionLines } from "./readers.ts";

/** Each step with its evidence, how it ends, what may be read and why, and what to do next. */
export function deliveryLines(delivery: Delivery, language: string): string[] {
  const { entry, authority, stopsAt, steps, sections, next } = delivery;
  return [
    `${entry} to ${authority}`,
    ...indent(steps.flatMap(stepLines)),
    stopsAt === null ? `✓ ${authority} has what is addressed to it` : `✗ ${stopText(stopsAt, steps)}`,
    ...sectionLines(sections, language).map((line) => `${authority} ${line}`),
    ...(next === null ? [] : [`next: ${next}`]),
  ];
}

const MARK: Readonly<Record<DeliveryStep["state"], string>> = { yes: "✓", no: "✗", partly: "~", unknown: "?" };

const STOPS: Readonly<Record<NonNullable<Delivery["stopsAt"]>, string>> = {
  appended: "the entry itself is not here yet",
  addressed: "nothing shows that it is addressed to that authority",
  follows: "that authority may not follow the log",
  connected: "it waits",
  "entry-received": "it is on its way: its arrival is not confirmed yet",
  "parts-received": "the entry arrived; of what is addressed something is lacking or not confirmed",
};

/** Of a connection the reason says more than that there is none: who removed us does not wait. */
function stopText(stopsAt: NonNullable<Delivery["stopsAt"]>, steps: readonly DeliveryStep[]): string {
  const says = stopsAt === "connected" ? steps.find(({ step }) => step === "connected")?.says : undefined;
  return `${STOPS[stopsAt]}${says === undefined ? "" : `: ${says}`}`;
}

function stepLines({ state, says, time, evidence }: DeliveryStep): string[] {
  const why = [...(evidence === null ? [] : [evidence]), ...(time === null ? [] : [formatTime(time)])];
  return [`${MARK[state]} ${says}`, ...(why.length === 0 ? [] : [`    ${why.join(", ")}`])];
}

import type { Delivery, DeliveryStep } from "../../node/service.ts";
import { formatTime, indent } from "../text.ts";

/** Each step with its evidence, how it ends, and what to do next. */
export function deliveryLines({ entry, authority, stopsAt, steps, next }: Delivery): string[] {
  return [
    `${entry} to ${authority}`,
    ...indent(steps.flatMap(stepLines)),
    stopsAt === null ? `✓ ${authority} has what is addressed to it` : `✗ ${STOPS[stopsAt]}`,
    ...(next === null ? [] : [`next: ${next}`]),
  ];
}

const MARK: Readonly<Record<DeliveryStep["state"], string>> = { yes: "✓", no: "✗", partly: "~", unknown: "?" };

const STOPS: Readonly<Record<NonNullable<Delivery["stopsAt"]>, string>> = {
  appended: "the entry itself is not here yet",
  addressed: "nothing shows that it is addressed to that authority",
  follows: "that authority may not follow the log",
  connected: "there is no connection, for the reason above",
  "entry-received": "it is on its way: its arrival is not confirmed yet",
  "parts-received": "the entry arrived; of what is addressed something is lacking or not confirmed",
};

function stepLines({ state, says, time, evidence }: DeliveryStep): string[] {
  const why = [...(evidence === null ? [] : [evidence]), ...(time === null ? [] : [formatTime(time)])];
  return [`${MARK[state]} ${says}`, ...(why.length === 0 ? [] : [`    ${why.join(", ")}`])];
}

import type { Authority } from "./authority.ts";
import { LOG } from "./schemas.ts";
import { until } from "./until.ts";

/** Waits until every follower holds an entry, such as `toys.nl.example:17`, all before it, and every part for it. */
export async function untilHeld(entry: string, followers: readonly Authority[]): Promise<void> {
  const [log = "", index = ""] = entry.split(":");
  await Promise.all(
    followers.map((follower) =>
      until(`${follower.name} does not hold ${entry}`, async () => (await heldSize(follower, log)) > Number(index)),
    ),
  );
}

/** Entries that `who` holds of a log; 0 while a part of them is missing. */
export async function heldSize(who: Authority, log: string): Promise<number> {
  const held = (await who.ask(LOG, "logs")).find(({ name }) => name === log);
  return held === undefined || held.missingParts > 0 ? 0 : held.size;
}

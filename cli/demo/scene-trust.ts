import { loopback } from "./authority.ts";
import type { Authority } from "./authority.ts";
import { PEER } from "./schemas.ts";
import type { Identity } from "./scene-begin.ts";
import { authoritiesOf, show, showAll } from "./stage.ts";
import type { Stage } from "./stage.ts";
import { until } from "./until.ts";

/** Every authority adds the two others. */
export async function trust(stage: Stage, identities: ReadonlyMap<Authority, Identity>): Promise<void> {
  const { voice, consumer } = stage;
  const authorities = authoritiesOf(stage);
  voice.heading("Trust");
  voice.say("Nobody is trusted until a person says so. Each exports its charter, and sends the file to the others:");
  await showAll(
    stage,
    authorities.map((who) => ({ who, args: ["charter", "export", "--out", `${who.name}.txt`] })),
  );
  voice.say(
    `Each adds the two others, with the fingerprint that they read over the telephone: whoever forged a file on its way is found out. Two authorities connect once both have done so. (The wires to and from ${consumer.name} run through this demonstration, which will cut them: hence --address.)`,
  );
  const wires = await layWires(stage);
  // Every operator does one after the other; the three of them at the same time.
  for (const turn of [1, 2]) {
    const steps = authorities.map((who, i) => {
      const other = authorities[(i + turn) % authorities.length] ?? who;
      const wire = who === consumer || other === consumer ? wires.get(other) : undefined;
      const fingerprint = identities.get(other)?.fingerprint ?? "";
      const args = ["peer", "add", `${other.name}.txt`, "--fingerprint", fingerprint];
      return { who, args: [...args, ...(wire === undefined ? [] : ["--address", wire])] };
    });
    await showAll(stage, steps);
  }
  await Promise.all(authorities.map((who) => connected(who, authorities.length - 1)));
  voice.say("Trust stands on both sides of every pair, so all are connected, encrypted, each to each:");
  await show(stage, { who: consumer, args: ["peer", "list"] });
}

/** The addresses under which the one authority whose line will be cut reaches the others, and they reach it. */
async function layWires(stage: Stage): Promise<ReadonlyMap<Authority, string>> {
  const wires = new Map<Authority, string>();
  for (const to of authoritiesOf(stage)) wires.set(to, loopback(await stage.line.lay(to.port)));
  return wires;
}

/** Waits until `who` is connected to so many peers. */
export async function connected(who: Authority, count: number): Promise<void> {
  await until(`${who.name} is not connected to ${count} peers`, async () => {
    const peers = await who.ask(PEER, "peer", "list");
    return peers.filter(({ state }) => state === "connected").length === count;
  });
}

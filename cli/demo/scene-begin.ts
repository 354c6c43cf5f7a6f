import type { Authority } from "./authority.ts";
import { DemoError } from "./demo-error.ts";
import { authoritiesOf, showAll } from "./stage.ts";
import type { Stage } from "./stage.ts";

/** An authority as another one hears of it: by telephone. */
export type Identity = { readonly id: string; readonly fingerprint: string };

/** Makes three authorities and starts their nodes. */
export async function begin(stage: Stage): Promise<ReadonlyMap<Authority, Identity>> {
  const { voice } = stage;
  const authorities = authoritiesOf(stage);
  voice.heading("Three authorities");
  voice.say(
    "Each makes its keys and its own log. The root keys go on a USB stick (here: a folder), since they are needed only to replace the others. What stands before the $ says at whose desk a command is typed; each desk has its own data directory, which ENTENTE_DATA names.",
  );
  const outputs = await showAll(
    stage,
    authorities.map((who) => ({ who, args: who.initArgs, only: /is ready|^id|^fingerprint/ })),
  );
  voice.say(
    "Each starts its node: a process of its own that talks to other nodes over TCP, and takes orders only from its own operators.",
  );
  const greetings = authorities.map((who) => who.start());
  for (const greeting of greetings) greeting.catch(() => undefined);
  for (const [i, who] of authorities.entries()) {
    voice.command(who, who.startArgs, " &");
    voice.output([(await greetings[i])?.replace(/, socket.*/, ", …") ?? ""]);
  }
  return new Map(authorities.map((who, i) => [who, identityOf(outputs[i] ?? "")]));
}

function identityOf(output: string): Identity {
  const id = /^id +([0-9a-f]{64})$/m.exec(output)?.[1];
  const fingerprint = /^fingerprint +([0-9 ]{47})$/m.exec(output)?.[1];
  if (id === undefined || fingerprint === undefined)
    throw new DemoError("entente init printed no id", output.split("\n"));
  return { id, fingerprint };
}

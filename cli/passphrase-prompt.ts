import type { Prompt } from "../keys/passphrase.ts";
import { askSecret } from "./prompt.ts";
import type { World } from "./world.ts";

/** Asks on the terminal; undefined where there is none. */
export function passphrasePrompt({ terminal }: Pick<World, "terminal">): Prompt | undefined {
  return terminal === undefined ? undefined : (question) => askSecret(terminal, question);
}

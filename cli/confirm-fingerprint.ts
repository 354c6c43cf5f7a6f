import { parseFingerprint } from "../keys/fingerprint.ts";
import type { PeerPreview } from "../node/service.ts";
import { CliError } from "./cli-error.ts";
import { safeLine } from "./print-safe.ts";
import { ask, requireTerminal } from "./prompt.ts";
import { fields } from "./text.ts";
import type { World } from "./world.ts";

/** Groups that are typed as heard, and therefore not shown. */
const HIDDEN_GROUPS = 2;

/**
 * Throws `REFUSED` unless the authority's fingerprint, which reached the operator by another way than its file, is that of
 * the file: `given` where a script has it, else what a person types.
 */
export async function confirmFingerprint(
  world: Pick<World, "terminal">,
  preview: PeerPreview,
  given: string | undefined,
): Promise<void> {
  if (given !== undefined) {
    if (parseFingerprint(given) !== preview.fingerprint) throw differs(preview.name);
    return;
  }
  const terminal = requireTerminal(
    world.terminal,
    "adding a peer asks for its fingerprint",
    'give it with --fingerprint "…", as the authority read it to you',
  );
  for (const line of introduction(preview)) terminal.output.write(`${safeLine(line)}\n`);
  const typed = await ask(terminal, "The last two groups as they read them: ");
  const hidden = groups(preview).slice(-HIDDEN_GROUPS).join("");
  if (typed.replaceAll(/\s/g, "") !== hidden) throw differs(preview.name);
}

function introduction(preview: PeerPreview): string[] {
  const shown = groups(preview).map((group, i, all) => (i < all.length - HIDDEN_GROUPS ? group : "·····"));
  const size = preview.checkpointSize;
  return [
    ...fields([
      ["name", preview.name],
      ["title", preview.title],
      ["country", preview.country],
      ["charter", `number ${preview.serial}${size === null ? "" : `; its log has ${size} entries or more`}`],
      ["addresses", preview.addresses.join(", ") || "none in the file"],
      ["fingerprint", shown.join(" ")],
    ]),
    "",
    `Call ${preview.name} at a number that you did not find in this file, and have them read the fingerprint that`,
    "entente charter show gives there. Compare every group; type the two that are hidden here.",
  ];
}

function groups({ fingerprint }: PeerPreview): readonly string[] {
  return fingerprint.split(" ");
}

function differs(name: string): CliError {
  return new CliError(
    "REFUSED",
    "the fingerprint differs: nothing was changed",
    `this file may not come from ${name}: get it again by another way, and call them again`,
  );
}

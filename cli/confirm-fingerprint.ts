import { parseFingerprint } from "../keys/fingerprint.ts";
import type { PeerPreview } from "../node/service.ts";
import { CliError } from "./cli-error.ts";
import { safeLine } from "./print-safe.ts";
import { ask, requireTerminal } from "./prompt.ts";
import { fields } from "./text.ts";
import type { World } from "./world.ts";

/** Groups that are typed as heard, and therefore not shown. */
const HIDDEN_GROUPS = 2;
/** A slip of the finger is no fraud; ten digits are not guessed in three tries either. */
const TRIES = 3;

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
  let hasDiffered = false;
  for (let left = TRIES - 1; left >= 0; left--) {
    const typed = await ask(terminal, "The last two groups as they read them: ");
    const judged = judge(typed, preview);
    if (judged === "matches") return;
    hasDiffered ||= judged === "differs";
    const said = judged === "differs" ? "That does not match." : judged;
    if (left > 0) terminal.output.write(`${said} ${left === 1 ? "One try is" : `${left} tries are`} left.\n`);
  }
  if (hasDiffered) throw differs(preview.name);
  throw new CliError(
    "REFUSED",
    `${HIDDEN_GROUPS} groups of five digits were not typed: nothing was changed`,
    "repeat it when you have them: entente peer add FILE",
  );
}

/** `matches`, `differs`, or what is wrong with the form of what was typed. The whole fingerprint is as good as its end. */
function judge(typed: string, preview: PeerPreview): string {
  const digits = typed.replaceAll(/[\s.,-]/g, "");
  const all = groups(preview);
  const hidden = all.slice(-HIDDEN_GROUPS).join("");
  if (digits === "" || /[^0-9]/.test(digits)) return "Only the digits, please: two groups of five.";
  if (digits.length === all.join("").length) return digits === all.join("") ? "matches" : "differs";
  if (digits.length === hidden.length) return digits === hidden ? "matches" : "differs";
  return digits.length < hidden.length
    ? `These are ${digits.length} of ${hidden.length} digits: type both groups.`
    : `These are ${digits.length} digits: type the last ${hidden.length}, or all of them.`;
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
    "entente charter show gives there. Compare every group, and type the last two, which are hidden here.",
  ];
}

function groups({ fingerprint }: PeerPreview): readonly string[] {
  return fingerprint.split(" ");
}

function differs(name: string): CliError {
  return new CliError(
    "REFUSED",
    "the fingerprint does not match: nothing was changed",
    `this file may not come from ${name}: get it again by another way, and call them again`,
  );
}

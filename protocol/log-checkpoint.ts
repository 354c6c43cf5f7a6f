import { logKeyAt } from "./charter-chain.ts";
import type { Chain } from "./charter-chain.ts";
import { parseCheckpoint } from "./checkpoint.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { Primitives } from "./crypto.ts";
import { FormatError } from "./format-error.ts";
import { origin } from "./name.ts";
import { openNote, parseNote } from "./note.ts";
import type { Vkey } from "./vkey.ts";

/** A checkpoint and the log key under which its signature was verified. */
export type LogCheckpoint = { readonly checkpoint: Checkpoint; readonly key: Vkey };

/**
 * The checkpoint in a note, if it is one of the authority's log in `epoch`, signed by the key that its chain has in force
 * at the checkpoint's size. Throws `NOTE_MALFORMED`, `CHECKPOINT_MALFORMED`, `NOTE_SIGNATURE_INVALID` or, for another
 * origin, a missing signature and a size at which no key is in force, `NOTE_UNTRUSTED`.
 */
export function openLogCheckpoint(note: string, chain: Chain, epoch: number, primitives: Primitives): LogCheckpoint {
  const parsed = parseNote(note);
  const checkpoint = parseCheckpoint(parsed.text);
  if (checkpoint.origin !== origin(chain.name, epoch)) throw untrusted("a checkpoint of another log");
  const key = logKeyAt(chain, epoch, checkpoint.size);
  if (key === undefined) throw untrusted("no log key is in force at this size");
  openNote(parsed, [key], primitives);
  return { checkpoint, key };
}

function untrusted(message: string): FormatError {
  return new FormatError("NOTE_UNTRUSTED", message);
}

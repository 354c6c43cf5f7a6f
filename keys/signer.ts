import { utf8Encode } from "../protocol/bytes.ts";
import { cosignedMessage, formatCosignature } from "../protocol/cosignature.ts";
import { formatSignatureLine } from "../protocol/note.ts";
import { formatVkey, keyId, SIGNATURE_TYPE } from "../protocol/vkey.ts";
import { signMessage } from "./ed25519.ts";
import type { Ed25519KeyPair } from "./ed25519.ts";
import { KeyError } from "./key-error.ts";
import { sha256 } from "./sha256.ts";

/** Signs notes with a key of type 0x01: root, log, node and role keys. Prints without its secret. */
export type NoteSigner = {
  readonly name: string;
  /** What stands in the charter: `nvwa.nl/node+8d3a0c51+AV…`. */
  readonly vkey: string;
  /** The signature line, without newline, of a note's text. Throws KEY_MALFORMED for a text that no note has. */
  sign(noteText: string): string;
  /**
   * The same for a message that is no note: an approval or an endorsement, each of which begins with a namespace that no
   * note of ours begins with.
   */
  signBytes(message: Uint8Array): string;
};

/** Signs checkpoints as a witness, with a key of type 0x04. Prints without its secret. */
export type Cosigner = {
  readonly name: string;
  /** What stands in the charter: `nvwa.nl/witness+77cf12ab+BE…`. */
  readonly vkey: string;
  /** The signature line, without newline, over a checkpoint (its note text) at `time`, whole seconds since 1970. */
  cosign(checkpointText: string, time: number): string;
  /**
   * The proof of possession that a charter needs: a plain signature line, under the key id of type 0x01. Throws
   * KEY_MALFORMED for a text that is no charter's.
   */
  prove(charterText: string): string;
};

const CHARTER_FIRST_LINE = "entente charter v1\n";

export function createNoteSigner(name: string, key: Ed25519KeyPair): NoteSigner {
  const id = keyId(sha256, name, SIGNATURE_TYPE.ed25519, key.publicKey);
  const lineOf = (message: Uint8Array): string =>
    formatSignatureLine({ name, keyId: id, signature: signMessage(key, message) });
  return {
    name,
    vkey: vkeyOf(name, SIGNATURE_TYPE.ed25519, key),
    sign(noteText) {
      if (!noteText.endsWith("\n")) throw new KeyError("KEY_MALFORMED", "the text of a note ends in a newline");
      return lineOf(utf8Encode(noteText));
    },
    signBytes: lineOf,
  };
}

export function createCosigner(name: string, key: Ed25519KeyPair): Cosigner {
  const id = keyId(sha256, name, SIGNATURE_TYPE.cosignature, key.publicKey);
  return {
    name,
    vkey: vkeyOf(name, SIGNATURE_TYPE.cosignature, key),
    cosign(checkpointText, time) {
      const signature = formatCosignature({ time, signature: signMessage(key, cosignedMessage(time, checkpointText)) });
      return formatSignatureLine({ name, keyId: id, signature });
    },
    prove(charterText) {
      // Whatever this key signs beside charters is a cosignature: a text that someone else chose must not be one.
      if (!charterText.startsWith(CHARTER_FIRST_LINE))
        throw new KeyError("KEY_MALFORMED", "a witness key signs charters and checkpoints only");
      return signatureLine(name, key, utf8Encode(charterText));
    },
  };
}

function vkeyOf(name: string, type: number, key: Ed25519KeyPair): string {
  return formatVkey({ name, type, keyId: keyId(sha256, name, type, key.publicKey), publicKey: key.publicKey });
}

function signatureLine(name: string, key: Ed25519KeyPair, message: Uint8Array): string {
  const id = keyId(sha256, name, SIGNATURE_TYPE.ed25519, key.publicKey);
  return formatSignatureLine({ name, keyId: id, signature: signMessage(key, message) });
}

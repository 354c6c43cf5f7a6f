import { buildFirstCharter } from "../keys/charter-builder.ts";
import type { FirstCharter } from "../keys/charter-builder.ts";
import { admitPublicKey, keyPairFromSeed, verifySignature } from "../keys/ed25519.ts";
import { sha256 } from "../keys/sha256.ts";
import { createCosigner, createNoteSigner } from "../keys/signer.ts";
import type { Cosigner, NoteSigner } from "../keys/signer.ts";
import { toBase64, utf8Encode } from "../protocol/bytes.ts";
import { extendChain } from "../protocol/charter-chain.ts";
import type { Chain, ChainCrypto } from "../protocol/charter-chain.ts";

export const crypto: ChainCrypto = { sha256, verify: verifySignature, admitKey: admitPublicKey };

/** A signer whose key follows from `label`, which tells keys of one name apart. */
export function signer(name: string, label: string = name): NoteSigner {
  return createNoteSigner(name, keyPairFromSeed(sha256(utf8Encode(`test ${label}`))));
}

export function cosigner(name: string, label: string = name): Cosigner {
  return createCosigner(name, keyPairFromSeed(sha256(utf8Encode(`test ${label}`))));
}

export function rootSigners(name: string, ...numbers: readonly number[]): readonly NoteSigner[] {
  return numbers.map((n) => signer(`${name}/root/${n}`));
}

/** What an authority with three root keys, three to follow them, and two role keys begins with. */
export function firstCharter(name: string): FirstCharter {
  return {
    authority: name,
    title: "Market surveillance",
    country: "NL",
    rootThreshold: 2,
    roots: rootSigners(name, 1, 2, 3),
    next: { threshold: 2, vkeys: rootSigners(name, 4, 5, 6).map(({ vkey }) => vkey) },
    log: signer(name),
    witness: cosigner(`${name}/witness`),
    node: signer(`${name}/node`),
    member: sha256(utf8Encode(`test member ${name}`)),
    roles: [signer(`${name}/lab/1`), signer(`${name}/approver/1`)],
  };
}

export function firstChain(name: string): Chain {
  return extended(undefined, { epoch: 0, index: 0, note: buildFirstCharter(firstCharter(name)) });
}

/** `chain` with a charter that must be valid there. */
export function extended(
  chain: Chain | undefined,
  entry: { readonly epoch: number; readonly index: number; readonly note: string },
): Chain {
  const extension = extendChain(chain, entry, crypto);
  if (!extension.ok) throw new Error(`${extension.code}: ${extension.message}`);
  return extension.chain;
}

/** A checkpoint note. */
export function signedCheckpoint(log: NoteSigner, origin: string, size: number, root: Uint8Array): string {
  const text = `${origin}\n${size}\n${toBase64(root)}\n`;
  return `${text}\n${log.sign(text)}\n`;
}

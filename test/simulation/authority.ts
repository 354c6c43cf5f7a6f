import { createHash } from "node:crypto";
import { buildFirstCharter } from "../../keys/charter-builder.ts";
import { admitPublicKey, keyPairFromSeed, verifySignature } from "../../keys/ed25519.ts";
import { generateOnlineKeys, type OnlineKeys } from "../../keys/online-keys.ts";
import { sha256 } from "../../keys/sha256.ts";
import { createCosigner, createNoteSigner, type NoteSigner } from "../../keys/signer.ts";
import { type Chain, checkChain } from "../../protocol/charter-chain.ts";
import type { BatchCrypto } from "../../protocol/verify-batch.ts";
import type { Prng } from "./prng.ts";

/** Signatures whose verdict is remembered before all are forgotten. */
const VERDICTS_MAX = 50_000;

const verdicts = new Map<string, boolean>();

/**
 * The real thing; hashes and signatures take no virtual time. What one node verified is not computed again for the next:
 * half of all time would go there.
 */
export const CRYPTO: BatchCrypto = {
  sha256,
  admitKey: admitPublicKey,
  verify(publicKey, message, signature) {
    const question = createHash("sha256").update(publicKey).update(signature).update(message).digest("base64");
    const known = verdicts.get(question);
    if (known !== undefined) return known;
    if (verdicts.size >= VERDICTS_MAX) verdicts.clear();
    const verdict = verifySignature(publicKey, message, signature);
    verdicts.set(question, verdict);
    return verdict;
  },
};

/** An authority before its node is started. */
export type Authority = {
  readonly name: string;
  readonly keys: OnlineKeys;
  /** Its first charter, signed. */
  readonly charter: string;
  readonly chain: Chain;
  /** Signs the charters that follow. */
  readonly root: NoteSigner;
};

export function makeAuthority(name: string, prng: Prng, roles: readonly string[] = []): Authority {
  const random = (length: number): Uint8Array => prng.bytes(length);
  const keys = generateOnlineKeys({ name, epoch: 0, roles }, random);
  const root = createNoteSigner(`${name}/root/1`, keyPairFromSeed(random(32)));
  const next = createNoteSigner(`${name}/root/2`, keyPairFromSeed(random(32)));
  const charter = buildFirstCharter({
    authority: name,
    title: `Authority ${name}`,
    country: "EU",
    rootThreshold: 1,
    roots: [root],
    next: { threshold: 1, vkeys: [next.vkey] },
    log: createNoteSigner(name, keys.log),
    witness: createCosigner(`${name}/witness`, keys.witness),
    node: createNoteSigner(`${name}/node`, keys.node),
    member: keys.members[0].publicKey,
    roles: [...keys.roles].map(([role, key]) => createNoteSigner(`${name}/${role}`, key)),
  });
  const checked = checkChain([{ epoch: 0, index: 0, note: charter }], CRYPTO);
  if (!checked.ok) throw new Error(`the charter of ${name} is not valid: ${checked.message}`);
  return { name, keys, charter, chain: checked.chain, root };
}

import { buildNextCharter } from "../../keys/charter-builder.ts";
import { type Ed25519KeyPair, keyPairFromSeed } from "../../keys/ed25519.ts";
import { sha256 } from "../../keys/sha256.ts";
import { createNoteSigner } from "../../keys/signer.ts";
import { utf8Encode } from "../../protocol/bytes.ts";
import { type Chain, checkChain } from "../../protocol/charter-chain.ts";
import { type Authority, CRYPTO } from "../simulation/authority.ts";

export type Rotation = {
  readonly key: Ed25519KeyPair;
  readonly note: string;
  readonly chainAt: (index: number) => Chain;
};

/** The next charter of an authority, with another log key or node key that follows from `label`. */
export function rotate(authority: Authority, what: "log" | "node", label: string): Rotation {
  const { name, chain, charter, root } = authority;
  const key = keyPairFromSeed(sha256(utf8Encode(`rotation ${label}`)));
  const change =
    what === "log" ? { log: createNoteSigner(name, key) } : { node: createNoteSigner(`${name}/node`, key) };
  const note = buildNextCharter(chain, change, [root]);
  return {
    key,
    note,
    chainAt: (index) => {
      const checked = checkChain(
        [
          { epoch: 0, index: 0, note: charter },
          { epoch: 0, index, note },
        ],
        CRYPTO,
      );
      if (!checked.ok) throw new Error(checked.message);
      return checked.chain;
    },
  };
}

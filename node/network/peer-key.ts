import { publicKeyFromRaw } from "@libp2p/crypto/keys";
import type { PeerId } from "@libp2p/interface";
import { peerIdFromPublicKey } from "@libp2p/peer-id";
import { TransportError } from "../transport.ts";

const KEY_SIZE = 32;

/** The peer id (`12D3KooW…`) of a raw Ed25519 public key. */
export function peerIdOf(peerKey: Uint8Array): PeerId {
  if (peerKey.length !== KEY_SIZE)
    throw new TransportError("WRONG_PEER", `a node key has ${KEY_SIZE} bytes, not ${peerKey.length}`);
  return peerIdFromPublicKey(publicKeyFromRaw(peerKey));
}

/** The raw Ed25519 public key (32 bytes) that a peer id carries; `undefined` for keys of another type, which no charter names. */
export function peerKeyOf(peer: PeerId): Uint8Array | undefined {
  return peer.type === "Ed25519" ? peer.publicKey.raw : undefined;
}

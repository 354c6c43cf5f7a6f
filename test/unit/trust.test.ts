import { describe, expect, it } from "vitest";
import { type Peer, TrustStore } from "../../node/trust.ts";
import { toHex } from "../../protocol/bytes.ts";
import { type Authority, CRYPTO, makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { Drive } from "../simulation/virtual-disk.ts";
import { rotate } from "../support/rotation.ts";

const owner = makeAuthority("nvwa.nl", new Prng("trust"));
const id = toHex(owner.chain.id);
const peerOf = ({ name, chain }: Authority): Peer => {
  const seen = { instance: null, starts: 0, lastSeen: null };
  return { id, name, chain, addresses: [], floor: null, addedBy: "anna", addedAt: 0, ...seen };
};

async function trusting(): Promise<{ trust: TrustStore; reopened: () => Promise<TrustStore> }> {
  const disk = new Drive().instant();
  const trust = await TrustStore.open(disk, CRYPTO);
  await trust.put(peerOf(owner));
  return { trust, reopened: () => TrustStore.open(disk, CRYPTO) };
}

describe("trust", () => {
  it("ends when it is withdrawn, whatever else is noted of the peer at the time", async () => {
    const { trust, reopened } = await trusting();
    const noted = trust.touch(id, 5, "aa", 1);
    const removed = trust.remove(id);
    expect(trust.get(id), "from the call on").toBeUndefined();
    await Promise.all([noted, removed, trust.touch(id, 6, "bb", 2), trust.update(id, (peer) => peer)]);
    expect([trust.get(id), (await reopened()).get(id)]).toEqual([undefined, undefined]);
  });

  it("does not come back by a charter that was on its way", async () => {
    const disk = new Drive().instant();
    const written = Promise.withResolvers<void>();
    let isSlow = false;
    const trust = await TrustStore.open(
      {
        get: (key) => disk.get(key),
        getMany: (keys) => disk.getMany(keys),
        scan: (range) => disk.scan(range),
        compact: (ranges) => disk.compact(ranges),
        close: () => disk.close(),
        write: async (writes, sync) => {
          if (isSlow) await written.promise;
          await disk.write(writes, sync);
        },
      },
      CRYPTO,
    );
    await trust.put(peerOf(owner));
    isSlow = true;
    const learnt = trust.learnChain(id, rotate(owner, "log", "late").chainAt(3));
    await Promise.resolve();
    const removed = trust.remove(id);
    written.resolve();
    await learnt;
    expect(trust.get(id)).toBeUndefined();
    await removed;
    expect((await TrustStore.open(disk, CRYPTO)).get(id)).toBeUndefined();
  });

  it("keeps a charter that it learnt while something else was noted", async () => {
    const { trust, reopened } = await trusting();
    const { chainAt } = rotate(owner, "log", "trust");
    await Promise.all([trust.learnChain(id, chainAt(3)), trust.touch(id, 6, "bb", 2)]);
    const peer = (await reopened()).get(id);
    expect([peer?.chain.entries.length, peer?.instance]).toEqual([2, "bb"]);
  });

  it("learns charters only from who holds the node key that the last of them names", async () => {
    const { trust } = await trusting();
    const { chainAt, key } = rotate(owner, "node", "new node key");
    expect(await trust.learnChain(id, chainAt(7), owner.keys.node.publicKey)).toBe("kept");
    expect(trust.get(id)?.chain.entries).toHaveLength(1);
    expect(await trust.learnChain(id, chainAt(3), key.publicKey)).toBe("adopted");
    expect(trust.identify(key.publicKey)).toBe(id);
    expect(trust.identify(owner.keys.node.publicKey)).toBeUndefined();
  });
});

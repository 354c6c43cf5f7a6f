import { expect, it } from "vitest";
import { SYSTEM_CLOCK } from "../../node/clock.ts";
import { LogStore } from "../../node/log-store.ts";
import { Mirror } from "../../node/mirror.ts";
import { PartStore } from "../../node/part-store.ts";
import { OWNER_READS_ALL } from "../../node/reader-audiences.ts";
import { StoredLogVerifier } from "../../node/stored-log.ts";
import { sha256 } from "../../keys/sha256.ts";
import type { Chain } from "../../protocol/charter-chain.ts";
import { CRYPTO, makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { Drive } from "../simulation/virtual-disk.ts";
import { HandMadeLog } from "../support/hand-made-log.ts";
import { rotate } from "../support/rotation.ts";

const owner = makeAuthority("nvwa.nl", new Prng("stored log"));
const { note, chainAt } = rotate(owner, "node", "stored log");

/** What is found in a stored log of six entries, with a second charter at index 3, when it is verified by a chain. */
async function problems(chain: Chain): Promise<readonly string[]> {
  const log = new HandMadeLog(owner);
  while (log.size < 3) log.addPlain();
  log.add({ kind: "charter", time: 1_800_000_000, note });
  while (log.size < 6) log.addPlain();
  const disk = new Drive().instant();
  const store = await LogStore.open(disk, sha256, log.id, 0);
  const parts = new PartStore(disk, sha256, (length) => new Uint8Array(length));
  const mirror = new Mirror({
    disk,
    store,
    parts,
    crypto: CRYPTO,
    audiences: OWNER_READS_ALL,
    name: owner.name,
    chain: owner.chain,
    floor: undefined,
    onChain: () => Promise.resolve(),
    onStored: () => undefined,
    clock: SYSTEM_CLOCK,
    erasedIn: () => undefined,
    onErased: () => undefined,
    onAlarm: () => undefined,
    onFailed: () => undefined,
  });
  mirror.accept(log.batch(0, log.size));
  await mirror.idle();
  return (await new StoredLogVerifier(CRYPTO, store, parts, chain).verify(log.checkpoint(), () => undefined)).problems;
}

it("finds the chain's charters at their places, and no others", async () => {
  expect(await problems(chainAt(3))).toEqual([]);
  expect(await problems(owner.chain)).toEqual(["a valid charter at 3 is not in the chain there"]);
  expect(await problems(chainAt(4))).toEqual([
    "a valid charter at 3 is not in the chain there",
    "the charter that belongs at 4 is not there",
  ]);
});

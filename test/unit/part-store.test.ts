import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { logKey } from "../../node/keyspace.ts";
import { PartStore } from "../../node/part-store.ts";
import { Drive } from "../simulation/virtual-disk.ts";
import { sha256 } from "../primitives.ts";

const [LOG, INDEX, PART] = [1, 7, 2];

it("does not remember a part that was erased while it was read", async () => {
  const disk = new Drive().instant();
  let whileRead = (): Promise<void> => Promise.resolve();
  const slow = {
    ...disk,
    async get(key: Uint8Array): Promise<Uint8Array | undefined> {
      const value = await disk.get(key);
      await whileRead();
      return value;
    },
  };
  const parts = new PartStore(slow, sha256, (length) => new Uint8Array(randomBytes(length)));
  const large = { number: 1, size: 100_000, held: 2, hashes: new Uint8Array(64) };
  await disk.write([parts.writeLarge(LOG, INDEX, PART, large)], true);
  whileRead = async () => {
    await disk.write([{ key: logKey("largePart", LOG, INDEX, PART), value: undefined }], true);
    parts.forget(LOG, INDEX, PART);
  };
  await parts.large(LOG, INDEX, PART);
  whileRead = () => Promise.resolve();
  expect(await parts.large(LOG, INDEX, PART)).toBeUndefined();
});

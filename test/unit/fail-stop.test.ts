import { expect, it } from "vitest";
import type { Disk } from "../../node/disk.ts";
import { failStop } from "../../node/fail-stop.ts";
import { bytesKey } from "../../node/keyspace.ts";
import { Drive } from "../simulation/virtual-disk.ts";

const write = (n: number): { key: Uint8Array; value: Uint8Array } => ({
  key: bytesKey("meta", Uint8Array.of(n)),
  value: Uint8Array.of(n),
});

it("takes no write after one that failed, says so once for each, and still reads", async () => {
  const drive = new Drive();
  let isFull = false;
  const inner = drive.instant();
  const disk: Disk = {
    get: (key) => inner.get(key),
    getMany: (keys) => inner.getMany(keys),
    scan: (range) => inner.scan(range),
    compact: (ranges) => inner.compact(ranges),
    close: () => inner.close(),
    write: (writes, sync) => (isFull ? Promise.reject(new Error("no space")) : inner.write(writes, sync)),
  };
  const failures: string[] = [];
  const stopped = failStop(disk, (error) => failures.push(error.code));
  await stopped.write([write(1)], true);
  isFull = true;
  await expect(stopped.write([write(2)], true)).rejects.toMatchObject({ code: "FAILED" });
  isFull = false;
  await expect(stopped.write([write(3)], true)).rejects.toMatchObject({ code: "FAILED" });
  expect(failures).toEqual(["FAILED"]);
  expect(await stopped.get(write(1).key)).toEqual(Uint8Array.of(1));
  expect(await stopped.get(write(3).key)).toBeUndefined();
});

it("does not acknowledge what was on its way when another write failed", async () => {
  const slow = Promise.withResolvers<void>();
  const inner = new Drive().instant();
  let calls = 0;
  const stopped = failStop(
    {
      get: (key) => inner.get(key),
      getMany: (keys) => inner.getMany(keys),
      scan: (range) => inner.scan(range),
      compact: (ranges) => inner.compact(ranges),
      close: () => inner.close(),
      write: () => (calls++ === 0 ? slow.promise : Promise.reject(new Error("no space"))),
    },
    () => undefined,
  );
  const first = stopped.write([write(1)], true);
  await expect(stopped.write([write(2)], true)).rejects.toMatchObject({ code: "FAILED" });
  slow.resolve();
  await expect(first).rejects.toMatchObject({ code: "FAILED" });
});

import { expect, it } from "vitest";
import { HeadsFile } from "../../node/heads-file.ts";
import { LogStore } from "../../node/log-store.ts";
import { OwnLog } from "../../node/own-log.ts";
import { Drive } from "../simulation/virtual-disk.ts";
import { sha256 } from "../primitives.ts";

it("is idle only when the head of what it acknowledged stands in the heads file", async () => {
  const written = Promise.withResolvers<void>();
  let replace = (): Promise<void> => Promise.resolve();
  const heads = await HeadsFile.open({ read: () => Promise.resolve(undefined), replace: () => replace() });
  replace = () => written.promise;
  const log = new OwnLog({
    store: await LogStore.open(new Drive().instant(), sha256, new Uint8Array(32), 0),
    origin: "a.example",
    sign: () => "— a.example AAAAAAAA",
    sha256,
    clock: { now: () => 1_800_000_000_000, after: () => () => undefined },
    heads,
    ready: () => true,
    onAnnounced: () => undefined,
    onFailed: () => undefined,
  });
  await log.append([{ leaf: (time) => ({ kind: "followers", time, ids: [] }), parts: [], extra: () => [] }]);
  let isIdle = false;
  const idle = log.idle().then(() => (isIdle = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect([isIdle, log.announced.size]).toEqual([false, 0]);
  written.resolve();
  await idle;
  expect(log.announced.size).toBe(1);
});

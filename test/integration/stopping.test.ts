import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import type { Disk } from "../../node/disk.ts";
import { makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { link, trust } from "../support/five.ts";
import { startInProcess } from "../support/in-process-node.ts";
import { until } from "../support/until.ts";

it("a node that stops while it reads an answer from its store has no fault", async () => {
  const prng = new Prng("stopping");
  const scans = new HeldScans();
  const owner = await startInProcess(makeAuthority("nvwa.nl", prng), { wrapDisk: (disk) => scans.wrap(disk) });
  const reader = await startInProcess(makeAuthority("baua.de", prng));
  await trust(owner, [reader.authority]);
  await trust(reader, [owner.authority]);
  scans.hold();
  await link(reader, owner);
  await until("an answer is being read", () => scans.waiting > 0);
  await owner.stop();
  scans.release();
  await delay(50);
  expect(owner.faults).toEqual([]);
  await reader.stop();
});

/** Scans that, while held, give one value and then wait: a disk that has much else to do. */
class HeldScans {
  waiting = 0;
  #gate = Promise.resolve();
  release: () => void = () => undefined;

  hold(): void {
    this.#gate = new Promise((resolve) => {
      this.release = resolve;
    });
  }

  wrap(disk: Disk): Disk {
    const pass = async (): Promise<void> => {
      this.waiting += 1;
      await this.#gate;
      this.waiting -= 1;
    };
    return {
      ...disk,
      async *scan(range) {
        for await (const value of disk.scan(range)) {
          yield value;
          await pass();
        }
      },
    };
  }
}

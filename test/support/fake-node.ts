import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocalApi } from "../../node/api/local-api.ts";
import { silentLogger } from "../../node/logger.ts";
import { createFakeService } from "./fake-service.ts";
import type { FakeService } from "./fake-service.ts";

export type FakeNode = {
  readonly dataDir: string;
  readonly socketPath: string;
  readonly service: FakeService;
  /** How often somebody asked it to stop. */
  readonly stops: () => number;
  /** Serves, also again after `stop`. */
  start(): Promise<void>;
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** A data directory as a node leaves it, and the real local API over a fake service. */
export async function createFakeNode(): Promise<FakeNode> {
  const dataDir = await mkdtemp(join(tmpdir(), "entente-test-"));
  const socketPath = join(dataDir, "run", "entente.sock");
  await mkdir(join(dataDir, "operators"), { mode: 0o700 });
  await writeFile(join(dataDir, "config.json"), "{}");
  await writeFile(join(dataDir, "operators", "anna.token"), "anna-token\n", { mode: 0o600 });
  const service = createFakeService();
  let stops = 0;
  let api: { close(): Promise<void> } | undefined;
  const node: FakeNode = {
    dataDir,
    socketPath,
    service,
    stops: () => stops,
    start: async () => {
      api = await createLocalApi({ service, socketPath, log: silentLogger, stop: () => void stops++ });
    },
    stop: async () => {
      await api?.close();
      api = undefined;
    },
    [Symbol.asyncDispose]: async () => {
      await node.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  await node.start();
  return node;
}

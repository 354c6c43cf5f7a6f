import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NodeProcess, removeNodes } from "../support/nodes.ts";
import { until } from "../support/until.ts";

// How the process of a node ends where something goes wrong that nobody foresaw, as an error in a library does.

/** Planted in the process: an error from nowhere for one signal, something that keeps the process for the other. */
const PLANTED = `
  process.on("SIGUSR2", () => { throw new Error("planted"); });
  process.on("SIGHUP", () => { setInterval(() => undefined, 1000); console.error('{"level":"info","message":"kept"}'); });
`;
/** Of the machine: the node is stopped within a second, the process waits two. */
const PATIENCE_MS = 15_000;

let node: NodeProcess;

beforeAll(async () => {
  const options = `NODE_OPTIONS=--import=data:text/javascript,${encodeURIComponent(PLANTED)}`;
  node = await NodeProcess.create("nvwa.nl", undefined, { address: "/ip4/127.0.0.1/tcp/0", under: ["env", options] });
});
afterAll(removeNodes);

describe("the process of a node", () => {
  it("in which an error went unheard says so in its log, and ends as one that wants to be started again", async () => {
    await node.start();
    const { log } = await node.status();
    process.kill(node.pid ?? 0, "SIGUSR2");
    // Not 1, which for systemd (docker/entente.service) means that a person must look first.
    expect(await node.ended()).toBe(5);
    const [line = "", ...more] = node.errors();
    expect(more).toEqual([]);
    expect(JSON.parse(line)).toMatchObject({ level: "error", code: "CRASHED", err: { message: "planted" } });
    await node.start();
    expect((await node.status()).log.size).toBe(log.size);
    expect(await node.one("verify", "nvwa.nl")).toMatchObject({ problems: [] });
    expect(await node.stop()).toBe(0);
  });

  it("that was told to stop ends, though something keeps it", async () => {
    await node.start();
    process.kill(node.pid ?? 0, "SIGHUP");
    await until("it is kept", () => node.log.includes('"kept"'));
    const start = performance.now();
    expect(await node.stop()).toBe(0);
    expect(performance.now() - start).toBeLessThan(PATIENCE_MS);
  }, 30_000);
});

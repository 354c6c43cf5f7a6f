import type { Stream } from "@libp2p/interface";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { encodeCbor } from "../../protocol/cbor.ts";
import { encodeRequest } from "../../protocol/wire/frame.ts";
import { type Authority, makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { Adversary, framed, helloOf, rawStream, stopHostile } from "../support/hostile.ts";
import { chainFileOf, type InProcessNode, startInProcess } from "../support/in-process-node.ts";

// Who sends more than anybody needs slows himself down.

const prng = new Prng("flood");
/** What a node may take from somebody who reads nothing: two windows of a stream, and what those answers fill. */
const MOST_UNREAD = 2 * 1024 * 1024;
/** Tenths of a second. */
const PATIENCE = 15;
/** More than the strangers that may be connected at a time. */
const STRANGERS = 36;

let victim: InProcessNode;
let friend: Authority;

beforeAll(async () => {
  friend = makeAuthority("baua.de", prng.fork("friend"));
  victim = await startInProcess(makeAuthority("nvwa.nl", prng.fork("victim")));
  await victim.service.addPeer(chainFileOf(friend), [], "anna");
});
afterAll(() => victim.stop());
afterEach(async () => {
  await stopHostile();
  expect(victim.faults).toEqual([]);
});

describe("a flood", () => {
  it("of requests whose answers nobody reads is not read", async () => {
    const stream = await rawStream(friend, victim);
    stream.pause();
    stream.send(framed(encodeRequest(1, { kind: "hello", ...helloOf(friend) })));
    let sent = 0;
    for (let n = 2; sent < MOST_UNREAD; n += 4_000) {
      const requests = Array.from({ length: 4_000 }, (_, i) => encodeCbor([n + i, "x", {}]));
      const bytes = framed(...requests);
      stream.send(bytes);
      sent += bytes.length;
      if (!(await isTaken(stream))) break;
    }
    expect(stream.status).toBe("open");
    expect(sent).toBeLessThan(MOST_UNREAD);
  });

  it("of strangers costs an authority that we trust nothing, also before it has greeted", async () => {
    const trusted = await Adversary.connect(friend, victim);
    const stranger = makeAuthority("nobody.example", prng.fork("stranger"));
    for (let n = 0; n < STRANGERS; n++) await Adversary.connect(stranger, victim);
    expect(await trusted.greet()).toBe(true);
  });
});

/** Whether the far end takes what is sent until nothing is left; not if it takes nothing for a while. */
async function isTaken(stream: Stream): Promise<boolean> {
  let left = stream.writeBufferLength;
  for (let idle = 0; left > 0 && idle < PATIENCE; idle++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    if (stream.writeBufferLength < left) idle = 0;
    left = stream.writeBufferLength;
  }
  return left === 0;
}

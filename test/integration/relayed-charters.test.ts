import { afterEach, expect, it } from "vitest";
import { buildNewEpoch } from "../../keys/charter-builder.ts";
import { keyPairFromSeed } from "../../keys/ed25519.ts";
import { sha256 } from "../../keys/sha256.ts";
import { createNoteSigner } from "../../keys/signer.ts";
import { toHex, utf8Encode } from "../../protocol/bytes.ts";
import { extendChain } from "../../protocol/charter-chain.ts";
import { parseCheckpoint } from "../../protocol/checkpoint.ts";
import type { Leaf } from "../../protocol/leaf/leaf.ts";
import { parseNote } from "../../protocol/note.ts";
import type { Answer, Request } from "../../protocol/wire/frame.ts";
import { type Authority, CRYPTO, makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { link, trust } from "../support/five.ts";
import { HandMadeLog } from "../support/hand-made-log.ts";
import { Adversary, helloOf, stopHostile } from "../support/hostile.ts";
import { type InProcessNode, startInProcess } from "../support/in-process-node.ts";
import { rotate } from "../support/rotation.ts";
import { until } from "../support/until.ts";

/** Where the second charter stands: far behind what one frame brings. */
const PLACE = 1_200;

const prng = new Prng("relayed charters");
let nodes: InProcessNode[] = [];

afterEach(async () => {
  await stopHostile();
  await Promise.all(nodes.map((node) => node.stop()));
  nodes = [];
});

it("another log key, and then another epoch, are learnt through a relay", { timeout: 60_000 }, async () => {
  const owner = makeAuthority("nvwa.nl", prng);
  const [relay, far] = [await start("baua.de"), await start("ptac.lv")];
  await trust(relay, [owner, far.authority]);
  await trust(far, [owner, relay.authority]);
  await link(relay, far);
  const log = new HandMadeLog(owner);
  log.add(followers(relay, far));
  while (log.size < PLACE) log.addPlain();
  // The last of the plain entries names nobody.
  const rotation = rotate(owner, "log", "through a relay");
  log.add({ kind: "charter", time: 1_800_000_000, note: rotation.note });
  log.add(followers(relay, far));
  while (log.size < PLACE + 300) log.addAudience(relay.authority);
  const rotated: Authority = { ...owner, chain: rotation.chainAt(PLACE) };
  await serve(rotated, relay, (request) => signedBy(rotation.key, log, request));
  await until("the relay has it", () => entries(relay, owner) === log.size);
  await until("who knows the relay alone has it", () => entries(far, owner) === log.size);
  expect(chainOf(far, owner)).toEqual(rotated.chain.entries.map(({ index, text }) => [index, text]));
  expect(far.core.mirrorOf(toHex(owner.chain.id))?.alarms).toEqual([]);

  // The owner begins anew: the chain says so, and who asks the relay for the old epoch hears of it.
  await stopHostile();
  const { size, root } = parseCheckpoint(parseNote(log.checkpoint({ key: rotation.key })).text);
  const next = keyPairFromSeed(sha256(utf8Encode("another epoch")));
  const opening = { epoch: 1, continues: { epoch: 0, size, root }, log: createNoteSigner("nvwa.nl/1", next) };
  const note = buildNewEpoch(rotated.chain, opening, {}, [owner.root]);
  const extended = extendChain(rotated.chain, { epoch: 1, index: 0, note }, CRYPTO);
  if (!extended.ok) throw new Error(extended.message);
  const anew = new HandMadeLog({ ...owner, charter: note });
  anew.add(followers(relay, far));
  const signed = { origin: "nvwa.nl/1", key: next };
  await serve({ ...owner, chain: extended.chain }, relay, (request) => {
    if (request.kind !== "pull") return undefined;
    const from = request.logs.find(({ epoch }) => epoch === 1)?.from;
    if (from === undefined) return { kind: "nothing" };
    if (from >= anew.size) return undefined;
    return anew.batch(from, anew.size, { epoch: 1, checkpoint: anew.checkpoint(signed) });
  });
  await until("the relay knows", () => chainOf(relay, owner).length === 3);
  await until("who knows the relay alone knows", () => chainOf(far, owner).length === 3);
  await until("and has the first entries of the new epoch", () => entries(far, owner, 1) === anew.size);
  expect([...relay.faults, ...far.faults]).toEqual([]);
});

async function start(name: string): Promise<InProcessNode> {
  const node = await startInProcess(makeAuthority(name, prng));
  nodes.push(node);
  return node;
}

async function serve(
  owner: Authority,
  to: InProcessNode,
  answer: (request: Request) => Answer | undefined,
): Promise<void> {
  const connected = await Adversary.connect(owner, to);
  await connected.greet(helloOf(owner));
  const asked = await connected.asked();
  await asked.greet();
  asked
    .answerAll((request) => (request.kind === "compare" ? { kind: "compare", checkpoints: [] } : answer(request)))
    .catch(() => undefined);
}

/** What the owner answers who signs with the key that it has now. */
function signedBy(key: Authority["keys"]["log"], log: HandMadeLog, request: Request): Answer | undefined {
  const answer = log.answer(request);
  return answer?.kind === "batch" ? { ...answer, checkpoint: log.checkpoint({ key }) } : answer;
}

function followers(...named: readonly InProcessNode[]): Leaf {
  const ids = named.map(({ authority }) => authority.chain.id).sort((a, b) => Buffer.compare(a, b));
  return { kind: "followers", time: 1_800_000_000, ids };
}

function entries(node: InProcessNode, owner: Authority, epoch = 0): number {
  return (
    node.core.readableMirrors().find(({ store }) => toHex(store.id) === toHex(owner.chain.id) && store.epoch === epoch)
      ?.store.head.size ?? 0
  );
}

function chainOf(node: InProcessNode, owner: Authority): readonly (readonly [number, string])[] {
  const chain = node.core.trust.get(toHex(owner.chain.id))?.chain;
  return chain?.entries.map(({ index, text }) => [index, text]) ?? [];
}

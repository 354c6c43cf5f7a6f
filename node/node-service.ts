import { fromHex, toHex, utf8Encode } from "../protocol/bytes.ts";
import type { Sha256 } from "../protocol/crypto.ts";
import { FormatError } from "../protocol/format-error.ts";
import { ArrivalFeed } from "./arrivals.ts";
import { seconds } from "./clock.ts";
import { backUp } from "./backup.ts";
import type { CheckedDisk } from "./checked-disk.ts";
import { createCaseService } from "./case-service.ts";
import { checkedContent } from "./checked-content.ts";
import { completeness } from "./completeness.ts";
import type { Core } from "./core.ts";
import { explain } from "./delivery.ts";
import type { DataDir } from "./data-dir.ts";
import type { Disk } from "./disk.ts";
import type { DiskGuard } from "./disk-guard.ts";
import { Entries } from "./entries.ts";
import { createEraseService } from "./erasing/erase-service.ts";
import { LegalHolds } from "./erasing/legal-holds.ts";
import { ErasureSweep } from "./erasing/sweep.ts";
import { createEvidenceService } from "./evidence-service.ts";
import { grant } from "./granting.ts";
import { bytesKey } from "./keyspace.ts";
import { PartLengthError } from "./part-store.ts";
import { createMetrics } from "./metrics.ts";
import { PeerStatuses } from "./peer-status.ts";
import { createPeerService } from "./peers.ts";
import { ReaderPolicy } from "./policy/part-readers.ts";
import { createPolicyService } from "./policy/policy-service.ts";
import { PolicyStore } from "./policy/policy-store.ts";
import { Prover } from "./prover.ts";
import { Publisher } from "./publisher.ts";
import { Reader } from "./reader.ts";
import { ReferenceIndex } from "./reference-index.ts";
import { Scrubber } from "./scrubber.ts";
import type { Background } from "./background.ts";
import { caseFolding } from "./case-folding.ts";
import type { Indexer } from "./search/indexer.ts";
import { createSearchService } from "./search/search-service.ts";
import { type LogStatus, type NodeService, ServiceError, type Status } from "./service.ts";
import { logStatus, nodeStatus } from "./status.ts";
import { DecisionError } from "./own-head.ts";
import { StoredLogVerifier } from "./stored-log.ts";

export type ServiceInit = {
  readonly core: Core;
  readonly version: string;
  /** Addresses that peers are told. */
  readonly announce: readonly string[];
  /** The store itself. */
  readonly checked: CheckedDisk;
  /** Of the data directory. */
  readonly paths: DataDir;
  readonly indexer: Indexer;
};

/** What a running node offers to its people, over its core. */
export async function createNodeService({ core, version, announce, paths, checked, indexer }: ServiceInit): Promise<{
  readonly service: NodeService;
  readonly sweep: ErasureSweep;
  readonly folding: Background;
}> {
  const entries = new Entries(core);
  const policies = await PolicyStore.open(core.init.disk);
  const publisher = await Publisher.open(core, entries, new ReaderPolicy(core, entries, policies));
  const reader = new Reader(core, entries);
  const references = new ReferenceIndex(core, entries, reader);
  const prover = new Prover(core, entries);
  const startedAt = seconds(core.clock);
  const peers = new PeerStatuses(core, startedAt);
  const status = (): Promise<Status> =>
    nodeStatus({ core, publisher, entries, peers, indexer, version, startedAt, announce, dataDir: paths.root });
  const logs = (): readonly LogStatus[] => entries.logs().map((log) => logStatus(core, log));
  const metrics = createMetrics();
  const { sha256 } = core.init.crypto;

  const cases = createCaseService(core, entries, references);
  const arrivals = new ArrivalFeed(core, entries, reader, async (entry) => (await cases.service.caseOf(entry)).duties);
  const holds = new LegalHolds(core.init.disk);
  const sweep = new ErasureSweep({
    core,
    entries,
    holds,
    publish: (input, operator) => publisher.publish(input, operator),
    async settle() {
      await cases.cases.upToDate(() => undefined);
      await indexer.upToDate();
    },
  });

  const service: NodeService = {
    ...createPeerService(core, entries, peers, announce),
    ...createEvidenceService(core),
    ...cases.service,
    ...createEraseService({ core, entries, references, holds, cases: cases.cases }),
    ...createPolicyService(core, entries, policies, () => publisher.policyChanged()),
    ...createSearchService({ core, entries, reader, indexer }),
    status,
    logs: () => Promise.resolve(logs()),
    metrics: async () => metrics.render(await status(), logs()),

    async stage(input, content) {
      const { space } = core.init;
      await space.requireAttachment(input.length);
      try {
        const { number, staged } = await core.parts.stage(
          { ...input, ownerId: fromHex(core.ownId), since: seconds(core.clock) },
          checkedContent(input, whileRoom(space, content)),
        );
        return { staged: String(number), length: input.length, size: staged.size };
      } catch (error) {
        if (error instanceof FormatError || error instanceof PartLengthError)
          throw new ServiceError("INVALID", error.message, null);
        throw error;
      }
    },
    publish: (input, operator) => publisher.publish(input, operator),
    preview: (input) => publisher.preview(input),
    async keyState(keys) {
      const states = await Promise.all(keys.map(async (key) => ({ key, state: await publisher.keyState(key) })));
      const [own] = entries.logs();
      return states.flatMap(({ key, state }) =>
        state === undefined || own === undefined
          ? []
          : [
              {
                key,
                first: entries.entryText(own, state.first),
                latest: entries.entryText(own, state.latest),
                digest: state.digest,
              },
            ],
      );
    },

    grant: (input, operator) => grant(core, entries, policies.policy, input, operator),

    arrivals: (query, signal) => arrivals.next(query, signal),
    list: (query) => reader.list(query),
    show: (entry, language) => reader.show(entry, language),
    thread: (entry, language) => references.thread(entry, language),
    readPart: (entry, part) => reader.readPart(entry, part),
    fetchPart: (entry, part, onProgress) => reader.fetchPart(entry, part, onProgress),

    completeness: (name, onProgress) => completeness(core, entries, reader, name, onProgress),
    explain: (entry, authority) => explain({ core, entries, reader, references }, entry, authority),

    async verifyLog(name, onProgress) {
      const log = entries.log(name);
      const chain = log.mirror === undefined ? core.ownChain : log.mirror.chain;
      const note = log.mirror === undefined ? core.ownLog.announced.checkpoint : (log.mirror.reached?.note ?? "");
      if (note === "") throw new ServiceError("NOT_FOUND", `nothing of ${log.name} is here yet`, "entente status");
      const verifier = new StoredLogVerifier(core.init.crypto, log.store, core.parts, chain);
      const report = await verifier.verify(note, (done, total) => onProgress({ done, total, what: "entries" }));
      return { ...report, contested: log.contested };
    },
    proveEntry: (entry, parts) => prover.entry(entry, parts),
    proveLog: (name, withParts) => prover.log(name, withParts),

    scrub: (onProgress) => new Scrubber({ core, entries, disk: checked }, onProgress).run(),
    backUp: (directory, onProgress) => backUp({ ...core.init, paths }, directory, onProgress),

    async settle(decision, operator) {
      try {
        await core.decide(decision);
      } catch (error) {
        throw error instanceof DecisionError ? undecided(error) : error;
      }
      core.log.warn({ operator, decision }, "a person decided how the node goes on");
      return await status();
    },
    async addOperator(name) {
      const token = toHex(core.init.random(32));
      await storeOperator({ disk: core.init.disk, sha256 }, name, token);
      return { name, token };
    },
    async operatorOf(token) {
      const stored = await core.init.disk.get(bytesKey("operator", sha256(utf8Encode(token))));
      return stored === undefined ? undefined : new TextDecoder().decode(stored);
    },
  };
  return { service, sweep, folding: caseFolding(core, cases.cases) };
}

/** Several that come at a time may take more room than each was told there is. */
async function* whileRoom(space: DiskGuard, content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of content) {
    space.require("entries");
    yield piece;
  }
}

/** Only a digest of a token is kept: who reads the store cannot act with it. */
export async function storeOperator(
  init: { readonly disk: Disk; readonly sha256: Sha256 },
  name: string,
  token: string,
): Promise<void> {
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/.test(name))
    throw new ServiceError(
      "INVALID",
      `${name} is not the name of an operator`,
      "use lower-case letters, digits, dot, dash and underscore",
    );
  await init.disk.write([{ key: bytesKey("operator", init.sha256(utf8Encode(token))), value: utf8Encode(name) }], true);
}

function undecided({ ahead }: DecisionError): ServiceError {
  if (ahead === undefined)
    return new ServiceError(
      "REFUSED",
      "nobody who is connected holds more of this log than this node",
      "entente status",
    );
  return new ServiceError(
    "REFUSED",
    `${ahead.peer} holds ${ahead.size} entries of this log, more than this node: to sign now would make a second history, which everybody sees and nobody can take back`,
    "entente settle --take-back",
  );
}

import { fromHex, toHex } from "../protocol/bytes.ts";
import { logText } from "../protocol/serve.ts";
import { type Chain, lastCharter, type PlacedCharter } from "../protocol/charter-chain.ts";
import { origin } from "../protocol/name.ts";
import type { BatchCrypto } from "../protocol/verify-batch.ts";
import type { OnlineKeys } from "../keys/online-keys.ts";
import { createCosigner, createNoteSigner } from "../keys/signer.ts";
import { Admission } from "./admission.ts";
import { Allowances } from "./allowances.ts";
import { Charters } from "./charters.ts";
import { Comparing } from "./comparing.ts";
import type { Clock, Random } from "./clock.ts";
import { Connections } from "./connections.ts";
import { Cosigning } from "./cosigning.ts";
import type { Disk } from "./disk.ts";
import type { DiskGuard } from "./disk-guard.ts";
import { ErasedParts } from "./erasing/erased-parts.ts";
import { Erasures } from "./erasing/erasures.ts";
import { EvidenceStore } from "./evidence-store.ts";
import { Following } from "./following.ts";
import type { Followed } from "./followed.ts";
import { FollowedLogs } from "./followed-logs.ts";
import type { HeldEvidence, SignedHead } from "./held-evidence.ts";
import { Gathering } from "./gathering.ts";
import { Grants } from "./grants.ts";
import type { HeadsFile } from "./heads-file.ts";
import { Intake } from "./intake.ts";
import { LentChains } from "./lent-chains.ts";
import { LeafRepairs } from "./leaf-repairs.ts";
import type { Logger } from "./logger.ts";
import type { LogStore } from "./log-store.ts";
import type { Mirror } from "./mirror.ts";
import { OwnAudiences } from "./own-audiences.ts";
import { OwnFollowers } from "./own-followers.ts";
import { OwnHead } from "./own-head.ts";
import { OwnLog } from "./own-log.ts";
import { PartAnswers } from "./part-answers.ts";
import { PartStore } from "./part-store.ts";
import { Serving } from "./serving.ts";
import type { SessionHost } from "./session.ts";
import { Sources } from "./sources.ts";
import { Testimony } from "./testimony.ts";
import type { Transport } from "./transport.ts";
import type { Peer, TrustStore } from "./trust.ts";
import type { FetchSettings } from "./fetch-policy.ts";
import { WantedParts } from "./wanted-parts.ts";
import type { Witnesses } from "./witness.ts";

/** The outside of a node's core. */
export type CoreInit = {
  readonly disk: Disk;
  readonly heads: HeadsFile;
  readonly clock: Clock;
  readonly random: Random;
  readonly transport: Transport;
  readonly keys: OnlineKeys;
  readonly crypto: BatchCrypto;
  readonly fetch: FetchSettings;
  readonly log: Logger;
  readonly space: DiskGuard;
};

/** What is read from the store before the rest can be put together. */
export type Opened = {
  readonly store: LogStore;
  readonly trust: TrustStore;
  readonly ownChain: Chain;
  /** Of our own log. */
  readonly witnesses: Witnesses;
  readonly evidence: readonly HeldEvidence[];
};

export type CoreEvents = {
  /** Something happened that may matter to somebody who waits. */
  readonly changed: () => void;
  /** The node cannot go on. */
  readonly onFailed: (error: unknown) => void;
};

export type Wiring = {
  readonly ownId: string;
  readonly ownName: string;
  readonly parts: PartStore;
  readonly ownLog: OwnLog;
  readonly audiences: OwnAudiences;
  /** Of our own log. */
  readonly grants: Grants;
  /** Of our own log. */
  readonly erased: ErasedParts;
  readonly erasures: Erasures;
  readonly followers: OwnFollowers;
  readonly charters: Charters;
  readonly evidence: EvidenceStore;
  readonly ownHead: OwnHead;
  readonly wanted: WantedParts;
  readonly answers: PartAnswers;
  readonly repairs: LeafRepairs;
  readonly following: Following;
  readonly logs: FollowedLogs;
  readonly sources: Sources;
  readonly intake: Intake;
  readonly serving: Serving;
  readonly connections: Connections;
};

/**
 * Puts the parts of a node together. Each is handed those that it uses, which stand above it here; where one below must
 * hear of something, a function leads there.
 */
export function wire(init: CoreInit, opened: Opened, events: CoreEvents): Wiring {
  const { store, trust, ownChain, witnesses } = opened;
  const { disk, random, keys, crypto } = init;
  const { sha256 } = crypto;
  const instance = random(16);
  const ownId = toHex(store.id);
  const ownName = ownChain.name;
  const parts = new PartStore(disk, sha256, random);
  const common = { ...init, ...events, sha256, ownId, ownName, trust, witnesses, parts };
  const ready = (): boolean => ownHead.ready;
  const ownGrew = (): void => {
    serving.ownGrew();
    events.changed();
  };
  const onStored = (mirror: Mirror): void => {
    const followed = logs.get(mirror.key);
    const isOwn = mirror.owner === ownId;
    if (isOwn) ownHead.recoveredSome().catch(events.onFailed);
    else if (followed !== undefined) logs.afterStored(followed).catch(events.onFailed);
  };

  const logName = origin(ownName, store.epoch);
  const logSigner = createNoteSigner(logName, keys.log);
  const sign = (text: string): string => logSigner.sign(text);
  const ownLog = new OwnLog({ ...common, store, origin: logName, sign, ready, onAnnounced: ownGrew });
  const audiences = new OwnAudiences({ ...common, log: ownLog, ownId: store.id, memberKey: keys.members[0] });
  const grants = new Grants(store, crypto);
  const erased = new ErasedParts({ disk, store, parts });
  const erasures = new Erasures({
    ...common,
    store,
    chain: () => charters.own,
    partsOf: (epoch) => (epoch === store.epoch ? erased : undefined),
    onChanged: events.changed,
  });
  const followers = new OwnFollowers({ ownLog, trust, onPublished: ownGrew });
  const onAdopted = async (peer: Peer): Promise<void> => {
    logs.adopt(peer);
    await connections.dropReplacedKeys(peer.id, lastCharter(peer.chain).node.publicKey);
  };
  const fits = (entry: PlacedCharter, id: string): Promise<boolean> => logs.fits(entry, id);
  const onTwoChains = (held: Chain, other: Chain): Promise<void> => gathering.twoChains(held, other);
  const charters = new Charters({ ...common, own: ownChain, onAdopted, onTwoChains, fits });
  const agrees = async (id: string, epoch: number, { size, root }: SignedHead): Promise<boolean> => {
    const isOwn = id === ownId && epoch === store.epoch;
    const held = isOwn ? ownLog.store : logs.get(logText(fromHex(id), epoch))?.mirror.store;
    return held === undefined || size > held.head.size || toHex(await held.rootAt(size)) === root;
  };
  const planAll = (): void => connections.planAll();
  const evidence = new EvidenceStore({
    ...common,
    held: opened.evidence,
    chainOf: (id) => charters.of(id),
    agrees,
    onAdded: ({ name, digest, from }) => {
      init.log.warn(
        { log: name, evidence: digest, from: trust.nameOf(from) },
        "there is evidence that an authority broke its word",
      );
      planAll();
      events.changed();
    },
    onDecided: ({ name, digest, decision }) => {
      init.log.warn({ log: name, evidence: digest, ...decision }, "a person decided what evidence means");
      logs.cosignAll().catch(events.onFailed);
      events.changed();
    },
  });
  const ownHead = new OwnHead({
    ...common,
    ownLog,
    charters,
    followers,
    reload: async () => {
      await followers.reload();
      await grants.load(disk, charters.own);
      await erasures.load();
      await erasures.run();
    },
    peers: trust.count(),
    cosignAll: () => logs.cosignAll(),
    planAll: () => connections.planAll(),
    greetAllAnew: (reason) => connections.greetAllAnew(reason),
    onStored,
  });

  const cosigner = createCosigner(`${ownName}/witness`, keys.witness);
  const nodeSigner = createNoteSigner(`${ownName}/node`, keys.node);
  const cosigning = new Cosigning({ ...common, evidence, cosigner, nodeSigner });
  const onGrown = (): void => connections.grown();
  const isHere = (peer: string): boolean => connections.sessionsOf(peer).some((session) => session.following);
  const wanted = new WantedParts({
    ...common,
    isHere,
    peersOf: (mirror) => following.peersOf(mirror),
    onWanted: planAll,
  });
  const ownFrom = (peer: string): Followed | undefined => ownHead.wantedFrom(peer);
  const logs = new FollowedLogs({
    ...common,
    members: keys.members,
    charters,
    cosigning,
    wanted,
    ready,
    ownFrom,
    planAll,
    onGrown,
    onStored,
    onFork: (mirror, other) => gathering.fork(mirror, other, mirror.chain),
  });
  const testimony = new Testimony({ ...common, ownLog, ownHead, charters, logs });
  const sources = new Sources({ clock: init.clock, onTurned: planAll });
  const intake = new Intake({ clock: init.clock, onRested: planAll });
  const lent = new LentChains();
  const gathering = new Gathering({ ...common, evidence });
  const answers = new PartAnswers(init.clock);
  const repairs = new LeafRepairs(planAll);
  const following: Following = new Following({
    ...common,
    repairs,
    charters,
    logs,
    wanted,
    answers,
    cosigning,
    lent,
    sources,
    intake,
    gathering,
    evidence,
    planAll,
    comparing: () => comparing,
  });
  const serving = new Serving({
    ...common,
    charters,
    ownLog,
    audiences,
    grants,
    followers,
    logs,
    evidence,
    cosigner,
    ready,
    onGrown,
  });

  const comparing = new Comparing({
    ...common,
    charters,
    logs,
    lent,
    sources,
    testimony,
    gathering,
    showable: (asker, shown) => serving.showable(asker, shown),
    evidenceFor: (asker) => serving.evidenceFor(asker),
  });

  const host: SessionHost = {
    clock: init.clock,
    log: init.log,
    allowances: new Allowances(init.clock),
    answerer: serving.answerer,
    serveView: serving.view,
    followView: (session) => following.view(session),
    hello: (peerKey) => admission.hello(peerKey),
    judge: (session, hello, rest) => admission.judge(session, hello, rest),
    onFollowing: (session) => following.begin(session),
    take: (from, request) => testimony.take(from, request),
    shown: (session, request) => comparing.shown(session, request),
    effect: (session, effect) => following.effect(session, effect),
    onClosed: (session, code, reason) => {
      connections.closed(session, code, reason);
      following.end(session);
    },
  };
  const nodeKey = keys.node.publicKey;
  const connections = new Connections({ ...common, nodeKey, host });
  const admission = new Admission({ ...common, nodeKey, instance, charters, logs, ownHead, testimony, connections });
  return {
    ownId,
    ownName,
    parts,
    ownLog,
    audiences,
    grants,
    erased,
    erasures,
    followers,
    charters,
    evidence,
    ownHead,
    wanted,
    answers,
    repairs,
    following,
    logs,
    sources,
    intake,
    serving,
    connections,
  };
}

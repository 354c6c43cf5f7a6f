import type { ErasureStatus, RetentionDue } from "../../node/erasure-types.ts";
import type {
  Completeness,
  EntryDetail,
  EntrySummary,
  Health,
  ListQuery,
  LogStatus,
  NodeService,
  PeerStatus,
  ProofFile,
  PublishInput,
  Published,
  SearchQuery,
  Status,
} from "../../node/service.ts";
import type { LeftArea, PolicyStatus } from "../../node/policy-types.ts";
import { ServiceError } from "../../node/service.ts";
import { NO_POLICY, readPolicyFile } from "../../protocol/policy/policy.ts";
import { sectionOf } from "../../protocol/policy/section.ts";

/** Text that would take over a terminal, as a peer might write it. */
const HOSTILE = "evil\u001b[2J\u202egnp.exe\u0007 title\nsecond line";

export const FINGERPRINT = "01482 33061 98520 77413 50926 11874 60035 92718";
export const OTHER_ID = "ab".repeat(32);

/** What the tests of the local API and of the command look at, and change. */
export type FakeService = NodeService & {
  readonly tokens: Map<string, string>;
  readonly published: { readonly input: PublishInput; readonly operator: string; readonly entry: string }[];
  readonly staged: Map<string, { readonly name: string; readonly type: string; readonly bytes: Buffer }>;
  readonly peerList: PeerStatus[];
  proofFiles: readonly ProofFile[];
  /** Thrown by the next call of `publish`, or done there. */
  onPublish: ((input: PublishInput) => void) | undefined;
  /** What `list` was asked, and how much it gives at once. */
  readonly listed: ListQuery[];
  /** What `search` was asked. */
  readonly searched: SearchQuery[];
  /** What is found by exact keys alone: alerts on the same product. */
  known: readonly EntrySummary[];
  pageSize: number;
  /** What `show` and `readPart` tell of every entry, where it is set: a record and sections, each a media type and a text. */
  shown:
    | {
        readonly type: string;
        readonly body: unknown;
        readonly sections?: readonly (readonly [type: string, content: string, name?: string])[];
      }
    | undefined;
  health: Health;
  /** Of a grant. */
  leftOut: readonly string[];
  policyStatus: PolicyStatus;
  leftArea: readonly LeftArea[];
  /** Of a preview. */
  warnings: readonly string[];
  /** State that a peer has after it was added. */
  addedState: PeerStatus["state"];
};

/** A node service in memory which does just enough to see what passes through the seam above it. */
export function createFakeService(): FakeService {
  const keys = new Map<string, { first: string; latest: string; digest: string }>();
  const fake: FakeService = {
    tokens: new Map([["anna-token", "anna"]]),
    published: [],
    staged: new Map(),
    peerList: [peerStatus("baua.de", "cd".repeat(32), { title: HOSTILE })],
    proofFiles: [],
    onPublish: undefined,
    listed: [],
    searched: [],
    known: [],
    pageSize: 1_000,
    shown: undefined,
    addedState: "not-admitted",
    leftOut: [],
    policyStatus: {
      policy: null,
      setBy: null,
      setAt: null,
      area: null,
      sections: NO_POLICY.sections,
      authorities: [{ name: "baua.de", id: "cd".repeat(32), inArea: false, grounds: [] }],
      notTrusted: [],
    },
    leftArea: [],
    warnings: [],
    health: {
      state: "warning",
      findings: [
        {
          code: "PEER_UNREACHABLE",
          level: "warning",
          subject: "samr.cn",
          cause: `samr.cn is not reached: ${HOSTILE}`,
          fix: "see whether their node runs",
          command: "entente doctor --peer samr.cn",
        },
        {
          code: "PEERS_PENDING",
          level: "note",
          subject: null,
          cause: "1 authority asked for contact",
          fix: null,
          command: "entente peer pending",
        },
      ],
    },

    status: async () => status(fake),
    logs: async () => [logStatus("nvwa.nl", true), logStatus("baua.de", false)],
    exportCharter: async () => "entente chain v1\nauthority nvwa.nl\n",
    showCharter: async () => ({
      name: "nvwa.nl",
      id: "ef".repeat(32),
      fingerprint: FINGERPRINT,
      text: "entente charter v1\nauthority nvwa.nl\n",
      serial: 0,
    }),

    previewPeer: async (chainFile) => preview(fake, chainFile),
    addPeer: async (chainFile, addresses) => {
      const { id, name } = preview(fake, chainFile);
      const peer = peerStatus(name, id, { addresses, state: fake.addedState });
      fake.peerList.push(peer);
      return { peer, followers: { state: "appended", entry: "nvwa.nl:7" } };
    },
    removePeer: async (nameOrId) => {
      fake.peerList.splice(fake.peerList.indexOf(findPeer(fake, nameOrId)), 1);
      return { followers: { state: "appended", entry: "nvwa.nl:8" } };
    },
    setPeerAddresses: async (nameOrId, addresses) => ({ ...findPeer(fake, nameOrId), addresses }),
    peers: async () => fake.peerList,
    peer: async (nameOrId) => ({
      ...findPeer(fake, nameOrId),
      charter: "entente charter v1\n",
      chainFile: "entente chain v1\n",
    }),
    pendingPeers: async () => [
      {
        name: "stranger.example",
        id: OTHER_ID,
        fingerprint: FINGERPRINT,
        address: "/ip4/192.0.2.7/tcp/4001",
        firstSeen: TIME,
        lastSeen: TIME,
        attempts: 3,
        trustedBefore: false,
      },
    ],

    examinePeer: async (nameOrId) => [
      {
        code: "PEER_CONNECTION",
        level: "warning",
        subject: findPeer(fake, nameOrId).name,
        cause: `it is away: ${HOSTILE}`,
        fix: "see whether their node runs",
        command: "entente peer show baua.de",
      },
    ],
    metrics: async () => "# HELP entente_peers authorities that are trusted\nentente_peers 1\n",

    stage: async ({ name, type, length }, content) => {
      if (name === "refused.bin") throw new ServiceError("DISK_LOW", "no space for attachments", "free some");
      const pieces: Uint8Array[] = [];
      for await (const piece of content) pieces.push(piece);
      const bytes = Buffer.concat(pieces);
      if (bytes.length !== length) throw new Error("another length than declared");
      const staged = `staged-${fake.staged.size + 1}`;
      fake.staged.set(staged, { name, type, bytes });
      return { staged, length, size: length + 100 };
    },
    publish: async (input, operator) => publish(fake, keys, input, operator),
    preview: async ({ to, parts }) => ({
      parts: [
        {
          part: 0,
          kind: "record",
          name: "",
          size: 640,
          readers: addressed(to),
          section: "product",
          by: "named",
          grounds: [],
          outside: [],
        },
        ...parts.map((part, i) => ({
          part: i + 1,
          kind: part.kind,
          name: `part-${i + 1}`,
          size: 4096,
          readers: part.to ?? to,
          section: sectionOf(part.kind) ?? "product",
          by: part.to === undefined ? ("record" as const) : ("named" as const),
          grounds: [],
          outside: [],
        })),
      ],
      area: "the area EU/EEA",
      seeOnlyThatItExists: ["anses.fr"],
      warnings: fake.warnings,
    }),
    keyState: async (wanted) =>
      wanted
        .flatMap((key) => ({ key, state: keys.get(key) }))
        .flatMap(({ key, state }) => (state === undefined ? [] : [{ key, ...state }])),

    grant: ({ to, like, approved, preview }) =>
      Promise.resolve({
        to,
        like,
        approved,
        audiences: 2,
        entries: 40,
        leftOut: fake.leftOut,
        granted: preview ? [] : ["nvwa.nl:50"],
      }),
    policy: async () => fake.policyStatus,
    setPolicy: async (file) => {
      const policy = readPolicyFile(file);
      fake.policyStatus = { ...fake.policyStatus, policy, setBy: "anna", setAt: TIME };
      return { ...fake.policyStatus, left: fake.leftArea };
    },
    erase: async ({ targets, ground, approved, preview }) => ({
      parts: targets.map(({ entry }) => ({ entry, part: 0, kind: "record", readers: ["baua.de"] })),
      ground,
      approved,
      deletedFrom: TIME,
      erasures: preview ? [] : ["nvwa.nl:51"],
    }),
    erasures: async () => [erasure()],
    retain: async ({ asOf, preview }) => ({
      asOf,
      due: [DUE],
      held: [{ ...DUE, entry: "nvwa.nl:8", reason: HOSTILE }],
      more: false,
      erasures: preview ? [] : ["nvwa.nl:52"],
    }),
    holds: async () => [{ entry: "nvwa.nl:8", reason: HOSTILE, by: "anna", since: TIME, kept: [1] }],
    addHold: async (entry, reason, by) => ({ entry, reason, by, since: TIME, kept: [] }),
    removeHold: async () => undefined,
    readHeldPart: async () => ({
      name: "list.txt",
      type: "text/plain",
      length: 4,
      content: (async function* () {
        yield await Promise.resolve(new Uint8Array([102, 111, 117, 114]));
      })(),
    }),
    list: async (query) => {
      fake.listed.push(query);
      const limit = Math.min(query.limit, fake.pageSize);
      const from = query.before === undefined ? 0 : Number(query.before);
      const next = from + limit < ENTRIES.length ? String(from + limit) : null;
      return { entries: ENTRIES.slice(from, from + limit), next };
    },
    show: async (entry) => publishedDetail(fake, entry) ?? shownDetail(fake, entry),
    thread: async (entry) =>
      ENTRIES.map((summary, i) => ({
        depth: i === 0 ? 0 : 1,
        entry: { ...summary, entry: i === 0 ? entry : summary.entry },
      })),
    search: async (query) => {
      if (query.q === "" && query.type === "alert" && query.kind.length > 0)
        return { entries: fake.known.slice(0, query.limit), more: false, behind: 0 };
      fake.searched.push(query);
      return { entries: ENTRIES.slice(0, query.limit), more: ENTRIES.length > query.limit, behind: 7 };
    },
    related: async (_entry, { limit }) => {
      const shared = [
        { kind: "gtin", value: "05709386484552", entries: 2 },
        { kind: "brand", value: HOSTILE, entries: null },
      ];
      const related = ENTRIES.slice(0, limit).map((entry) => ({ tie: "barcode" as const, shared, entry }));
      return { entries: related, more: false, behind: 0 };
    },
    readPart: async (entry, part) => {
      const section = fake.shown?.sections?.[part - 1];
      if (section !== undefined) {
        const [type, content, name = `part-${part}`] = section;
        return { name, type, length: Buffer.byteLength(content), content: pieces(content) };
      }
      const { state } = findPart(entry, part);
      if (state !== "held")
        throw new ServiceError("PART_NOT_HELD", `part ${part} of ${entry} is not here`, `entente fetch ${entry}`);
      return { name: "../étrange\u202e.jpg", type: "image/jpeg", length: 5, content: pieces("he", "llo") };
    },
    fetchPart: async (entry, part, onProgress) => {
      if (fake.shown?.sections?.[part - 1] !== undefined) return { state: "held" };
      const { state } = findPart(entry, part);
      if (state === "withheld")
        throw new ServiceError("NOT_ADDRESSED", `part ${part} of ${entry} is not addressed to this authority`);
      for (let done = 0; done <= 3; done++) onProgress({ done, total: 3, what: "bytes" });
      return { state: "held" };
    },

    completeness: async (name, onProgress) => {
      onProgress({ done: 120, total: 120, what: "entries" });
      return completeness(name);
    },
    explain: async (entry, authority) => ({
      entry,
      authority,
      stopsAt: "parts-received",
      steps: [
        {
          step: "appended",
          state: "yes",
          says: "nvwa.nl appended it as entry 12 of its log",
          time: TIME,
          evidence: "checkpoint of nvwa.nl of size 120",
        },
        { step: "parts-received", state: "partly", says: `part 1 is missing (${HOSTILE})`, time: null, evidence: null },
      ],
      sections: [],
      next: `entente fetch ${entry}`,
    }),

    scrub: async (onProgress) => {
      onProgress({ done: 1, total: 2, what: "values" });
      return {
        values: 12,
        entries: 2000,
        findings: [
          { what: "head 00000001", state: "mended" },
          { what: "part 1 of baua.de:7", state: fake.proofFiles.length === 0 ? "fetched" : "wanted" },
        ],
      };
    },
    backUp: async (directory, onProgress) => {
      if (directory.endsWith("exists")) throw new ServiceError("REFUSED", `${directory} exists already`, "another one");
      onProgress({ done: 1, total: 2, what: "bytes" });
      return { directory, values: 1234, bytes: 5 * 1024 ** 2, leftOut: ["keys/online.key.age", "keys/heads"] };
    },
    verifyLog: async (name, onProgress) => {
      if (name === "nobody.example") throw new ServiceError("NOT_FOUND", `no log ${name} is held here`, "entente logs");
      for (let done = 0; done <= 2000; done++) onProgress({ done, total: 2000, what: "entries" });
      if (name === "breaks.example") throw new Error("secret of the inside");
      const problems = name === "broken.example" ? ["entry 12 is not what the tree says"] : [];
      return {
        log: name,
        size: 2000,
        root: "00".repeat(32),
        charters: 1,
        parts: 30,
        withheld: 2,
        problems,
        contested: false,
      };
    },
    proveEntry: async function* (entry, parts) {
      if (entry === "nvwa.nl:999") throw new ServiceError("NOT_FOUND", `no entry ${entry} here`);
      yield* fake.proofFiles;
      if (parts !== null) yield { path: "parts.txt", bytes: Buffer.from(parts.join(" ")) };
    },
    proveLog: async function* (_name, withParts) {
      yield* fake.proofFiles;
      yield { path: "parts.txt", bytes: Buffer.from(withParts ? "all" : "none") };
    },

    // What a node says of evidence is looked at with a real one.
    evidence: async () => [],
    evidenceOf: async (digest) => noEvidence(digest),
    evidenceFile: async (digest) => noEvidence(digest),
    decideEvidence: async (digest) => noEvidence(digest),

    settle: async () => status(fake),
    arrivals: async () => ({ entries: [], after: [] }),
    cases: async () => ({ cases: [], total: 0 }),
    caseOf: async (entry) => noCase(entry),
    indicators: async () => ({ from: null, until: null, cases: 0, authorities: [] }),
    caseDigest: async (entry) => noCase(entry),
    addOperator: async (name) => {
      if (!/^[a-z]+$/.test(name)) throw new ServiceError("INVALID", "an operator's name is lower case letters");
      fake.tokens.set(`${name}-token`, name);
      return { name, token: `${name}-token` };
    },
    operatorOf: async (token) => fake.tokens.get(token),
  };
  return fake;
}

const TIME = "2026-11-22T14:03:05Z";

const ENTRIES: readonly EntrySummary[] = [
  {
    entry: "nvwa.nl:12",
    log: "nvwa.nl",
    kind: "record",
    time: TIME,
    type: "alert",
    summary: `Soft toy · ${HOSTILE}`,
    parts: ["held", "withheld", "missing"],
    contested: false,
  },
  {
    entry: "baua.de:4",
    log: "baua.de",
    kind: "record",
    time: TIME,
    type: "follow-up",
    summary: "Not found",
    parts: ["held"],
    contested: false,
  },
  {
    entry: "baua.de:3",
    log: "baua.de",
    kind: "audience",
    time: TIME,
    type: null,
    summary: null,
    parts: ["held"],
    contested: false,
  },
];

function addressed(to: readonly string[]): readonly string[] {
  if (to.length === 0)
    throw new ServiceError("EMPTY_AUDIENCE", "nobody is addressed", "say who may read it: --to NAME");
  return to;
}

function publish(
  fake: FakeService,
  keys: Map<string, { first: string; latest: string; digest: string }>,
  input: PublishInput,
  operator: string,
): Published {
  fake.onPublish?.(input);
  if (input.to.includes("nobody.example"))
    throw new ServiceError("NOT_TRUSTED", "nobody.example is no trusted authority", "entente peer list");
  const { key } = input;
  const known = key === undefined ? undefined : keys.get(key.key);
  if (known !== undefined && key?.digest === known.digest) return { state: "already", entry: known.latest };
  if (known !== undefined && key?.replaces !== known.digest)
    throw new ServiceError("KEY_CHANGED", "published before with other content");
  const entry = `nvwa.nl:${100 + fake.published.length}`;
  fake.published.push({ input, operator, entry });
  if (key !== undefined) keys.set(key.key, { first: known?.first ?? entry, latest: entry, digest: key.digest });
  return { state: "appended", entry };
}

function preview(fake: FakeService, chainFile: string): Awaited<ReturnType<NodeService["previewPeer"]>> {
  const name = /^authority (\S+)$/m.exec(chainFile)?.[1];
  if (name === undefined)
    throw new ServiceError("INVALID", "this is no chain file", "entente charter export writes one");
  const known = fake.peerList.find((peer) => peer.name === name);
  const verdict =
    name === "nvwa.nl" ? "self" : name === "taken.example" ? "name-taken" : known === undefined ? "new" : "known";
  return {
    name,
    id: known?.id ?? OTHER_ID,
    title: HOSTILE,
    country: "FR",
    fingerprint: FINGERPRINT,
    serial: 0,
    checkpointSize: 41,
    addresses: ["/ip4/192.0.2.9/tcp/4001"],
    verdict,
  };
}

function peerStatus(name: string, id: string, more: Partial<PeerStatus>): PeerStatus {
  return {
    name,
    id,
    title: name,
    country: "DE",
    fingerprint: FINGERPRINT,
    addresses: ["/ip4/192.0.2.8/tcp/4001"],
    state: "connected",
    reason: null,
    addedUsBefore: false,
    lastSeen: TIME,
    held: 5,
    seen: 5,
    contested: false,
    lag: { entries: 0, seconds: 0 },
    witnessed: { size: 118, entries: 2, seconds: 60 },
    downSince: null,
    headAge: 1_200,
    clockOffset: 0,
    lastInbound: null,
    ...more,
  };
}

function findPeer(fake: FakeService, nameOrId: string): PeerStatus {
  const peer = fake.peerList.find(({ name, id }) => name === nameOrId || id.startsWith(nameOrId));
  if (peer === undefined)
    throw new ServiceError("NOT_FOUND", `no authority ${nameOrId} is trusted here`, "entente peer list");
  return peer;
}

function logStatus(name: string, own: boolean): LogStatus {
  return {
    name,
    id: "ef".repeat(32),
    epoch: 0,
    own,
    followed: true,
    size: 120,
    seenSize: own ? 120 : 130,
    root: "11".repeat(32),
    missingParts: own ? 0 : 3,
    witnesses: [{ name: "baua.de", size: 118, time: TIME }],
    receipts: own ? [{ name: "baua.de", size: 118, exceptions: 1 }] : [],
    alarms: [],
    contested: false,
  };
}

const DUE: RetentionDue = {
  entry: "nvwa.nl:7",
  part: 2,
  section: "traceability",
  type: "alert",
  rule: 0,
  ground: "retention",
  since: "2020-01-31",
  until: "2025-01-31",
};

function erasure(): ErasureStatus {
  const silent = { state: "silent", entry: null, time: null, reason: null, kept: [] } as const;
  return {
    entry: "nvwa.nl:51",
    log: "nvwa.nl",
    time: TIME,
    ground: "retention",
    approved: false,
    parts: [{ entry: "nvwa.nl:7", part: 2 }],
    state: "hidden",
    deletedFrom: TIME,
    answers: [
      { authority: "baua.de", state: "refused", entry: "baua.de:9", time: TIME, reason: HOSTILE, kept: [0] },
      { authority: "samr.cn", ...silent },
    ],
  };
}

function completeness(name: string): Completeness {
  const isWhole = name === "nvwa.nl";
  const missing: Completeness["listed"][number] = {
    entry: "baua.de:4",
    part: 1,
    size: 8_388_608,
    here: 65_536,
    waits: "size",
    asked: [
      { name: "anses.fr", state: "answered", says: `denied: ${HOSTILE}`, at: TIME },
      { name: "baua.de", state: "not-connected", says: "no route to it", at: null },
    ],
  };
  return {
    log: name,
    id: "ef".repeat(32),
    own: isWhole,
    followed: true,
    checkpoint: { size: 120, root: "11".repeat(32) },
    seenSize: isWhole ? 120 : 130,
    confirmedBy: [{ name: "baua.de", size: 118, time: TIME }],
    addressed: 40,
    missing: isWhole ? 0 : 1,
    erased: 0,
    listed: isWhole ? [] : [missing],
    state: isWhole ? "complete" : "incomplete",
    confirmed: isWhole ? { name: "baua.de", size: 120, time: TIME, age: 185 } : null,
    doubt: null,
    complete: isWhole,
    contested: false,
  };
}

function status(fake: FakeService): Status {
  return {
    name: "nvwa.nl",
    id: "ef".repeat(32),
    title: "Netherlands Food and Consumer Product Safety Authority",
    fingerprint: FINGERPRINT,
    version: "0.1.0",
    startedAt: TIME,
    listening: ["/ip4/127.0.0.1/tcp/4001"],
    announced: ["/ip4/192.0.2.7/tcp/4001"],
    disk: { free: 400 * 1024 ** 2, total: 64 * 1024 ** 3, state: "low" },
    index: { entries: 98, behind: 7, problem: null },
    health: fake.health,
    signing: { state: "asking", reason: null, queued: 2, ahead: null },
    log: logStatus("nvwa.nl", true),
    peers: fake.peerList,
    pending: 1,
  };
}

function shownDetail(fake: FakeService, entry: string): EntryDetail {
  const { shown } = fake;
  if (shown === undefined) return detail(entry);
  const { type, body, sections = [] } = shown;
  const [record, ...others] = [["application/cbor", "record"] as const, ...sections].map(([media, content], part) => ({
    part,
    kind: part === 0 ? "record" : "traceability",
    state: "held" as const,
    name: `part-${part}`,
    type: media,
    length: Buffer.byteLength(content),
    size: 128,
    digest: "33".repeat(32),
    readers: ["baua.de"],
    waits: null,
    grounds: [],
    looksLike: media === "image/png" && content.startsWith("MZ") ? "application/x-msdownload" : null,
  }));
  const details = record === undefined ? [] : [record, ...others];
  return { ...detail(entry), type, body, details, parts: details.map(({ state }) => state) };
}

/** Of what was published here: its record, and nothing of its leaf. */
function publishedDetail(fake: FakeService, entry: string): EntryDetail | undefined {
  const input = fake.published.find((published) => published.entry === entry)?.input;
  if (input === undefined) return undefined;
  return {
    entry,
    log: "nvwa.nl",
    kind: "record",
    time: TIME,
    type: input.type,
    summary: input.type,
    parts: ["held"],
    contested: false,
    leafHash: "22".repeat(32),
    size: 213,
    refs: input.refs,
    body: input.body,
    recordStatus: "known",
    unknownKeys: [],
    details: [],
    witnessedBy: [],
  };
}

function detail(entry: string): EntryDetail {
  const summary = ENTRIES.find((known) => known.entry === entry);
  if (summary === undefined) throw new ServiceError("NOT_FOUND", `no entry ${entry} here`, "entente list");
  return {
    ...summary,
    leafHash: "22".repeat(32),
    size: 213,
    refs: ["baua.de:1"],
    body: { product: { kind: { en: HOSTILE }, brands: ["Example Duck", "Other"] }, measures: [{ category: "recall" }] },
    recordStatus: "known",
    unknownKeys: ["body.shoeSize"],
    details: summary.parts.map((state, part) => ({
      part,
      kind: part === 0 ? "record" : "picture",
      state,
      name: state === "held" ? HOSTILE : null,
      type: state === "held" ? "image/jpeg" : null,
      length: state === "held" ? 5 : null,
      size: 128,
      digest: "33".repeat(32),
      readers: state === "withheld" ? null : ["baua.de"],
      waits: null,
      grounds: [],
      looksLike: null,
    })),
    witnessedBy: ["baua.de"],
  };
}

function noCase(entry: string): never {
  throw new ServiceError("NOT_FOUND", `no case of ${entry}`, "entente case list");
}

function noEvidence(digest: string): never {
  throw new ServiceError("NOT_FOUND", `no evidence ${digest} is held here`, "entente evidence list");
}

function findPart(entry: string, part: number): EntryDetail["details"][number] {
  const found = detail(entry).details[part];
  if (found === undefined) throw new ServiceError("NOT_FOUND", `${entry} has no part ${part}`);
  return found;
}

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

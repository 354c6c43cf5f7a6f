import { firstDifference } from "../../protocol/case/digest.ts";
import { entryKey } from "../../protocol/case/entry.ts";
import { formatEntryName, type Reference } from "../../protocol/name.ts";
import { bytesKey, prefixRange } from "../../node/keyspace.ts";
import { ERASE_DELAY_MS } from "../../node/limits.ts";
import type { HeldCase } from "../../node/cases.ts";
import type { PartInput } from "../../node/service.ts";
import { ServiceError } from "../../node/service.ts";
import { caseText } from "../support/case-builder.ts";
import { planAct } from "./acts.ts";
import { makeAuthority } from "./authority.ts";
import { type Desk, openDesk } from "./desk.ts";
import type { HistoryResult } from "./history.ts";
import { prepare } from "./prepare.ts";
import { Prng } from "./prng.ts";
import { type Life, SimNode } from "./sim-node.ts";
import { Trace } from "./trace.ts";
import { Timeline, VirtualClock } from "./virtual-clock.ts";
import { VirtualNetwork } from "./virtual-network.ts";

const NAMES = ["nvwa.nl", "baua.de", "samr.cn", "tukes.fi"] as const;
const KEY_SETS = 4;
const ROLES = ["approver/1"];
/** A year of months, in each of which the nodes are up for a while: between them nothing happens, and costs nothing. */
const MONTHS = 12;
const MONTH_MS = 30 * 86_400_000;
/** Clocks are wrong by up to a day, before and after. */
const CLOCK_ERROR_MS = 2 * 86_400_000;
const SESSION_MS = 7_000;
const STEP_MS = 40;
/** Until everything is everywhere: a dead line is noticed after a minute, and an attempt repeated after another. */
const HEALING_MS = 400_000;

export type YearOptions = {
  readonly print?: (line: string) => void;
  /** Bodies of alerts that are published one after the other, again from the first when all were. */
  readonly alerts: readonly Record<string, unknown>[];
};

/**
 * A year of four authorities: alerts, and what follows from them in the pattern of real ones, while some are away, cut off,
 * crash or join late, and some of it is withdrawn, handed over or erased. In the end who holds the same of a case says the same.
 */
export async function runYear(seed: number, options: YearOptions): Promise<HistoryResult> {
  const year = new Year(seed, options);
  const onRejection = (reason: unknown): void => year.violate(`a rejection that nobody handles: ${textOf(reason)}`);
  process.on("unhandledRejection", onRejection);
  try {
    return await year.run();
  } catch (error) {
    year.violate(`the year ends early: ${textOf(error)}`);
    return year.result();
  } finally {
    process.off("unhandledRejection", onRejection);
  }
}

class Year {
  readonly #seed: number;
  readonly #prng: Prng;
  readonly #alerts: YearOptions["alerts"];
  readonly #timeline = new Timeline();
  readonly #trace: Trace;
  readonly #network: VirtualNetwork;
  readonly #nodes: SimNode[] = [];
  readonly #ids = new Map<string, string>();
  readonly #desks = new WeakMap<Life, Desk>();
  readonly #violations: string[] = [];
  #published = 0;
  #refused = 0;
  #isOver = false;
  #erased = 0;
  /** Cases of which two nodes hold the same, and another part. */
  readonly #compared = { same: 0, different: 0 };

  constructor(seed: number, { print, alerts }: YearOptions) {
    this.#seed = seed;
    this.#alerts = alerts;
    this.#prng = new Prng(`year ${seed}`);
    this.#trace = new Trace(this.#timeline, print);
    this.#network = new VirtualNetwork({
      timeline: this.#timeline,
      prng: this.#prng.fork("network"),
      onFrame: (from, to, frame) => this.#trace.count(from, `sends ${frame.length} bytes to ${to}`),
    });
  }

  violate(what: string): void {
    this.#trace.note("violation", what);
    if (!this.#violations.includes(what)) this.#violations.push(what);
  }

  async run(): Promise<HistoryResult> {
    await this.#prepare();
    // One of them joins in the second half of the year.
    const late = this.#prng.chance(0.6) ? this.#prng.pick(this.#nodes) : undefined;
    for (let month = 0; month < MONTHS && this.#violations.length === 0; month++) {
      const up = this.#nodes.filter((node) => (node !== late || month >= MONTHS / 2) && this.#prng.chance(0.85));
      await this.#session(up);
      await this.#pause(MONTH_MS);
    }
    const calm = this.#timeline.now;
    await this.#settle();
    // What is erased is deleted by now, and told of.
    await this.#stopAll();
    await this.#pause(ERASE_DELAY_MS + CLOCK_ERROR_MS);
    this.#isOver = true;
    await this.#settle();
    if (this.#violations.length === 0) await this.#compareAll();
    this.#trace.note(
      "year",
      `${this.#published} records, ${this.#erased} erasures, ${this.#refused} refused, ${this.#compared.same} cases compared that are the same, ${this.#compared.different} that are not`,
    );
    for (const node of this.#nodes) node.crash("kill");
    return { ...this.result(), healingMs: this.#timeline.now - calm };
  }

  result(): HistoryResult {
    return {
      seed: this.#seed,
      digest: this.#trace.digest(),
      violations: this.#violations,
      steps: this.#trace.lines,
      entries: this.#published,
      virtualMs: this.#timeline.now,
      healingMs: 0,
    };
  }

  async #prepare(): Promise<void> {
    const authorities = NAMES.map((name) =>
      makeAuthority(name, new Prng(`year keys ${this.#seed % KEY_SETS} ${name}`), ROLES),
    );
    for (const authority of authorities) {
      const node = new SimNode({
        authority,
        slowness: 1,
        timeline: this.#timeline,
        network: this.#network,
        prng: this.#prng.fork(authority.name),
        trace: this.#trace,
        onWrite: () => undefined,
        onDown: () => undefined,
        onFault: (at, what) => this.violate(`${at.name}: ${what}`),
        onAlarm: (at, what) => this.violate(`${at.name} raises an alarm: ${what}`),
        onSessionEnd: () => undefined,
      });
      this.#nodes.push(node);
      this.#ids.set(node.name, node.id);
      const peers = authorities.filter((peer) => peer !== authority);
      await prepare(node.drive, authority, peers, new VirtualClock(this.#timeline, 0));
    }
  }

  // A month

  async #session(up: readonly SimNode[]): Promise<void> {
    const cut = this.#prng.chance(0.4) ? this.#prng.sample(up, 2) : [];
    const [a, b] = cut;
    if (a !== undefined && b !== undefined) this.#block(a, b, true);
    for (const node of up) node.start();
    const until = this.#timeline.now + SESSION_MS;
    await this.#pause(this.#prng.between(500, 3_000));
    while (this.#timeline.now < until && this.#violations.length === 0) {
      const node = this.#prng.pick(up.length === 0 ? this.#nodes : up);
      if (this.#prng.chance(0.04)) node.crash(this.#prng.chance(0.5) ? "power" : "kill");
      else if (node.life !== undefined) await this.#during(this.#work(node, node.life));
      await this.#pause(this.#prng.between(0, 1_500));
    }
    if (a !== undefined && b !== undefined) this.#block(a, b, false);
    await this.#stopAll();
  }

  async #stopAll(): Promise<void> {
    for (const node of this.#nodes) if (node.isUp) await this.#during(node.stop());
  }

  #block(a: SimNode, b: SimNode, blocked: boolean): void {
    for (const [from, to] of [
      [a.name, b.name],
      [b.name, a.name],
    ] as const)
      this.#network.setBlocked(from, to, blocked);
  }

  /** What somebody does, by what this node holds at the time; a crash may end it. */
  async #work(node: SimNode, life: Life): Promise<void> {
    try {
      const desk = this.#desk(life);
      if (this.#prng.chance(0.12)) await this.#erase(desk);
      else if (this.#prng.chance(0.25)) await this.#alert(node, desk);
      else await this.#act(node, desk);
      if (this.#prng.chance(0.2)) await desk.sweep.run();
    } catch (error) {
      if (node.life !== life) return;
      // What the officer tried does not stand to reason, and was refused.
      if (error instanceof ServiceError && ["INVALID", "REFUSED", "NOT_FOUND"].includes(error.code)) this.#refused += 1;
      else throw error;
    }
  }

  #desk(life: Life): Desk {
    const desk = this.#desks.get(life) ?? openDesk(life);
    this.#desks.set(life, desk);
    return desk;
  }

  async #alert(node: SimNode, desk: Desk): Promise<void> {
    const body = this.#alerts[this.#published % this.#alerts.length] ?? {};
    const others = NAMES.filter((name) => name !== node.name);
    await this.#publish(desk, "alert", body, [], this.#prng.sample(others, this.#prng.int(1, others.length + 1)));
  }

  async #act(node: SimNode, desk: Desk): Promise<void> {
    const { cases } = await desk.service.cases({ mine: false, limit: 1_000 });
    if (cases.length === 0) return;
    const found = await desk.service.caseOf(this.#prng.pick(cases).case);
    const refs = [found.case];
    const position = (entry: string): number => {
      if (!refs.includes(entry)) refs.push(entry);
      return refs.indexOf(entry);
    };
    const planned = planAct(found, node.name, this.#prng, position, this.#ids);
    if (planned === undefined) return;
    // Not everybody reads on before he writes.
    if (this.#prng.chance(0.8)) for (const { entry } of found.acts.filter(({ head }) => head)) position(entry);
    const owner = found.acts.find(({ entry }) => entry === found.case)?.author;
    const readers = [...new Set([...(found.readers ?? []), ...(owner === undefined ? [] : [owner])])].filter(
      (name) => name !== node.name && this.#ids.has(name),
    );
    const to = this.#prng.chance(0.8) || readers.length < 2 ? readers : this.#prng.sample(readers, 1);
    if (to.length > 0) await this.#publish(desk, planned.type, planned.body, refs, to);
  }

  async #publish(
    { life }: Desk,
    type: string,
    body: unknown,
    refs: readonly string[],
    to: readonly string[],
  ): Promise<void> {
    const parts: PartInput[] = [];
    // A confidential section for one of the readers, sometimes of several chunks.
    if (this.#prng.chance(0.15))
      parts.push({ kind: "traceability", to: [this.#prng.pick(to)], staged: await this.#section(life) });
    await life.publisher.publish({ type, version: 1, body, refs, to, parts }, "officer");
    this.#published += 1;
  }

  async #section({ core }: Life): Promise<string> {
    const content = this.#prng.bytes(this.#prng.chance(0.2) ? this.#prng.int(70_000, 150_000) : 300);
    const input = { ownerId: core.ownLog.store.id, name: "chain.pdf", type: "application/pdf", since: 0 };
    const { number } = await core.parts.stage({ ...input, length: content.length }, once(content));
    return String(number);
  }

  /** Mostly of a record, sometimes of a section alone; half of them with an approver's word. */
  async #erase(desk: Desk): Promise<void> {
    const [own] = desk.entries.logs();
    if (own === undefined || own.store.head.size < 3) return;
    const entry = desk.entries.entryText(own, this.#prng.int(1, own.store.head.size));
    const parts = this.#prng.chance(0.3) ? [1] : undefined;
    const approved = this.#prng.chance(0.5);
    await desk.erasing.erase({ targets: [{ entry, parts }], ground: "retention", approved, preview: false }, "officer");
    this.#erased += 1;
  }

  // The end of the year

  /** Everybody is up and reaches everybody, until nothing is on its way any more. */
  async #settle(): Promise<void> {
    this.#network.heal();
    for (const node of this.#nodes) node.start();
    const end = this.#timeline.now + HEALING_MS;
    for (;;) {
      await this.#pause(1_000);
      for (const node of this.#nodes)
        if (node.life !== undefined) await this.#during(this.#desk(node.life).sweep.run());
      const waits = this.#waits();
      if (waits === undefined || this.#violations.length > 0) return;
      if (this.#timeline.now > end) return this.violate(`not settled: ${waits}`);
    }
  }

  #waits(): string | undefined {
    for (const { name, id, life } of this.#nodes) {
      if (life?.core.ready !== true) return `${name} is not ready`;
      if (life.publisher.queued > 0) return `records wait at ${name}`;
      const { size } = life.core.ownLog.store.head;
      for (const other of this.#nodes) {
        const mirror = other.life?.core.mirrorOf(id);
        if (other.name === name) continue;
        if (mirror?.store.head.size !== size) return `${other.name} has not all of ${name}`;
        if (mirror.store.head.missing > 0) return `${other.name} lacks parts of ${name}`;
        const open = [...mirror.erasures.open].length;
        if (open > 0 && this.#isOver) return `${other.name} has not deleted`;
      }
    }
    return undefined;
  }

  async #compareAll(): Promise<void> {
    const desks = this.#nodes.flatMap(({ life }) => (life === undefined ? [] : [this.#desk(life)]));
    const views = new Map<Desk, Map<string, HeldCase>>();
    for (const desk of desks) views.set(desk, await this.#during(casesOf(desk)));
    for (const desk of desks) await this.#during(this.#compareWithScratch(desk));
    for (const [at, one] of desks.entries())
      for (const other of desks.slice(at + 1))
        for (const [root, held] of views.get(one) ?? []) {
          const theirs = views.get(other)?.get(root);
          if (theirs !== undefined) await this.#during(this.#compare(root, [one, held], [other, theirs]));
        }
  }

  async #compare(
    root: string,
    [one, held]: readonly [Desk, HeldCase],
    [other, theirs]: readonly [Desk, HeldCase],
  ): Promise<void> {
    const [mine, their] = [refsOf(held), refsOf(theirs)];
    const names = `${one.life.core.ownName} and ${other.life.core.ownName}`;
    const difference = firstDifference(mine, their);
    this.#compared[difference === undefined ? "same" : "different"] += 1;
    if (difference === undefined) {
      if (one.cases.digest(held, mine) !== other.cases.digest(theirs, their))
        this.violate(`${names} have another hash of ${root}, and the same entries`);
      if (caseText(held.case) !== caseText(theirs.case))
        this.violate(`${names} hold the same of ${root} and see another case`);
      return;
    }
    const inMine = mine.some((ref) => entryKey(ref) === entryKey(difference.entry));
    if (inMine !== (difference.only === "mine")) this.violate(`${names}: the first difference in ${root} is none`);
    // Of what both may hold nothing is missing, since everything came.
    const [a, b] = [
      await one.service.caseDigest(root, other.life.core.ownName),
      await other.service.caseDigest(root, one.life.core.ownName),
    ];
    if (a.hash !== b.hash) this.violate(`${names} have another hash of what both may hold of ${root}`);
  }

  /** What was folded bit by bit is what comes of it from the beginning. */
  async #compareWithScratch(desk: Desk): Promise<void> {
    const { disk } = desk.life.core.init;
    const before = await listOf(desk);
    for (const concern of ["case", "caseDirty", "reference", "indexed"] as const) {
      const keys: Uint8Array[] = [];
      for await (const [key] of disk.scan(prefixRange(bytesKey(concern)))) keys.push(key);
      await disk.write(
        keys.map((key) => ({ key, value: undefined })),
        true,
      );
    }
    const after = await listOf(desk);
    if (before !== after) this.violate(`${desk.life.core.ownName} lists other cases than it would from the beginning`);
  }

  async #pause(ms: number): Promise<void> {
    await this.#timeline.runUntil(this.#timeline.now + ms, () => false);
  }

  /** Lets time pass until something is done, or cannot be any more since its node is down. */
  async #during<T>(work: Promise<T>): Promise<T> {
    const outcome: { done?: true } = {};
    const settled = work.finally(() => (outcome.done = true));
    settled.catch(() => undefined);
    for (let waited = 0; outcome.done !== true && waited < HEALING_MS; waited += STEP_MS) await this.#pause(STEP_MS);
    if (outcome.done !== true) throw new Error("something does not end");
    return await settled;
  }
}

/** By the name of their alert. */
async function casesOf(desk: Desk): Promise<Map<string, HeldCase>> {
  const found = new Map<string, HeldCase>();
  for await (const held of desk.cases.all(() => undefined)) {
    const { log, index } = held.root;
    found.set(formatEntryName({ name: log.name, epoch: log.epoch, index }), held);
  }
  return found;
}

async function listOf({ service }: Desk): Promise<string> {
  return JSON.stringify(await service.cases({ mine: false, limit: 10_000 }));
}

function refsOf({ members, case: folded }: HeldCase): readonly Reference[] {
  return folded.graph.nodes.flatMap(({ key }) => members.get(key)?.entry.ref ?? []);
}

async function* once(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(content);
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

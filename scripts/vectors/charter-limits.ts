import { after, authority, digest, key, make } from "./authority.ts";
import type { CharterKey, Made } from "./authority.ts";
import type { ChainNotes } from "./chain-notes.ts";
import type { ChainVector } from "./charter.ts";
import type { Case } from "./tools.ts";

// Chains of as many charters, and as many keys, as a chain may have.

/** Notes by a rule, each with the text of the one before; see `source` of the file. */
export type Series = { readonly text: string; readonly lines: readonly (readonly string[])[] };

const MAX_CHARTERS = 512;
const MAX_KEYS = 1024;
const ROOTS = 16;
const ROLES = 32;
const NAME = "a.eu";

/** One charter more than a chain may have, each signed by the one root key. */
function shortCharters(): Series {
  const { roots, next, log, witness, node, spec } = authority(NAME);
  const [root = log] = roots;
  const brief = {
    ...spec,
    title: "A",
    rootThreshold: 1,
    roots: [root],
    nextThreshold: 1,
    next: next.slice(0, 1),
    roles: [],
  };
  const first = make(brief, [root, log, witness, node]);
  const text = first.text.replace("\nserial 0\nprevious none\n", "\nserial {serial}\nprevious {previous}\n");
  const lines: string[][] = [];
  let before = "none";
  for (let serial = 0; serial <= MAX_CHARTERS; serial++) {
    const charter = text.replace("{serial}", String(serial)).replace("{previous}", before);
    const signers = serial === 0 ? [root, log, witness, node] : [root];
    lines.push(signers.map((signer) => signer.sign(charter)));
    before = digest(charter);
  }
  return { text, lines };
}

/** Charters that each rotate to new root keys and name new role keys, until the chain names `count` distinct keys. */
function manyKeys(count: number): readonly Made[] {
  const { log, witness, node, spec } = authority(NAME);
  const rootsOf = (generation: number): readonly CharterKey[] =>
    Array.from({ length: ROOTS }, (_, i) => key(`${NAME}/root/${generation * ROOTS + i + 1}`));
  const rolesOf = (generation: number, roles = ROLES): readonly CharterKey[] =>
    Array.from({ length: roles }, (_, i) => key(`${NAME}/lab/${generation * ROLES + i + 1}`));
  const base = { ...spec, title: "A", rootThreshold: 1, nextThreshold: 1 };
  const first = make({ ...base, roots: rootsOf(0), next: rootsOf(1), roles: rolesOf(0) }, [
    ...rootsOf(0),
    log,
    witness,
    node,
    ...rolesOf(0),
  ]);
  const charters = [first];
  let last = first;
  let keys = ROOTS + ROLES + 3;
  for (let generation = 1; keys < count; generation++) {
    const rotates = count - keys >= ROOTS + ROLES;
    const roles = rolesOf(generation, Math.min(ROLES, count - keys));
    const roots = rotates ? rootsOf(generation) : last.spec.roots;
    const changes = rotates ? { roots, next: rootsOf(generation + 1), roles } : { roles };
    const signers = rotates ? [...rootsOf(generation), ...roles] : [...rootsOf(generation - 1).slice(0, 1), ...roles];
    last = make(after(last, changes), signers);
    charters.push(last);
    keys += roles.length + (rotates ? ROOTS : 0);
  }
  // The last root keys are those of the last rotation, two generations before the title.
  const [signer = log] = rootsOf(charters.length - 2);
  return [...charters, make(after(last, { title: "One more" }), [signer])];
}

export function charterLimits(chains: ChainNotes) {
  const place = (label: string, charters: readonly Made[]): ChainVector =>
    charters.map((made, serial) => chains.place(`${label}, charter ${serial}`, made, serial));
  const [below, full] = [MAX_KEYS - 1, MAX_KEYS].map((count) => ({ count, charters: manyKeys(count) })) as [Many, Many];
  // All but the last two charters are the same.
  const shared = place("many keys", below.charters.slice(0, -2));
  const rest = ({ count, charters }: Many): ChainVector =>
    charters
      .slice(-2)
      .map((made, i) =>
        chains.place(`${count} keys, charter ${charters.length - 2 + i}`, made, charters.length - 2 + i),
      );
  const [belowRest, fullRest] = [rest(below), rest(full)];
  const id = digest(below.charters[0]?.text ?? "");
  const series = { short: shortCharters() };
  const shortId = digest(series.short.text.replace("{serial}", "0").replace("{previous}", "none"));
  const limit = { rule: "limit", code: "CHAIN_LIMIT" };
  const valid: Case[] = [
    { name: `${MAX_CHARTERS} charters`, kind: "chain", id: shortId, series: ["short", MAX_CHARTERS] },
    { name: `${MAX_KEYS - 1} keys, and one charter more`, kind: "chain", id, chain: [...shared, ...belowRest] },
    { name: `${MAX_KEYS} keys`, kind: "chain", id, chain: [...shared, ...fullRest.slice(0, 1)] },
  ];
  const invalid: (Case & { readonly code: string })[] = [
    {
      name: `${MAX_CHARTERS + 1} charters`,
      kind: "chain",
      series: ["short", MAX_CHARTERS + 1],
      serial: MAX_CHARTERS,
      ...limit,
    },
    {
      name: `${MAX_KEYS} keys, and one charter more`,
      kind: "chain",
      chain: [...shared, ...fullRest],
      serial: shared.length + 1,
      ...limit,
    },
  ];
  return { series, valid, invalid };
}

type Many = { readonly count: number; readonly charters: readonly Made[] };

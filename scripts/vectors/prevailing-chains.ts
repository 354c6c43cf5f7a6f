import { after, make, nvwa, withLines } from "./authority.ts";
import type { CharterKey, Made } from "./authority.ts";
import { ChainNotes } from "./chain-notes.ts";
import type { ChainVector } from "./charter.ts";
import type { Case } from "./tools.ts";

// Two valid chains of one id, and which of them prevails: charter.md, "Prevailing chain".

const { first, roots, next, afterNext } = nvwa;

export function prevailingChains() {
  const chains = new ChainNotes();
  const valid: Case[] = [];
  const titled = (before: Made, title: string, signers: readonly CharterKey[] = roots): Made =>
    make(after(before, { title }), signers);

  const a = titled(first, "A");
  const b = titled(first, "B");
  const rotated = make(after(first, { roots: next, next: afterNext }), next);
  const rotatedToTwo = make(after(first, { roots: next.slice(0, 2), next: afterNext }), next.slice(0, 2));
  const longer = titled(a, "A, once more");
  const afterRotation = titled(rotated, "A", next);
  const afterRotationToo = titled(rotated, "B", next);
  const rotatedAgain = make(after(rotated, { roots: afterNext, next: roots }), afterNext);
  const rotatedLater = make(after(a, { roots: next, next: afterNext }), next);
  const names = new Map([
    [first, "first"],
    [a, "title A"],
    [b, "title B"],
    [longer, "title A, once more"],
    [rotated, "root rotation"],
    [rotatedToTwo, "root rotation to two"],
    [afterRotation, "title A after rotation"],
    [afterRotationToo, "title B after rotation"],
    [rotatedAgain, "second root rotation"],
    [rotatedLater, "root rotation after title A"],
  ]);
  const chain = (...charters: readonly Made[]): ChainVector =>
    charters.map((made, serial) => chains.place(`prevailing: ${names.get(made)}`, made, serial));

  const compare = (name: string, held: ChainVector, other: ChainVector, prevails: string, shared: number): void => {
    valid.push({ name, kind: "prevailing", held, other, prevails, shared });
  };

  compare("the same chain", chain(first, a), chain(first, a), "same", 2);
  compare("the other goes on", chain(first), chain(first, a), "extends", 1);
  compare("the other goes on with a rotation", chain(first), chain(first, rotated), "extends", 1);
  compare("the one held is longer", chain(first, a), chain(first), "held-prevails", 1);
  compare("they part, and neither changes roots", chain(first, a), chain(first, b), "undecided", 1);
  compare("they part, and both change roots", chain(first, rotated), chain(first, rotatedToTwo), "undecided", 1);
  compare("only the other changes roots", chain(first, a), chain(first, rotated), "other-prevails", 1);
  compare("only the one held changes roots", chain(first, rotated), chain(first, a), "held-prevails", 1);
  compare("the other changes roots later", chain(first, b), chain(first, a, rotatedLater), "other-prevails", 1);
  compare(
    "length decides nothing: the one held is longer, and the other changes roots",
    chain(first, a, longer),
    chain(first, rotated),
    "other-prevails",
    1,
  );
  compare("both change roots, one of them later", chain(first, a, rotatedLater), chain(first, rotated), "undecided", 1);
  compare(
    "a change of roots before they part counts for neither",
    chain(first, rotated, afterRotation),
    chain(first, rotated, afterRotationToo),
    "undecided",
    2,
  );
  compare(
    "both changed roots before they part, and only the other does after",
    chain(first, rotated, afterRotation),
    chain(first, rotated, rotatedAgain),
    "other-prevails",
    2,
  );
  const resigned = withLines(
    a,
    roots.slice(1).map((root) => root.sign(a.text)),
  );
  compare(
    "other signature lines under the same texts",
    chain(first, a),
    [...chain(first), chains.place("prevailing: title A, other lines", resigned, 1)],
    "same",
    2,
  );
  compare(
    "other places of the same texts",
    chain(first, a),
    [...chain(first), chains.place("prevailing: title A", a, 7)],
    "same",
    2,
  );
  return { notes: chains.notes, valid };
}

import {
  after,
  authority,
  digest,
  insertLine,
  key,
  make,
  memberKey,
  nvwa,
  signatureLine,
  unknownVkey,
  withLines,
} from "./authority.ts";
import type { CharterKey, Made, Spec } from "./authority.ts";
import { COLLIDING } from "./collisions.ts";
import { ChainNotes } from "./chain-notes.ts";
import type { ChainVector } from "./charter.ts";
import { base64, hex, sha256, unhex } from "./tools.ts";
import type { Case } from "./tools.ts";

// Chains of charters that keep every rule of charter.md, "Validity", and chains whose last charter breaks one.

const ROOT = base64(sha256("a root"));
const OTHER_ROOT = base64(sha256("another root"));
const { first, roots, next, afterNext, spec } = nvwa;
const [root1, root2, root3] = three(roots);
const [root4, root5, root6] = three(next);

type Expected = {
  /** [epoch, size, serial of the charter in force or null] */
  readonly inForce?: readonly (readonly [number, number, number | null])[];
  /** [epoch, index, whether] */
  readonly disavowed?: readonly (readonly [number, number, boolean])[];
};

export function charterChains() {
  const chains = new ChainNotes();
  const valid: Case[] = [];
  const invalid: (Case & { readonly code: string })[] = [];
  const id = (made: Made): string => digest(made.text);

  const accept = (name: string, chain: ChainVector, expected: Expected = {}, start: Made = first): void => {
    valid.push({ name, kind: "chain", id: id(start), chain, ...expected });
  };
  /** The last charter of `chain` is refused. */
  const refuse = (name: string, rule: number | "place", code: string, chain: ChainVector): void => {
    invalid.push({ name, kind: "chain", chain, serial: chain.length - 1, rule, code });
  };

  const start = chains.place("first", first);
  accept("a first charter", [start], {
    inForce: [
      [0, 0, null],
      [0, 1, 0],
      [0, 9, 0],
      [1, 1, null],
    ],
    disavowed: [
      [0, 0, false],
      [0, 9, false],
    ],
  });

  // Online keys, titles and roles: root and next lines as they were.
  const log2 = key("nvwa.nl", "log 2");
  const node2 = key("nvwa.nl/node", "node 2");
  const witness2 = key("nvwa.nl/witness", "witness 2", 0x04);
  const lab2 = key("nvwa.nl/lab/2");
  const newLog = make(after(first, { log: [log2] }), [root1, root2, log2]);
  const newOnline = make(after(first, { log: [log2], node: [node2], witness: [witness2], member: memberKey("2") }), [
    root3,
    root1,
    log2,
    witness2,
    node2,
  ]);
  accept("another log key, from its charter's batch on", [start, chains.place("another log key", newLog, 12)], {
    inForce: [
      [0, 1, 0],
      [0, 12, 0],
      [0, 13, 1],
      [0, 99, 1],
    ],
  });
  accept("all online keys changed", [start, chains.place("all online keys changed", newOnline, 5)]);
  accept("only the title changed: no new key signs", [
    start,
    chains.place("another title", make(after(first, { title: "NVWA" }), [root2, root3]), 1),
  ]);
  accept("more roots than needed sign", [
    start,
    chains.place("another country", make(after(first, { country: "BE" }), roots), 1),
  ]);
  accept("a role key in, another out", [
    start,
    chains.place("another laboratory", make(after(first, { roles: [lab2] }), [root1, root2, lab2]), 1),
  ]);
  const back = make(after(newLog, { log: [nvwa.log] }), [root1, root2, nvwa.log]);
  accept(
    "a log key comes back under its name",
    [start, chains.place("another log key", newLog, 12), chains.place("the old log key again", back, 13)],
    {
      inForce: [
        [0, 13, 1],
        [0, 14, 2],
      ],
    },
  );

  // Signature lines that are nobody's.
  const title2 = make(after(first, { title: "NVWA" }), [root2, root3]);
  const titleLines = linesOf(title2);
  const stranger = key("nvwa.nl/stranger/1");
  const strangers = (count: number): readonly string[] => Array.from({ length: count }, () => stranger.sign("x\n"));
  accept("lines of unknown keys are passed over, valid or not", [
    start,
    chains.place(
      "lines of unknown keys",
      withLines(title2, [stranger.sign(title2.text), ...titleLines, stranger.sign("something else\n")]),
      1,
    ),
  ]);
  accept("a line that stands twice", [
    start,
    chains.place("a line twice", withLines(title2, [...titleLines, ...titleLines]), 1),
  ]);
  accept("a cosignature by the witness key has another key id: passed over", [
    start,
    chains.place(
      "a cosigned charter",
      withLines(title2, [...titleLines, nvwa.witness.cosign(1_800_000_000n, title2.text)]),
      1,
    ),
  ]);

  // Rule 6: root lines and next lines change together.
  const rotation = make(after(first, { roots: next, next: afterNext }), next);
  const rotationToTwo = make(after(first, { roots: [root4, root6], next: afterNext }), [root6, root4]);
  accept("all roots change to those announced; the old ones do not sign", [
    start,
    chains.place("root rotation", rotation, 3),
  ]);
  accept("two of three announced roots are enough for a next threshold of two", [
    start,
    chains.place("root rotation to two", rotationToTwo, 3),
  ]);
  accept("old roots may sign a rotation too", [
    start,
    chains.place(
      "root rotation, old roots sign",
      make(after(first, { roots: next, next: afterNext }), [...roots, ...next]),
      3,
    ),
  ]);
  accept("two rotations", [
    start,
    chains.place("root rotation", rotation, 3),
    chains.place(
      "second root rotation",
      make(after(rotation, { roots: afterNext, next: [root1, root2] }), afterNext),
      4,
    ),
  ]);
  accept("after a rotation the new roots sign", [
    start,
    chains.place("root rotation", rotation, 3),
    chains.place("title after rotation", make(after(rotation, { title: "NVWA" }), [root4, root5]), 4),
  ]);
  const keeping = make({ ...spec, next: [root1, root4, root5] }, [...roots, ...nvwa.online]);
  const keepingStart = chains.place("first, one root announced again", keeping);
  accept(
    "a root that was announced again stays",
    [
      keepingStart,
      chains.place("one root stays", make(after(keeping, { roots: [root1, root4], next }), [root1, root4]), 3),
    ],
    {},
    keeping,
  );
  const repeating = make({ ...spec, next: roots }, [...roots, ...nvwa.online]);
  const repeatingStart = chains.place("first, all roots announced again", repeating);
  accept(
    "the same root keys under another threshold, with other next lines",
    [
      repeatingStart,
      chains.place(
        "another root threshold",
        make(after(repeating, { rootThreshold: 3, next: [...next, ...roots] }), roots),
        3,
      ),
    ],
    {},
    repeating,
  );

  // Epochs.
  const opening = (
    before: Made,
    epoch: number,
    continues: string,
    changes: Partial<Spec> = {},
    signers: readonly CharterKey[] = [root1, root2],
  ): Made => {
    const log = key(`nvwa.nl/${epoch}`);
    return make(after(before, { epoch, continues, log: [log], ...changes }), [...signers, log]);
  };
  const epoch1 = opening(first, 1, `0 100 ${ROOT}`);
  const inEpoch1 = make(after(epoch1, { title: "NVWA" }), [root1, root2]);
  const places1 = [start, chains.place("epoch 1", epoch1)] as const;
  accept("a new epoch", places1, {
    inForce: [
      [0, 200, 0],
      [1, 0, null],
      [1, 1, 1],
      [2, 1, null],
    ],
    disavowed: [
      [0, 99, false],
      [0, 100, true],
      [0, 101, true],
      [1, 0, false],
    ],
  });
  accept("a further charter of the new epoch", [...places1, chains.place("another title in epoch 1", inEpoch1, 7)], {
    inForce: [
      [1, 7, 1],
      [1, 8, 2],
    ],
  });
  accept("an epoch number far above", [start, chains.place("epoch 9", opening(first, 9, `0 1 ${ROOT}`))], {
    disavowed: [
      [0, 0, false],
      [0, 1, true],
      [5, 0, true],
      [8, 3, true],
      [9, 0, false],
      [10, 0, false],
    ],
  });
  accept("a new epoch with new roots", [
    start,
    chains.place("epoch 1 with new roots", opening(first, 1, `0 100 ${ROOT}`, { roots: next, next: afterNext }, next)),
  ]);
  const late = make(after(first, { title: "Signed under theft" }), [root1, root2]);
  accept(
    "a charter in the disavowed range stays in the chain",
    [
      start,
      chains.place("late in epoch 0", late, 150),
      chains.place("epoch 1 after a late charter", opening(late, 1, `0 100 ${ROOT}`)),
    ],
    {
      inForce: [
        [0, 150, 0],
        [0, 151, 1],
        [1, 1, 2],
      ],
      disavowed: [[0, 150, true]],
    },
  );
  const again = chains.place("epoch 2 continues epoch 0 again", opening(epoch1, 2, `0 100 ${ROOT}`));
  accept("an epoch that continues the same one at the same size: the one between is passed over", [...places1, again], {
    disavowed: [
      [0, 99, false],
      [0, 100, true],
      [1, 0, true],
      [2, 0, false],
    ],
  });
  accept(
    "an epoch that continues the earlier one below",
    [...places1, chains.place("epoch 2 continues epoch 0 at 40", opening(epoch1, 2, `0 40 ${OTHER_ROOT}`))],
    {
      disavowed: [
        [0, 39, false],
        [0, 40, true],
        [1, 0, true],
      ],
    },
  );
  const epoch2 = opening(epoch1, 2, `1 30 ${ROOT}`);
  accept("an epoch that continues the last one", [...places1, chains.place("epoch 2 continues epoch 1", epoch2)], {
    disavowed: [
      [0, 99, false],
      [0, 100, true],
      [1, 29, false],
      [1, 30, true],
      [2, 0, false],
    ],
  });
  accept(
    "an epoch that continues the one before the last one's",
    [
      ...places1,
      chains.place("epoch 2 continues epoch 1", epoch2),
      chains.place("epoch 4 continues epoch 0", opening(epoch2, 4, `0 90 ${ROOT}`)),
    ],
    {
      disavowed: [
        [0, 89, false],
        [0, 90, true],
        [1, 0, true],
        [2, 0, true],
        [3, 0, true],
        [4, 0, false],
      ],
    },
  );

  // Lines of a later version.
  const odd = make(spec, [...roots, ...nvwa.online], (text) =>
    insertLine(insertLine(text, 5, "quorum! 3"), 8, "motto safe products"),
  );
  accept(
    "unknown lines, a critical one too: the chain is valid, and who does not know it takes nothing more",
    [chains.place("first with unknown lines", odd)],
    {},
    odd,
  );
  const strangeRoot = unknownVkey("nvwa.nl/root/1001", "strange root");
  const strange = make({ ...spec, roots: [...roots, strangeRoot], next: [...next, strangeRoot] }, [
    ...roots,
    ...nvwa.online,
  ]);
  const strangeStart = chains.place("first with a root key of unknown type", strange);
  accept("a key of unknown type need not sign", [strangeStart], {}, strange);
  accept(
    "a root key of unknown type that was announced",
    [
      strangeStart,
      chains.place(
        "rotation with a root key of unknown type",
        make(after(strange, { roots: [strangeRoot, root4, root5], next: afterNext }), [root4, root5]),
        2,
      ),
    ],
    {},
    strange,
  );

  const few = linesOf(first);
  accept("64 signature lines", [chains.place("64 lines", withLines(first, [...few, ...strangers(64 - few.length)]))]);
  const large = padded(60_000);
  accept("60 000 bytes", [chains.place("60 000 bytes", large)], {}, large);

  // Rule 1.
  refuse("a charter without a title", 1, "CHARTER_MALFORMED", [
    chains.place(
      "no title",
      make(spec, [...roots, ...nvwa.online], (text) => text.replace(/title .*\n/, "")),
    ),
  ]);
  refuse("65 signature lines", 1, "CHARTER_MALFORMED", [
    chains.place("65 lines", withLines(first, [...few, ...strangers(65 - few.length)])),
  ]);
  refuse("60 001 bytes", 1, "CHARTER_MALFORMED", [chains.place("60 001 bytes", padded(60_001))]);
  refuse("a chain that begins with serial 1", 1, "CHARTER_SERIAL", [chains.place("another log key", newLog)]);
  refuse("serial 2 after serial 0", 1, "CHARTER_SERIAL", [
    start,
    chains.place("serial 2 after 0", make({ ...after(first, { title: "NVWA" }), serial: 2 }, roots), 1),
  ]);
  refuse("the same charter again", 1, "CHARTER_SERIAL", [start, chains.place("first", first, 1)]);
  refuse("the digest of another charter", 1, "CHARTER_PREVIOUS", [
    start,
    chains.place(
      "another previous",
      make({ ...after(first, { title: "NVWA" }), previous: digest(newLog.text) }, roots),
      1,
    ),
  ]);
  refuse("the digest of the whole note", 1, "CHARTER_PREVIOUS", [
    start,
    chains.place(
      "previous of the note",
      make({ ...after(first, { title: "NVWA" }), previous: digest(first.note) }, roots),
      1,
    ),
  ]);
  const bvl = authority("bvl.example");
  refuse("a charter of another authority", 1, "CHARTER_AUTHORITY", [
    start,
    chains.place(
      "another authority",
      make({ ...bvl.spec, serial: 1, previous: digest(first.text) }, [...roots, ...bvl.roots, ...bvl.online]),
      1,
    ),
  ]);

  // Rule 2.
  const wrongEpoch = opening(first, 1, `0 100 ${ROOT}`, { serial: 0, previous: "none" }, roots);
  refuse("a first charter of epoch 1", 2, "CHARTER_EPOCH", [
    chains.place(
      "first of epoch 1",
      make({ ...wrongEpoch.spec }, [...roots, key("nvwa.nl/1"), nvwa.witness, nvwa.node, nvwa.lab, nvwa.approver]),
    ),
  ]);
  refuse("another size continued in the same epoch", 2, "CHARTER_EPOCH", [
    ...places1,
    chains.place("another size", make(after(epoch1, { continues: `0 99 ${ROOT}` }), [root1, root2]), 1),
  ]);
  refuse("another root continued in the same epoch", 2, "CHARTER_EPOCH", [
    ...places1,
    chains.place("another root", make(after(epoch1, { continues: `0 100 ${OTHER_ROOT}` }), [root1, root2]), 1),
  ]);
  refuse("an earlier epoch", 2, "CHARTER_EPOCH", [
    ...places1,
    chains.place(
      "back to epoch 0",
      make(after(epoch1, { epoch: 0, continues: "none", log: [nvwa.log] }), [root1, root2, nvwa.log]),
      1,
    ),
  ]);
  refuse("an epoch between two others", 2, "CHARTER_EPOCH", [
    start,
    chains.place("epoch 9", opening(first, 9, `0 1 ${ROOT}`)),
    chains.place("epoch 5 after epoch 9", opening(opening(first, 9, `0 1 ${ROOT}`), 5, `0 1 ${ROOT}`)),
  ]);
  refuse("an epoch that never was continued", 2, "CHARTER_CONTINUES", [
    start,
    chains.place("continues epoch 1, which is not", opening(first, 2, `1 5 ${ROOT}`)),
  ]);
  refuse("an epoch that continues itself", 2, "CHARTER_CONTINUES", [
    start,
    chains.place("continues itself", opening(first, 1, `1 5 ${ROOT}`)),
  ]);
  refuse("a size above the one at which it was left", 2, "CHARTER_CONTINUES", [
    ...places1,
    chains.place("continues epoch 0 at 101", opening(epoch1, 2, `0 101 ${ROOT}`)),
  ]);
  const passed = opening(epoch1, 2, `0 40 ${ROOT}`);
  const places2 = [...places1, chains.place("epoch 2 passes over epoch 1", passed)] as const;
  refuse("an epoch that was passed over comes back", 2, "CHARTER_CONTINUES", [
    ...places2,
    chains.place("continues epoch 1", opening(passed, 3, `1 1 ${ROOT}`)),
  ]);
  refuse("a size that only the epoch passed over allowed", 2, "CHARTER_CONTINUES", [
    ...places2,
    chains.place("continues epoch 0 at 41", opening(passed, 3, `0 41 ${ROOT}`)),
  ]);

  // Rule 3.
  const twice = key("nvwa.nl/node", "nvwa.nl");
  refuse("the log key is the node key too", 3, "CHARTER_KEY_REUSED", [
    chains.place(
      "log key as node key",
      make({ ...spec, node: [twice] }, [...roots, nvwa.log, nvwa.witness, twice, nvwa.lab, nvwa.approver]),
    ),
  ]);
  const twiceRoot = key("nvwa.nl/root/4", "nvwa.nl/root/1");
  refuse("one key under two root names", 3, "CHARTER_KEY_REUSED", [
    chains.place(
      "one root twice",
      make({ ...spec, roots: [...roots, twiceRoot] }, [...roots, twiceRoot, ...nvwa.online]),
    ),
  ]);
  const witnessAsRole = key("nvwa.nl/lab/2", "nvwa.nl/witness");
  refuse("the witness key becomes a role key", 3, "CHARTER_KEY_REUSED", [
    start,
    chains.place(
      "witness key as role key",
      make(after(first, { roles: [witnessAsRole] }), [root1, root2, witnessAsRole]),
      1,
    ),
  ]);
  const oldLogAsNode = key("nvwa.nl/node", "nvwa.nl");
  refuse("a key that is no longer named comes back under another name", 3, "CHARTER_KEY_REUSED", [
    start,
    chains.place("another log key", newLog, 12),
    chains.place(
      "old log key as node key",
      make(after(newLog, { node: [oldLogAsNode] }), [root1, root2, oldLogAsNode]),
      13,
    ),
  ]);
  const sameLog = key("nvwa.nl/1", "nvwa.nl");
  refuse("a new epoch with the log key of the old one", 3, "CHARTER_KEY_REUSED", [
    start,
    chains.place(
      "old log key in epoch 1",
      make(after(first, { epoch: 1, continues: `0 100 ${ROOT}`, log: [sameLog] }), [root1, root2, sameLog]),
    ),
  ]);

  // Rule 4.
  const [line2 = "", line3 = ""] = titleLines;
  const wrong = (signer: CharterKey): string => signer.sign("another text\n");
  refuse("a root signature that is not needed and does not verify", 4, "CHARTER_SIGNATURE_INVALID", [
    start,
    chains.place("a wrong third root", withLines(title2, [line2, line3, wrong(root1)]), 1),
  ]);
  refuse("a wrong line beside a right one of the same key", 4, "CHARTER_SIGNATURE_INVALID", [
    start,
    chains.place("right and wrong", withLines(title2, [line2, line3, wrong(root3)]), 1),
  ]);
  refuse("a wrong line of a key that is being replaced", 4, "CHARTER_SIGNATURE_INVALID", [
    start,
    chains.place("a wrong line of the old log key", withLines(newLog, [...linesOf(newLog), wrong(nvwa.log)]), 12),
  ]);
  refuse("a wrong line of the witness key under its id of type 0x01", 4, "CHARTER_SIGNATURE_INVALID", [
    start,
    chains.place("a wrong witness line", withLines(title2, [line2, line3, wrong(nvwa.witness)]), 1),
  ]);
  refuse("a signature of 63 bytes by a known key", 4, "CHARTER_SIGNATURE_INVALID", [
    start,
    chains.place("a short signature", withLines(title2, [line2, line3, shortened(root1.sign(title2.text))]), 1),
  ]);
  refuse("one character of the text changed", 4, "CHARTER_SIGNATURE_INVALID", [
    start,
    chains.place("a changed title", { ...title2, note: title2.note.replace("title NVWA", "title NVWB") }, 1),
  ]);

  // Key ids have 32 bits.
  const [oneNode, otherNode] = COLLIDING;
  const colliding = make({ ...spec, node: [oneNode] }, [
    ...roots,
    nvwa.log,
    nvwa.witness,
    oneNode,
    nvwa.lab,
    nvwa.approver,
  ]);
  const collidingStart = chains.place("first, with a node key of a shared key id", colliding);
  accept(
    "a line that is not there cannot fit two keys",
    [
      collidingStart,
      chains.place("another node key", make(after(colliding, { node: [node2] }), [root1, root2, node2]), 1),
    ],
    {},
    colliding,
  );
  refuse("a line whose name and key id fit a key of L and another of C", 4, "CHARTER_SIGNATURE_INVALID", [
    collidingStart,
    chains.place(
      "a node key of the same key id",
      make(after(colliding, { node: [otherNode] }), [root1, root2, otherNode]),
      1,
    ),
  ]);

  // Rule 5.
  const without = (made: Made, signer: CharterKey): Made =>
    withLines(
      made,
      linesOf(made).filter((line) => line !== signer.sign(made.text)),
    );
  for (const signer of [root3, ...nvwa.online]) {
    refuse(`a first charter that ${signer.name} does not sign`, 5, "CHARTER_KEY_UNPROVEN", [
      chains.place(`first without ${signer.name}`, without(first, signer)),
    ]);
  }
  for (const signer of [log2, witness2, node2]) {
    refuse(`a new key ${signer.name} does not sign`, 5, "CHARTER_KEY_UNPROVEN", [
      start,
      chains.place(`changed, without ${signer.name}`, without(newOnline, signer), 5),
    ]);
  }
  refuse("a new witness key cosigns instead of signing", 5, "CHARTER_KEY_UNPROVEN", [
    start,
    chains.place(
      "a cosignature for a proof",
      withLines(newOnline, [...linesOf(without(newOnline, witness2)), witness2.cosign(1_800_000_000n, newOnline.text)]),
      5,
    ),
  ]);
  const unsignedRole = make(after(first, { roles: [lab2] }), [root1, root2]);
  refuse("a new role key does not sign", 5, "CHARTER_KEY_UNPROVEN", [
    start,
    chains.place("an unproven role key", unsignedRole, 1),
  ]);
  const otherLab = key("nvwa.nl/lab/1", "another key of laboratory 1");
  refuse("another key under the name of an old one does not sign", 5, "CHARTER_KEY_UNPROVEN", [
    start,
    chains.place("an unproven key under an old name", make(after(first, { roles: [otherLab] }), [root1, root2]), 1),
  ]);

  // Rule 6.
  refuse("one of two roots signs", 6, "CHARTER_ROOT_THRESHOLD", [
    start,
    chains.place("one root signs", make(after(first, { title: "NVWA" }), [root1]), 1),
  ]);
  refuse("one root signs twice", 6, "CHARTER_ROOT_THRESHOLD", [
    start,
    chains.place("one root signs twice", make(after(first, { title: "NVWA" }), [root1, root1]), 1),
  ]);
  refuse("nobody signs", 6, "CHARTER_ROOT_THRESHOLD", [
    start,
    chains.place("nobody signs", make(after(first, { title: "NVWA" }), [stranger]), 1),
  ]);
  refuse("the announced roots sign in the place of today's", 6, "CHARTER_ROOT_THRESHOLD", [
    start,
    chains.place("announced roots sign", make(after(first, { title: "NVWA" }), next), 1),
  ]);
  refuse("the online keys sign in the place of the roots", 6, "CHARTER_ROOT_THRESHOLD", [
    start,
    chains.place("online keys sign", make(after(first, { title: "NVWA" }), nvwa.online), 1),
  ]);
  refuse("after a rotation the old roots sign", 6, "CHARTER_ROOT_THRESHOLD", [
    start,
    chains.place("root rotation", rotation, 3),
    chains.place("old roots sign", make(after(rotation, { title: "NVWA" }), roots), 4),
  ]);
  refuse("only root lines change", 6, "CHARTER_ROOT_HALF_CHANGED", [
    start,
    chains.place("only roots", make(after(first, { roots: next }), [...roots, ...next]), 1),
  ]);
  refuse("only the root threshold changes", 6, "CHARTER_ROOT_HALF_CHANGED", [
    start,
    chains.place("only the threshold", make(after(first, { rootThreshold: 1 }), roots), 1),
  ]);
  refuse("only the order of root lines changes", 6, "CHARTER_ROOT_HALF_CHANGED", [
    start,
    chains.place("only the order", make(after(first, { roots: [root2, root1, root3] }), roots), 1),
  ]);
  refuse("only next lines change", 6, "CHARTER_ROOT_HALF_CHANGED", [
    start,
    chains.place("only next", make(after(first, { next: afterNext }), [...roots, ...next]), 1),
  ]);
  refuse("only the next threshold changes", 6, "CHARTER_ROOT_HALF_CHANGED", [
    start,
    chains.place("only the next threshold", make(after(first, { nextThreshold: 1 }), roots), 1),
  ]);
  const thief = [1, 2, 3].map((n) => key(`nvwa.nl/root/${10 + n}`));
  refuse("a thief of all of today's roots rotates to his own", 6, "CHARTER_ROOT_UNANNOUNCED", [
    start,
    chains.place("a thief's roots", make(after(first, { roots: thief, next: afterNext }), [...roots, ...thief]), 1),
  ]);
  refuse("one new root of three was not announced", 6, "CHARTER_ROOT_UNANNOUNCED", [
    start,
    chains.place(
      "one root not announced",
      make(after(first, { roots: [root4, root5, ...thief.slice(0, 1)], next: afterNext }), [
        ...roots,
        root4,
        root5,
        ...thief.slice(0, 1),
      ]),
      1,
    ),
  ]);
  refuse("an old root stays that was not announced", 6, "CHARTER_ROOT_UNANNOUNCED", [
    start,
    chains.place(
      "an old root stays",
      make(after(first, { roots: [root1, root4, root5], next: afterNext }), [...roots, root4, root5]),
      1,
    ),
  ]);
  refuse("a root key of unknown type was not announced", 6, "CHARTER_ROOT_UNANNOUNCED", [
    start,
    chains.place(
      "a strange root not announced",
      make(after(first, { roots: [...next, strangeRoot], next: afterNext }), next),
      1,
    ),
  ]);
  refuse("one announced root where two must be", 6, "CHARTER_NEXT_THRESHOLD", [
    start,
    chains.place(
      "one announced root",
      make(after(first, { rootThreshold: 1, roots: [root4], next: afterNext }), [...roots, root4]),
      1,
    ),
  ]);
  refuse("one announced root that counts where two must be", 6, "CHARTER_NEXT_THRESHOLD", [
    strangeStart,
    chains.place(
      "one announced root that counts",
      make(after(strange, { rootThreshold: 1, roots: [root4, strangeRoot], next: afterNext }), [...roots, root4]),
      1,
    ),
  ]);
  refuse("a root that stays does not sign the rotation", 6, "CHARTER_ROOT_UNSIGNED", [
    keepingStart,
    chains.place(
      "the root that stays does not sign",
      make(after(keeping, { roots: [root1, root4, root5], next }), [root4, root5]),
      3,
    ),
  ]);
  refuse("new roots above the next threshold must sign too", 5, "CHARTER_KEY_UNPROVEN", [
    start,
    chains.place(
      "two of three new roots sign",
      make(after(first, { roots: next, next: afterNext }), [root4, root5]),
      3,
    ),
  ]);
  refuse("a new epoch is signed by its log key alone", 6, "CHARTER_ROOT_THRESHOLD", [
    start,
    chains.place("epoch 1 without roots", opening(first, 1, `0 100 ${ROOT}`, {}, [])),
  ]);

  // Places.
  refuse("a first charter at index 1", "place", "CHARTER_PLACE", [chains.place("first", first, 1)]);
  refuse("a first charter placed in epoch 1", "place", "CHARTER_PLACE", [chains.place("first", first, 0, 1)]);
  refuse("a charter at the index of the one before", "place", "CHARTER_PLACE", [
    start,
    chains.place("another log key", newLog, 0),
  ]);
  refuse("a charter at an earlier index", "place", "CHARTER_PLACE", [
    start,
    chains.place("another log key", newLog, 12),
    chains.place("the old log key again", back, 11),
  ]);
  refuse("a new epoch that begins at index 1", "place", "CHARTER_PLACE", [start, chains.place("epoch 1", epoch1, 1)]);
  refuse("a charter placed in the epoch before its own", "place", "CHARTER_PLACE", [
    start,
    chains.place("epoch 1", epoch1, 5, 0),
  ]);

  return { notes: chains.notes, valid, invalid };
}

/** The first charter, with an unknown line that makes its note so many bytes long. */
function padded(bytes: number): Made {
  const signers = [...roots, ...nvwa.online];
  const fill = (count: number): Made => make(spec, signers, (text) => `${text}filler ${"x".repeat(count)}\n`);
  return fill(1 + bytes - Buffer.byteLength(fill(1).note));
}

function linesOf({ text, note }: Made): readonly string[] {
  return note.slice(text.length + 1, -1).split("\n");
}

/** A signature line without the signature's last byte. */
function shortened(line: string): string {
  const [, name = "", blob = ""] = line.split(" ");
  const bytes = unhex(hex(Buffer.from(blob, "base64")));
  return signatureLine(name, bytes.subarray(0, 4), bytes.subarray(4, -1));
}

function three(keys: readonly CharterKey[]): readonly [CharterKey, CharterKey, CharterKey] {
  const [a, b, c] = keys;
  if (a === undefined || b === undefined || c === undefined) throw new Error("not three keys");
  return [a, b, c];
}

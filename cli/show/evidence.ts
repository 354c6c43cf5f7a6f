import { fingerprint } from "../../keys/fingerprint.ts";
import { sha256 } from "../../keys/sha256.ts";
import { toHex, utf8Encode } from "../../protocol/bytes.ts";
import {
  type Chain,
  charterInForce,
  lastCharter,
  type PlacedCharter,
  prevailing,
} from "../../protocol/charter-chain.ts";
import type { EvidenceVerdict, ProvenEvidence } from "../../protocol/evidence-verify.ts";
import { origin } from "../../protocol/name.ts";
import { count, fields, indent } from "../text.ts";

type Proven<K extends ProvenEvidence["kind"]> = Extract<ProvenEvidence, { kind: K }>;

/** A tree head that the authority signed, and by which of its charters it could. */
type SignedJson = {
  readonly size: number;
  readonly root: string;
  readonly key: string;
  readonly charter: number | null;
};

/** What a file proves, for programs: everything that follows from the file alone. */
export function evidenceJson(verdict: EvidenceVerdict): object {
  if (!verdict.proven) return { proven: false, code: verdict.code, message: verdict.message, shows: null };
  const { chains, kind } = verdict;
  const [{ id, name }] = chains;
  const about = { name, id: toHex(id), fingerprint: fingerprint(id), title: titleOf(verdict), kind };
  const shows =
    verdict.kind === "checkpoints"
      ? {
          ...about,
          epoch: verdict.evidence.epoch,
          superseded: isSuperseded(verdict),
          checkpoints: signedHeads(verdict),
          charters: null,
        }
      : {
          ...about,
          epoch: null,
          superseded: false,
          checkpoints: null,
          charters: verdict.charters.map((charter) => ({
            serial: charter.charter.serial,
            epoch: charter.epoch,
            digest: textDigest(charter),
            text: charter.text,
          })),
        };
  return { proven: true, code: null, message: null, shows };
}

/** The same for people: who signed what, under which charters. */
export function evidenceLines(verdict: EvidenceVerdict): string[] {
  if (!verdict.proven) return [`✗ NOT proven: ${verdict.message}`];
  const [{ id, name }] = verdict.chains;
  return [
    verdict.kind === "checkpoints"
      ? `✓ proven: ${name} signed two histories of its log that exclude each other`
      : `✓ proven: ${name} signed two charters of one serial`,
    ...fields([
      ["name", `${name}, ${titleOf(verdict)}`],
      ["id", toHex(id)],
      ["fingerprint", fingerprint(id)],
      ...(verdict.kind === "checkpoints" ? forkFields(verdict) : []),
    ]),
    ...(verdict.kind === "charters" ? charterLines(verdict) : []),
    ...(verdict.kind === "checkpoints" && isSuperseded(verdict)
      ? [
          "by the charters in this file the authority has since replaced a key that signed: whoever stole the old key could make this at any time",
        ]
      : []),
    "it proves that these keys signed; whether somebody stole one, no file can say",
  ];
}

function forkFields(verdict: Proven<"checkpoints">): (readonly [string, string])[] {
  const { evidence } = verdict;
  const [first, second] = signedHeads(verdict);
  const sizes = first.size === second.size;
  return [
    ["log", origin(verdict.chains[0].name, evidence.epoch)],
    ["it signed", headText(first)],
    ["and", headText(second)],
    [
      "which",
      sizes
        ? "are two trees of one size"
        : `go not together: the first is no beginning of the second, as ${count(evidence.hashes.length, "hash", "hashes")} show`,
    ],
  ];
}

function headText({ size, root, key, charter }: SignedJson): string {
  return `${count(size, "entry", "entries")} with root ${root}, by the log key ${key}${charter === null ? "" : `, in force by its charter of serial ${charter}`}`;
}

/** What each of the two says that the other does not. */
function charterLines({ charters: [one, other] }: Proven<"charters">): string[] {
  return [...charterText("one", one, other), ...charterText("the other", other, one)];
}

function charterText(which: string, charter: PlacedCharter, other: PlacedCharter): string[] {
  const others = new Set(other.text.split("\n"));
  const own = charter.text.split("\n").filter((line) => line !== "" && !others.has(line));
  return [
    `${which}, of serial ${charter.charter.serial} and epoch ${charter.epoch}, SHA-256 ${textDigest(charter)}, says:`,
    ...indent(own.length === 0 ? ["nothing that the other does not say"] : own),
  ];
}

function signedHeads({ chains, first, second, evidence }: Proven<"checkpoints">): readonly [SignedJson, SignedJson] {
  const head = ({ checkpoint: { size, root }, key }: typeof first, chain: Chain): SignedJson => ({
    size,
    root: toHex(root),
    key: toHex(key.publicKey),
    charter: charterInForce(chain, evidence.epoch, size)?.serial ?? null,
  });
  return [head(first, chains[0]), head(second, chains[1])];
}

/** Whether the chain in the file that prevails has another log key than either checkpoint: where both may, the first. */
function isSuperseded({ chains: [one, other], first, second }: Proven<"checkpoints">): boolean {
  const { kind } = prevailing(one, other);
  const present = lastCharter(kind === "extends" || kind === "other-prevails" ? other : one).log;
  return [first, second].some(({ key }) => toHex(key.publicKey) !== toHex(present.publicKey));
}

/** Of the first charter, which the id stands for: of later ones there may be two. */
function titleOf({ chains }: ProvenEvidence): string {
  return chains[0].entries[0].charter.title;
}

function textDigest({ text }: PlacedCharter): string {
  return toHex(sha256(utf8Encode(text)));
}

import { toHex, u64be } from "../protocol/bytes.ts";
import { buildAudienceTags, formatMemberList, paddedTagCount } from "../protocol/audience.ts";
import { encodeCbor } from "../protocol/cbor.ts";
import { type AudienceLeaf, readLeaf } from "../protocol/leaf/leaf.ts";
import { MEMBER_LIST_MEDIA_TYPE } from "../protocol/audience.ts";
import { partDigest } from "../protocol/part-digest.ts";
import { formatPart } from "../protocol/part.ts";
import type { Sha256 } from "../protocol/crypto.ts";
import { audienceTag } from "../keys/audience-tag.ts";
import { sharedSecret, type X25519KeyPair } from "../keys/x25519.ts";
import type { Random } from "./clock.ts";
import type { Disk } from "./disk.ts";
import { bytesKey, u48 } from "./keyspace.ts";
import type { EntryDraft, OwnLog } from "./own-log.ts";
import { readMembers } from "./reader-audiences.ts";

/** Audiences of our own log whose member lists are kept in memory. */
const MEMBERS_CACHE_MAX = 512;

export type Member = { readonly id: Uint8Array; readonly memberKey: Uint8Array };

export type OwnAudiencesInit = {
  readonly disk: Disk;
  readonly log: OwnLog;
  readonly ownId: Uint8Array;
  /** The member key in force in our own charter. */
  readonly memberKey: X25519KeyPair;
  readonly sha256: Sha256;
  readonly random: Random;
};

/** The audiences of our own log: written when first addressed, reused for the same members under the same keys. */
export class OwnAudiences {
  readonly #init: OwnAudiencesInit;
  readonly #members = new Map<number, ReadonlySet<string>>();
  readonly #writing = new Map<string, Promise<number>>();

  constructor(init: OwnAudiencesInit) {
    this.#init = init;
  }

  /** Index of an audience leaf with exactly these members, appended if there is none yet. */
  async ensure(members: readonly Member[]): Promise<number> {
    if (members.length === 0) throw new RangeError("an audience has at least one member");
    const name = this.#nameOf(members);
    const stored = await this.#init.disk.get(name);
    if (stored !== undefined) return Buffer.from(stored).readUIntBE(0, 6);
    const text = toHex(name);
    const writing = this.#writing.get(text);
    if (writing !== undefined) return writing;
    const written = this.#init.log.append([this.#draft(members, name)]).finally(() => this.#writing.delete(text));
    this.#writing.set(text, written);
    return written;
  }

  /** Index of an existing audience with exactly these members, for a preview. */
  async find(members: readonly Member[]): Promise<number | undefined> {
    const stored = await this.#init.disk.get(this.#nameOf(members));
    return stored === undefined ? undefined : Buffer.from(stored).readUIntBE(0, 6);
  }

  /** Ids (hex) listed in an audience of ours; `undefined` for anything that is no valid audience. */
  async members(index: number): Promise<ReadonlySet<string> | undefined> {
    const known = this.#members.get(index);
    if (known !== undefined) return known;
    const members = await this.#read(index);
    // After a restore the list may still be on its way back to us.
    if (members === undefined) return undefined;
    this.#members.set(index, members);
    const [oldest] = this.#members.keys();
    if (this.#members.size > MEMBERS_CACHE_MAX && oldest !== undefined) this.#members.delete(oldest);
    return members;
  }

  async #read(index: number): Promise<ReadonlySet<string> | undefined> {
    const { store } = this.#init.log;
    const leaf = await store.controlLeaf(index);
    const reading = leaf === undefined ? undefined : readLeaf(leaf);
    if (reading?.status !== "known" || reading.leaf.kind !== "audience") return undefined;
    const list = await store.readSmallPart(index, 0);
    const members = list === undefined ? "absent" : readMembers(reading.leaf, list, this.#init.ownId);
    return typeof members === "string" ? undefined : new Set(members.map((member) => toHex(member.id)));
  }

  #draft(members: readonly Member[], name: Uint8Array): EntryDraft {
    const { ownId, memberKey, random, sha256, log } = this.#init;
    const nonce = random(16);
    const tagged = members.map(({ id, memberKey: theirs }) => ({
      id,
      tag: audienceTag(sharedSecret(memberKey, theirs), ownId, id, log.store.epoch, nonce),
    }));
    const filler = Array.from({ length: paddedTagCount(tagged.length) - tagged.length }, () => random(16));
    const tags = buildAudienceTags(tagged, filler);
    const part = formatPart({
      ownerId: ownId,
      salt: random(32),
      name: "",
      type: MEMBER_LIST_MEDIA_TYPE,
      content: formatMemberList(tagged),
    });
    const leaf = (time: number): AudienceLeaf => ({
      kind: "audience",
      time,
      nonce,
      tags,
      digest: partDigest(sha256, part),
      size: part.length,
    });
    return { leaf, parts: [{ part: 0, bytes: part }], extra: (index) => [{ key: name, value: u48(index) }] };
  }

  /** SPEC: An owner that addresses the same members again under the same member keys reuses the earlier leaf. */
  #nameOf(members: readonly Member[]): Uint8Array {
    const { memberKey, sha256, log } = this.#init;
    const listed = members.map(({ id, memberKey: theirs }) => `${toHex(id)} ${toHex(theirs)}`).sort();
    const named = encodeCbor([u64be(log.store.epoch), memberKey.publicKey, listed]);
    return bytesKey("audience", sha256(named));
  }
}

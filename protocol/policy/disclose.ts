import type { Policy, PolicyAudience } from "./policy.ts";
import type { Section, TransferGround } from "./section.ts";

/** An authority other than the author's own. */
export type Party = { readonly id: string; readonly name: string };

/**
 * By what the readers of a part are its readers: named by its author, as readers of the record, or by the policy (`listed`:
 * a list that stands in it).
 */
export type DisclosedBy = "named" | "record" | "followers" | "area" | "addressees" | "listed" | "nobody";

/** A part that is about to go out. */
export type PartQuestion<P extends Party> = {
  /** `record` is part 0. */
  readonly part: "record" | Section;
  /** Whom its author names. */
  readonly named: readonly P[] | undefined;
  /** Of a record that waited: by what those in `named` became readers when it was accepted. */
  readonly namedBy?: DisclosedBy;
  /** Readers of the record; of nobody where that is what is asked. */
  readonly addressees: readonly P[];
  /** Trusted authorities, and those of them who may follow the log. */
  readonly trusted: readonly P[];
  readonly followers: readonly P[];
  /** Grounds that its author names, in this order. */
  readonly grounds: readonly TransferGround[];
};

export type Disclosure<P extends Party> = {
  readonly by: DisclosedBy;
  readonly readers: readonly P[];
  /** Of the readers outside the area, on which ground each may read personal data. */
  readonly grounds: readonly { readonly reader: P; readonly ground: TransferGround }[];
  /** Left out of the readers by default, since they are outside the area. */
  readonly outside: readonly P[];
  /** Named, outside the area, and without a ground: the part must not go out. */
  readonly refused: readonly P[];
};

/** Whether the policy says that the law of `party` protects personal data as the own one does. */
export function isInArea({ area }: Pick<Policy, "area">, party: Party): boolean {
  return area !== undefined && isListed(area.authorities, party);
}

/** Grounds that the policy has for personal data to go to `party`. */
export function groundsFor({ grounds }: Pick<Policy, "grounds">, party: Party): readonly TransferGround[] {
  return grounds
    .filter(({ authorities }) => authorities === "all" || isListed(authorities, party))
    .map(({ ground }) => ground);
}

/** Who reads a part, and why. SPEC: docs/spec/policy.md, “Readers of a part”. */
export function disclose<P extends Party>(policy: Policy, question: PartQuestion<P>): Disclosure<P> {
  const { by, readers } = chosen(policy, question);
  const unprotected = question.part === "personal" ? readers.filter((reader) => !isInArea(policy, reader)) : [];
  if (by !== "named") {
    // SPEC: "Of a `personal` part that names no readers, those outside the area are left out."
    const within = readers.filter((reader) => !unprotected.includes(reader));
    return { by, readers: within, grounds: [], outside: unprotected, refused: [] };
  }
  const grounds = unprotected.flatMap((reader) => {
    const allowed = groundsFor(policy, reader);
    const ground = question.grounds.find((one) => allowed.includes(one));
    return ground === undefined ? [] : [{ reader, ground }];
  });
  const refused = unprotected.filter((reader) => !grounds.some((one) => one.reader === reader));
  return { by, readers: readers.filter((reader) => !refused.includes(reader)), grounds, outside: [], refused };
}

function chosen<P extends Party>(
  { area, sections }: Policy,
  { part, named, namedBy = "named", addressees, trusted, followers }: PartQuestion<P>,
): { readonly by: DisclosedBy; readonly readers: readonly P[] } {
  if (named !== undefined) return { by: namedBy, readers: named };
  if (part === "product") return { by: "record", readers: addressees };
  const audience: PolicyAudience = sections[part === "record" ? "product" : part];
  switch (audience) {
    case "followers":
      return { by: audience, readers: followers };
    case "area":
      return { by: audience, readers: followers.filter((one) => isInArea({ area }, one)) };
    case "addressees":
      return { by: audience, readers: addressees };
    case "nobody":
      return { by: audience, readers: [] };
    default:
      return { by: "listed", readers: trusted.filter((one) => isListed(audience, one)) };
  }
}

function isListed(authorities: readonly string[], { id, name }: Party): boolean {
  return authorities.includes(name) || authorities.includes(id);
}

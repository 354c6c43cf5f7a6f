import { z } from "zod";
import { FormatError } from "../format-error.ts";
import { MAX_AUDIENCE_MEMBERS } from "../limits.ts";
import { isName } from "../name.ts";
import { TRANSFER_GROUNDS } from "../record/codes/disclosure.ts";
import { formatPath } from "../record/malformed.ts";
import { label } from "../record/fields.ts";
import type { TransferGround } from "./section.ts";

/** Name or whole id of each. */
type Authorities = readonly string[];

export type PolicyAudience = "followers" | "area" | "addressees" | "nobody" | Authorities;

/** A policy with what its file leaves out: `docs/spec/policy.md`. */
export type Policy = {
  /** Those whose law protects personal data as the own one does; `undefined` where nobody has said who these are. */
  readonly area: { readonly name: string; readonly authorities: Authorities } | undefined;
  readonly sections: {
    readonly product: Exclude<PolicyAudience, "addressees">;
    readonly traceability: PolicyAudience;
    readonly commercial: PolicyAudience;
    readonly personal: PolicyAudience;
  };
  readonly grounds: readonly {
    readonly ground: TransferGround;
    readonly authorities: "all" | Authorities;
    /** The decision or arrangement. */
    readonly basis?: string;
  }[];
};

/** Bytes of a policy's file: names of all authorities that there may be, several times over. */
export const MAX_POLICY_SIZE = 262_144;

const authority = z
  .string()
  .refine(
    (text) => isName(text) || /^[0-9a-f]{64}$/.test(text),
    "not an authority: a name such as nvwa.nl, or a whole id",
  );
const authorities = z
  .array(authority)
  .min(1, "an empty list")
  .max(MAX_AUDIENCE_MEMBERS, `more than ${MAX_AUDIENCE_MEMBERS} authorities`)
  .refine((list) => new Set(list).size === list.length, "one authority twice");

function audience<const W extends string>(words: readonly W[]) {
  return z.union([z.enum(words), authorities], `not ${words.join(", ")} or a list of authorities`);
}

const anyAudience = audience(["followers", "area", "addressees", "nobody"]);
const ground = z
  .strictObject({
    ground: z.enum(TRANSFER_GROUNDS, `not one of ${TRANSFER_GROUNDS.join(", ")}`),
    authorities: z.union([z.literal("all"), authorities], 'not "all" or a list of authorities'),
    basis: label.exactOptional(),
  })
  .refine((one) => one.ground !== "other-law" || one.basis !== undefined, {
    path: ["basis"],
    message: "must say which law, with other-law",
  });
const POLICY = z.strictObject({
  schema: z.literal("entente/policy/1", 'not "entente/policy/1"'),
  area: z.strictObject({ name: label, authorities }).exactOptional(),
  sections: z
    .strictObject({
      product: audience(["followers", "area", "nobody"]).exactOptional(),
      traceability: anyAudience.exactOptional(),
      commercial: anyAudience.exactOptional(),
      personal: anyAudience.exactOptional(),
    })
    .exactOptional(),
  grounds: z
    .array(ground)
    .refine((list) => new Set(list.map((one) => one.ground)).size === list.length, "one ground twice")
    .exactOptional(),
});

/** A policy as it stands in its file. */
export type PolicyFile = z.infer<typeof POLICY>;

/**
 * Without a setting nobody reads what nobody was named for, and nobody is in the area: whose law protects persons is for
 * people to say.
 */
export const NO_POLICY: Policy = {
  area: undefined,
  sections: { product: "nobody", traceability: "nobody", commercial: "nobody", personal: "nobody" },
  grounds: [],
};

/** What is wrong at `path` (`area.authorities[3]`, empty for the whole). */
export type PolicyProblem = { readonly path: string; readonly reason: string };

/** All that is wrong with what should be a policy's file; nothing where it is one. */
export function policyProblems(value: unknown): readonly PolicyProblem[] {
  return (POLICY.safeParse(value).error?.issues ?? []).map((issue) => ({
    path: formatPath("", issue.path).replace(/^\./, ""),
    reason: issue.code === "unrecognized_keys" ? `no such key: ${issue.keys.join(", ")}` : issue.message,
  }));
}

/** The file that `value`, JSON, is. Throws `FormatError` (`POLICY_MALFORMED`) with the first fault. */
export function readPolicyFile(value: unknown): PolicyFile {
  const read = POLICY.safeParse(value);
  if (read.success) return read.data;
  const [{ path, reason } = { path: "", reason: "not readable" }] = policyProblems(value);
  throw new FormatError("POLICY_MALFORMED", path === "" ? reason : `${path}: ${reason}`, { path, reason });
}

/** The whole policy that a file makes. */
export function policyOf({ area, sections, grounds }: PolicyFile): Policy {
  return { area, sections: { ...NO_POLICY.sections, ...sections }, grounds: grounds ?? NO_POLICY.grounds };
}

import type { PolicyAudience, PolicyFile } from "../protocol/policy/policy.ts";
import type { Section, TransferGround } from "../protocol/policy/section.ts";
import type { EntryText } from "./service.ts";

/** The policy in force, and what it means for those whom this authority trusts: docs/spec/policy.md. */
export type PolicyStatus = {
  /** As it was set; null: nobody has set one. */
  readonly policy: PolicyFile | null;
  readonly setBy: string | null;
  readonly setAt: string | null;
  /** Name of the area; null: the policy has none. */
  readonly area: string | null;
  /** With what the policy leaves out. */
  readonly sections: Readonly<Record<Section, PolicyAudience>>;
  readonly authorities: readonly {
    readonly name: string;
    readonly id: string;
    readonly inArea: boolean;
    /** On which personal data may go to it, named with each record; of an authority in the area none is needed. */
    readonly grounds: readonly TransferGround[];
  }[];
  /** Named in the policy and not trusted here. */
  readonly notTrusted: readonly string[];
};

/** Who was in the area until a policy was set, and what personal data it may read all the same. */
export type LeftArea = {
  readonly name: string;
  /** The first of them, and how many there are. */
  readonly entries: readonly EntryText[];
  readonly count: number;
};

export type PolicySet = PolicyStatus & { readonly left: readonly LeftArea[] };

export type PolicyService = {
  policy(): Promise<PolicyStatus>;
  /** Replaces the policy. `file`: JSON, judged here. */
  setPolicy(file: unknown, operator: string): Promise<PolicySet>;
};

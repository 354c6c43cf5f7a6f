import type { CaseNode } from "./graph.ts";

/** Acts that contradict each other and could not know of each other, or that are objected to; a person settles it. */
export type Contest = {
  readonly kind:
    | "answers-withdrawn"
    | "cancelled-and-accepted"
    | "closed-against"
    | "objection"
    | "owners"
    | "verification";
  /** What stands, and what stands against it. */
  readonly acts: readonly CaseNode[];
};

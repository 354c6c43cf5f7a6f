import { FormatError } from "../format-error.ts";

/** One step of a verification, in the order in which they are done. */
export type ProofStep = {
  /** What is verified: `inclusion`, `part 2`. */
  readonly step: string;
  /** `unchecked`: what it rests on has failed. */
  readonly result: "ok" | "failed" | "unchecked";
  /** A sentence for people. */
  readonly detail: string;
};

/** What a step that succeeded leaves to the later ones, and what it says. */
export type StepOutcome<T> = { readonly value: T; readonly detail: string };

/** Collects the steps; a step that throws `FormatError` has failed, and verification goes on as far as it can. */
export class ProofSteps {
  readonly list: ProofStep[] = [];

  get isOk(): boolean {
    return this.list.every(({ result }) => result === "ok");
  }

  /** The value of the step, `undefined` where it failed. */
  async run<T>(step: string, verify: () => StepOutcome<T> | Promise<StepOutcome<T>>): Promise<T | undefined> {
    try {
      const { value, detail } = await verify();
      this.list.push({ step, result: "ok", detail });
      return value;
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      this.list.push({ step, result: "failed", detail: error.message });
      return undefined;
    }
  }

  skip(step: string, because: string): void {
    this.list.push({ step, result: "unchecked", detail: `${because} failed before` });
  }
}

/** For what is wrong with a proof as a whole. */
export function proofInvalid(message: string): FormatError {
  return new FormatError("PROOF_INVALID", message);
}

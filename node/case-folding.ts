import { Background } from "./background.ts";
import type { Cases } from "./cases.ts";
import type { Core } from "./core.ts";
import { FOLDING_REST_TIMES } from "./limits.ts";

/** Folds cases as entries come, so that who asks for a list finds little left to do. */
export function caseFolding(core: Core, cases: Cases): Background {
  const folding = new Background({ core, what: "the list of cases", step, restTimes: FOLDING_REST_TIMES });
  return folding;

  async function step(): Promise<boolean> {
    // What is folded can be folded again; a disk that is full has better uses.
    if (core.init.space.space.state === "full") return false;
    const begun = performance.now();
    const isMore = await cases.step();
    await folding.rest(begun);
    return isMore;
  }
}

import { createCaseService } from "../../node/case-service.ts";
import type { CaseService } from "../../node/case-types.ts";
import type { Cases } from "../../node/cases.ts";
import { Entries } from "../../node/entries.ts";
import type { ErasureService } from "../../node/erasure-types.ts";
import { createEraseService } from "../../node/erasing/erase-service.ts";
import { LegalHolds } from "../../node/erasing/legal-holds.ts";
import { ErasureSweep } from "../../node/erasing/sweep.ts";
import { Reader } from "../../node/reader.ts";
import { ReferenceIndex } from "../../node/reference-index.ts";
import type { Life } from "./sim-node.ts";

/** What the people of one authority work with, over one life of their node. */
export type Desk = {
  readonly life: Life;
  readonly entries: Entries;
  readonly cases: Cases;
  readonly service: CaseService;
  readonly erasing: ErasureService;
  readonly sweep: ErasureSweep;
};

export function openDesk(life: Life): Desk {
  const { core, publisher } = life;
  const entries = new Entries(core);
  const references = new ReferenceIndex(core, entries, new Reader(core, entries));
  const { service, cases } = createCaseService(core, entries, references);
  const holds = new LegalHolds(core.init.disk);
  const erasing = createEraseService({ core, entries, references, holds, cases });
  const sweep = new ErasureSweep({
    core,
    entries,
    holds,
    publish: (input, operator) => publisher.publish(input, operator),
    settle: () => cases.upToDate(() => undefined),
  });
  return { life, entries, cases, service, erasing, sweep };
}

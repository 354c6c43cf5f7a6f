import type { RegisterRoutes } from "./route.ts";
import { arrivalRoutes } from "./route/arrivals.ts";
import { backupRoutes } from "./route/backup.ts";
import { caseRoutes } from "./route/cases.ts";
import { charterRoutes } from "./route/charter.ts";
import { erasureRoutes } from "./route/erasures.ts";
import { evidenceRoutes } from "./route/evidence.ts";
import { entryRoutes } from "./route/entries.ts";
import { grantRoutes } from "./route/grants.ts";
import { logRoutes } from "./route/logs.ts";
import { nodeRoutes } from "./route/node.ts";
import { operatorRoutes } from "./route/operators.ts";
import { partRoutes } from "./route/parts.ts";
import { peerRoutes } from "./route/peers.ts";
import { policyRoutes } from "./route/policy.ts";
import { proofRoutes } from "./route/proofs.ts";
import { scrubRoutes } from "./route/scrub.ts";
import { searchRoutes } from "./route/search.ts";
import { publishRoutes } from "./route/publish.ts";

/** Everything that the local API offers, by area. */
export const ROUTES: readonly RegisterRoutes[] = [
  nodeRoutes,
  operatorRoutes,
  charterRoutes,
  peerRoutes,
  publishRoutes,
  policyRoutes,
  grantRoutes,
  erasureRoutes,
  entryRoutes,
  arrivalRoutes,
  searchRoutes,
  caseRoutes,
  partRoutes,
  logRoutes,
  proofRoutes,
  evidenceRoutes,
  backupRoutes,
  scrubRoutes,
];

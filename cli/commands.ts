import type { Command } from "./command.ts";
import { backup } from "./command/backup.ts";
import { charterExport } from "./command/charter-export.ts";
import { charterShow } from "./command/charter-show.ts";
import { complete } from "./command/complete.ts";
import { completion } from "./command/completion.ts";
import { configCheck } from "./command/config-check.ts";
import { configShow } from "./command/config-show.ts";
import { doctor } from "./command/doctor.ts";
import { draftList } from "./command/draft-list.ts";
import { draftPublish } from "./command/draft-publish.ts";
import { draftRemove } from "./command/draft-remove.ts";
import { evidenceDecide } from "./command/evidence-decide.ts";
import { evidenceExport } from "./command/evidence-export.ts";
import { evidenceVerify } from "./command/evidence-verify.ts";
import { evidenceShow } from "./command/evidence-show.ts";
import { evidenceList } from "./command/evidence-list.ts";
import { explain } from "./command/explain.ts";
import { exportEntries } from "./command/export.ts";
import { fetch } from "./command/fetch.ts";
import { grant } from "./command/grant.ts";
import { importCpsc } from "./command/import-cpsc.ts";
import { importSafetyGate } from "./command/import-safety-gate.ts";
import { init } from "./command/init.ts";
import { list } from "./command/list.ts";
import { logs } from "./command/logs.ts";
import { operatorAdd } from "./command/operator-add.ts";
import { peerAdd } from "./command/peer-add.ts";
import { peerList } from "./command/peer-list.ts";
import { peerPending } from "./command/peer-pending.ts";
import { peerRemove } from "./command/peer-remove.ts";
import { peerSetAddress } from "./command/peer-set-address.ts";
import { peerShow } from "./command/peer-show.ts";
import { prove } from "./command/prove.ts";
import { publish } from "./command/publish.ts";
import { scrub } from "./command/scrub.ts";
import { settle } from "./command/settle.ts";
import { show } from "./command/show.ts";
import { start } from "./command/start.ts";
import { status } from "./command/status.ts";
import { stop } from "./command/stop.ts";
import { thread } from "./command/thread.ts";
import { verify } from "./command/verify.ts";

/** Every command, in the order of help. A new one is a file and a line here. */
export const COMMANDS: readonly Command[] = [
  init,
  start,
  stop,
  status,
  doctor,
  settle,
  backup,
  scrub,
  configCheck,
  configShow,
  operatorAdd,
  charterShow,
  charterExport,
  peerAdd,
  peerList,
  peerShow,
  peerRemove,
  peerPending,
  peerSetAddress,
  publish,
  grant,
  draftList,
  draftPublish,
  draftRemove,
  importSafetyGate,
  importCpsc,
  logs,
  list,
  show,
  thread,
  fetch,
  complete,
  explain,
  exportEntries,
  prove,
  verify,
  evidenceList,
  evidenceShow,
  evidenceVerify,
  evidenceExport,
  evidenceDecide,
  completion,
];

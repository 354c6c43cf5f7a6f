import type { Command, CommandGroup } from "./command.ts";
import { ack } from "./command/ack.ts";
import { answer } from "./command/answer.ts";
import { backup } from "./command/backup.ts";
import { caseCompare } from "./command/case-compare.ts";
import { caseList } from "./command/case-list.ts";
import { caseShow } from "./command/case-show.ts";
import { caseTimeline } from "./command/case-timeline.ts";
import { charterExport } from "./command/charter-export.ts";
import { charterShow } from "./command/charter-show.ts";
import { close } from "./command/close.ts";
import { codes } from "./command/codes.ts";
import { compare } from "./command/compare.ts";
import { complete } from "./command/complete.ts";
import { completion } from "./command/completion.ts";
import { configCheck } from "./command/config-check.ts";
import { configShow } from "./command/config-show.ts";
import { correct } from "./command/correct.ts";
import { doctor } from "./command/doctor.ts";
import { draftList } from "./command/draft-list.ts";
import { draftPublish } from "./command/draft-publish.ts";
import { draftRemove } from "./command/draft-remove.ts";
import { drop } from "./command/drop.ts";
import { erase } from "./command/erase.ts";
import { erasures } from "./command/erasures.ts";
import { evidenceDecide } from "./command/evidence-decide.ts";
import { evidenceExport } from "./command/evidence-export.ts";
import { evidenceList } from "./command/evidence-list.ts";
import { evidenceShow } from "./command/evidence-show.ts";
import { evidenceVerify } from "./command/evidence-verify.ts";
import { explain } from "./command/explain.ts";
import { exportEntries } from "./command/export.ts";
import { fetch } from "./command/fetch.ts";
import { followUp } from "./command/follow-up.ts";
import { grant } from "./command/grant.ts";
import { handOver } from "./command/hand-over.ts";
import { holdAdd } from "./command/hold-add.ts";
import { holdExport } from "./command/hold-export.ts";
import { holdList } from "./command/hold-list.ts";
import { holdRemove } from "./command/hold-remove.ts";
import { importCpsc } from "./command/import-cpsc.ts";
import { importSafetyGate } from "./command/import-safety-gate.ts";
import { inbox } from "./command/inbox.ts";
import { init } from "./command/init.ts";
import { list } from "./command/list.ts";
import { logs } from "./command/logs.ts";
import { notification } from "./command/notification.ts";
import { object } from "./command/object.ts";
import { operatorAdd } from "./command/operator-add.ts";
import { peerAdd } from "./command/peer-add.ts";
import { peerList } from "./command/peer-list.ts";
import { peerPending } from "./command/peer-pending.ts";
import { peerRemove } from "./command/peer-remove.ts";
import { peerSetAddress } from "./command/peer-set-address.ts";
import { peerShow } from "./command/peer-show.ts";
import { policyCheck } from "./command/policy-check.ts";
import { policySet } from "./command/policy-set.ts";
import { policyShow } from "./command/policy-show.ts";
import { prove } from "./command/prove.ts";
import { publish } from "./command/publish.ts";
import { related } from "./command/related.ts";
import { reopen } from "./command/reopen.ts";
import { request } from "./command/request.ts";
import { resultAdd } from "./command/result-add.ts";
import { retention } from "./command/retention.ts";
import { scrub } from "./command/scrub.ts";
import { search } from "./command/search.ts";
import { settle } from "./command/settle.ts";
import { show } from "./command/show.ts";
import { start } from "./command/start.ts";
import { stats } from "./command/stats.ts";
import { status } from "./command/status.ts";
import { stop } from "./command/stop.ts";
import { template } from "./command/template.ts";
import { thread } from "./command/thread.ts";
import { update } from "./command/update.ts";
import { verifyMeasure } from "./command/verify-measure.ts";
import { verify } from "./command/verify.ts";
import { watch } from "./command/watch.ts";
import { withdraw } from "./command/withdraw.ts";

/** Every command, in the order of help. A new one is a file and a word here. */
export const COMMAND_GROUPS: readonly CommandGroup[] = [
  {
    title: "Cases, for officers: begin with inbox",
    commands: [inbox, watch, caseList, caseShow, caseTimeline, caseCompare, stats],
  },
  {
    title: "Acts in a case",
    commands: [
      ack,
      followUp,
      request,
      answer,
      resultAdd,
      compare,
      verifyMeasure,
      update,
      correct,
      withdraw,
      handOver,
      close,
      object,
      reopen,
    ],
  },
  {
    title: "Reading",
    commands: [list, search, show, thread, related, fetch, complete, explain, logs, exportEntries, notification],
  },
  {
    title: "Publishing",
    commands: [publish, template, codes, draftList, draftPublish, draftRemove, importSafetyGate, importCpsc, drop],
  },
  {
    title: "Who reads what, and for how long",
    commands: [
      policyShow,
      policyCheck,
      policySet,
      grant,
      erase,
      erasures,
      retention,
      holdAdd,
      holdList,
      holdRemove,
      holdExport,
    ],
  },
  {
    title: "Proof",
    commands: [prove, verify, evidenceList, evidenceShow, evidenceVerify, evidenceExport, evidenceDecide],
  },
  {
    title: "Trust",
    commands: [charterShow, charterExport, peerAdd, peerList, peerShow, peerRemove, peerPending, peerSetAddress],
  },
  {
    title: "The node, for operators",
    commands: [
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
      completion,
    ],
  },
];

export const COMMANDS: readonly Command[] = COMMAND_GROUPS.flatMap(({ commands }) => commands);

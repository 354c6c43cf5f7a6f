import type { Contest } from "../protocol/case/contest.ts";
import type { Deadline } from "../protocol/case/deadlines.ts";
import type { DutyKind } from "../protocol/case/duty.ts";
import type { Indicators } from "../protocol/case/indicators.ts";
import type { Measure, MeasureState } from "../protocol/case/measure.ts";
import type { RequestState } from "../protocol/case/request.ts";
import type { Case, Party } from "../protocol/case/fold.ts";
import type { Offer } from "../protocol/case/tenure.ts";
import type { EntryText, Progress } from "./service.ts";

// What people and programs are told of cases: docs/spec/case.md. Authorities by name where they are known here, else the
// beginning of their id; times are the owners' claims.

/** Something that somebody owes. */
export type OwedDuty = {
  readonly kind: DutyKind;
  readonly who: string;
  /** Whether that is this authority. */
  readonly mine: boolean;
  /** The entry by which it came to be owed, and when that was appended. */
  readonly about: EntryText;
  readonly since: string;
  /** The last day, `2026-03-09`; null where there is none, or while a question stops the clock. */
  readonly due: string | null;
  readonly state: Deadline["state"];
  /** By what it is due. */
  readonly basis: NonNullable<Deadline["basis"]> | null;
};

/** One line of a list of cases. */
export type CaseSummary = {
  /** The alert with which it began. */
  readonly case: EntryText;
  readonly title: string;
  readonly status: Case["status"];
  readonly owners: readonly string[];
  readonly contested: readonly Contest["kind"][];
  readonly entries: number;
  /** When the newest of its entries was appended. */
  readonly latest: string;
  readonly duties: readonly OwedDuty[];
};

/** One act of a case. */
export type CaseAct = {
  readonly entry: EntryText;
  readonly author: string;
  readonly time: string;
  readonly type: string;
  readonly summary: string;
  /** Its author took it back, or another act undid it. */
  readonly withdrawn: boolean;
  /** Nobody has acted on it yet: a new act refers to it. */
  readonly head: boolean;
  /** Who else first signed that it was there, and when; null where nobody did, or before that was noted. */
  readonly witnessed: { readonly by: string; readonly time: string } | null;
};

export type CaseDetail = CaseSummary & {
  /** The newest version of the alert. */
  readonly alert: EntryText;
  readonly contests: readonly { readonly kind: Contest["kind"]; readonly acts: readonly EntryText[] }[];
  readonly parties: readonly {
    readonly name: string;
    readonly state: Party["state"];
    readonly outcome: string | null;
    readonly followUp: EntryText | null;
    readonly acts: number;
    readonly owes: readonly DutyKind[];
  }[];
  readonly requests: readonly {
    readonly request: EntryText;
    readonly from: string;
    readonly to: string;
    readonly kind: string;
    readonly state: RequestState["state"];
    readonly answers: readonly EntryText[];
  }[];
  readonly measures: readonly {
    readonly entry: EntryText;
    readonly index: number;
    readonly by: string;
    readonly measure: Measure;
    readonly state: MeasureState["state"];
    readonly verifications: readonly EntryText[];
  }[];
  readonly offers: readonly {
    readonly offer: EntryText;
    readonly from: string;
    readonly to: string;
    readonly state: Offer["state"];
  }[];
  readonly acts: readonly CaseAct[];
  /** Names of those who may read the alert, its owner left out; null where that is not known here. */
  readonly readers: readonly string[] | null;
  /** Of all entries of the case that are here. */
  readonly hash: string;
};

/** What two nodes compare: the entries of a case that both may hold. */
export type CaseDigest = {
  readonly case: EntryText;
  /** Between which two authorities. */
  readonly between: readonly [string, string];
  readonly hash: string;
  /** Each as `<id>/<epoch>/<index>/<leaf hash>`, in the order of the hash. */
  readonly entries: readonly string[];
};

export type CaseQuery = {
  readonly status?: Case["status"];
  /** Only those in which this authority owes something. */
  readonly mine: boolean;
  readonly limit: number;
  /** Language of the titles, as in BCP 47; without it English. */
  readonly lang?: string;
};

/** As in `protocol/case/indicators.ts`, by name. */
export type AuthorityIndicators = Omit<Indicators, "authority"> & { readonly name: string };

export type IndicatorReport = {
  /** Days, both included; null where there is no bound. */
  readonly from: string | null;
  readonly until: string | null;
  readonly cases: number;
  readonly authorities: readonly AuthorityIndicators[];
};

export type Period = { readonly from?: string | undefined; readonly until?: string | undefined };

export interface CaseService {
  /** What each authority did in the cases that began in a period. */
  indicators(period: Period, onProgress: (progress: Progress) => void): Promise<IndicatorReport>;
  /** Those in which something happened last first; with `mine`, those in which something is due first. */
  cases(query: CaseQuery): Promise<{ readonly cases: readonly CaseSummary[]; readonly total: number }>;
  /** The case to which an entry belongs; title and summaries are in `language` (BCP 47), else in English. */
  caseOf(entry: EntryText, language?: string): Promise<CaseDetail>;
  caseDigest(entry: EntryText, authority: string): Promise<CaseDigest>;
}

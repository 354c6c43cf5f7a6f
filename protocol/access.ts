/**
 * Who may have what: the one rule, used by whoever serves and by the preview before publishing.
 * Ids are 64 lower-case hex digits. Authorisation is always by (log, index, part), never by digest.
 */
export type LogAccess = {
  /** Id of the log's owner. */
  readonly owner: string;
  /** Ids in the followers leaf in force; nobody before the first. */
  readonly followers: ReadonlySet<string>;
};

/** Leaves, charters, checkpoints and cosignatures of a log: for its owner and its followers in force. */
export function mayFollow(asker: string, log: LogAccess): boolean {
  return asker === log.owner || log.followers.has(asker);
}

/**
 * A part: for the log's owner, or who is both a follower in force and a listed member of the part's audience.
 * `members` is `undefined` where the member list is not held or the audience is unknown, malformed or invalid: then for
 * the owner alone.
 */
export function mayReadPart(asker: string, log: LogAccess, members: ReadonlySet<string> | undefined): boolean {
  if (asker === log.owner) return true;
  // SPEC: in the followers in force *and* in the member list of the part's audience.
  return log.followers.has(asker) && members !== undefined && members.has(asker);
}

/**
 * A part, or a member list, that a grant opens: for who follows and is listed in the further audience. The owner serves
 * every grant; a relay only one with a valid approval, and where it reads both audiences and so has both lists.
 */
export function mayReadGranted(
  asker: string,
  log: LogAccess,
  grant: { readonly isApproved: boolean },
  lists: {
    /** Who serves is the owner of the log. */
    readonly isOwner: boolean;
    readonly past: ReadonlySet<string> | undefined;
    readonly further: ReadonlySet<string> | undefined;
  },
): boolean {
  if (!log.followers.has(asker) || lists.further?.has(asker) !== true) return false;
  return lists.isOwner || (grant.isApproved && lists.past !== undefined);
}

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

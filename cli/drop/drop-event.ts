/** What `entente drop` did with one file. */
export type DropEvent = {
  readonly event: "published" | "already" | "refused" | "arrived" | "erased";
  /** As it was dropped, or as it was written. */
  readonly file: string;
  /** Where it is now, within the folder. */
  readonly stored: string;
  readonly entries: readonly string[];
  /** Why it was refused. */
  readonly reason: string | null;
};

/**
 * What verification asks of a proof directory. The files are a stranger's: who implements this follows no links, opens
 * nothing that is no plain file, and never reads more than was asked for.
 */
export interface ProofReader {
  /** Everything in the directory that is not itself a directory, by paths such as `parts/0.part`. */
  readonly files: ReadonlyMap<string, ProofFileEntry>;
  /** Paths of directories in which nothing is: `parts`. */
  readonly emptyDirectories: readonly string[];
  /** The whole file. `undefined` where there is none, or where it has more than `maxSize` bytes. */
  read(path: string, maxSize: number): Promise<Uint8Array | undefined>;
  /** The file in pieces of `pieceSize` bytes, all full but the last; no more than the size that `files` says. */
  readPieces(path: string, pieceSize: number): AsyncIterable<Uint8Array>;
}

export type ProofFileEntry = {
  /** False for links, pipes and the like, which never belong there. */
  readonly isPlain: boolean;
  readonly size: number;
};

/** How the process ends; scripts rely on it (docs/spec/cli.md). */
export const EXIT = {
  done: 0,
  /** Refused, or a verification failed. */
  refused: 1,
  usage: 2,
  notFound: 3,
  /** Our own node cannot be reached. */
  nodeDown: 4,
  internal: 5,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
